import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "../../src/core/index.ts";
import { simulate } from "../../src/core/run.ts";
import { audit } from "../audit.ts";
import { send, show } from "./editor.ts";
import { panels } from "./opened-panel.ts";
import { orderFlow } from "./order-flow.ts";
import { both, orders } from "./two-models.ts";
import { openRuns, showRuns } from "./two-runs.ts";

const { open } = panels();

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

test.each(themes)("nor with both models side by side, in %s", async (theme) => {
  const page = await open({ theme });
  const { result, models } = both(orders);
  await show(page, result, { uri: models.uri });
  await send(page, models);
  await page.waitForSelector(".both tbody tr");
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
