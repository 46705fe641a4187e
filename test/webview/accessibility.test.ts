import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { parse } from "../../src/core/index.ts";
import { simulate } from "../../src/core/run.ts";
import { send, show } from "./editor.ts";
import { panels } from "./opened-panel.ts";
import { orderFlow } from "./order-flow.ts";
import { openRuns, showRuns } from "./two-runs.ts";

const { open } = panels();
const axe = readFileSync(new URL(import.meta.resolve("axe-core/axe.min.js")), "utf8");

interface Audit {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary: string }[];
  }[];
}

/** Labels of the diagram's nodes say in words what its bars and curves show, not the few texts among them letter by letter. */
const but = { rules: { "label-content-name-mismatch": { enabled: false } } };

/** What axe-core finds wrong, each with where. */
async function audit(page: Page): Promise<readonly string[]> {
  // What is still fading in has no contrast yet.
  await page.evaluate(
    async () => void (await Promise.all(document.getAnimations().map(({ finished }) => finished))),
  );
  await page.evaluate(axe);
  const { violations } = await page.evaluate(
    (options) =>
      (window as unknown as { axe: { run(of: Document, options: unknown): Promise<Audit> } }).axe.run(
        document,
        options,
      ),
    but,
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`),
  );
}

const themes = [
  "vscode-dark",
  "vscode-light",
  "vscode-high-contrast",
  "vscode-high-contrast vscode-high-contrast-light",
];

test.each(themes)(
  "axe-core finds nothing wrong with a run of figures in every state, in %s",
  async (theme) => {
    const page = await open({ theme });
    await show(page, orderFlow());
    const uri = "file:///examples/order-flow.topology.yaml";
    await send(page, { type: "text", uri, graph: undefined, thing: "queue:payment" });
    await send(page, { type: "stale", stale: true });
    await page.waitForSelector(".strip");
    await page.waitForSelector(".node.here");
    await page.locator(".take summary").click();
    expect(await audit(page)).toEqual([]);
  },
);

test.each(themes)("nor with a played run and a message's journey, in %s", async (theme) => {
  const text = readFileSync(new URL("../../examples/hybrid.topology.yaml", import.meta.url), "utf8");
  const page = await open({ theme });
  await show(page, simulate(parse(text).topology));
  await page.locator(".messages [role=row]").nth(1).click();
  await page.getByLabel("Time", { exact: true }).press("ArrowLeft");
  await page.waitForFunction(() => !document.querySelector(".now")?.textContent?.includes("whole run"));
  expect(await audit(page)).toEqual([]);
});

test.each(themes)("nor with the last runs and two of them side by side, in %s", async (theme) => {
  const page = await open({ theme });
  await showRuns(page);
  await openRuns(page);
  await page.locator(".legend").last().getByText("earlier run").first().waitFor();
  expect(await audit(page)).toEqual([]);
});

test("nor with an empty panel, a failure or a run under way", async () => {
  const page = await open();
  await page.waitForSelector(".empty");
  expect(await audit(page)).toEqual([]);
  await send(page, { type: "running", file: "a.yaml", share: 0.4 });
  await page.waitForSelector("progress");
  expect(await audit(page)).toEqual([]);
  await send(page, { type: "failed", file: "a.yaml", message: "The engine stopped." });
  await page.waitForSelector("[role=alert]");
  expect(await audit(page)).toEqual([]);
});
