import { readFileSync, readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "../../src/core/index.ts";
import { simulate } from "../../src/core/run.ts";
import { show } from "./editor.ts";
import { panels } from "./opened-panel.ts";
import { digAt, shownNumbers } from "./shown-numbers.ts";

const { open } = panels();
const folder = new URL("../../examples/", import.meta.url);
const files = readdirSync(folder).filter((name) => /\.topology\.ya?ml$/.test(name));

test.each(files)("%s: the panel shows the engine's own numbers", async (file) => {
  const text = readFileSync(new URL(file, folder), "utf8");
  const result = simulate(parse(text).topology, { trace: 0 });
  const page = await open();
  await show(page, result, { file });

  const shown = await shownNumbers(page);
  expect(shown.size).toBeGreaterThan(50);
  for (const [path, values] of shown)
    expect([path, ...values]).toEqual([path, ...values.map(() => String(digAt(result.summary, path)))]);

  expect(await page.locator(".node").count()).toBe(result.graph.nodes.length);
  for (const { id, name, at } of result.graph.nodes) {
    if (at < 0) continue;
    await page.evaluate(
      (node) =>
        document
          .querySelector<SVGElement>(`[data-node=${JSON.stringify(node)}]`)
          ?.dispatchEvent(new MouseEvent("click", { bubbles: true })),
      id,
    );
    const posted = await page.evaluate(() => window.posted.at(-1));
    expect(posted?.type === "reveal" && text.slice(posted.start, posted.end)).toBe(name);
  }
});
