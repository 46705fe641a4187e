import { writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { send, show } from "./editor.ts";
import { panels } from "./opened-panel.ts";
import { orderFlow } from "./order-flow.ts";

const { open } = panels();
const uri = "file:///examples/order-flow.topology.yaml";

test("the node that the cursor is about is marked, and another one when it moves", async () => {
  const page = await open();
  await show(page, orderFlow());
  for (const thing of ["queue:payment", "topic:order-events"]) {
    await send(page, { type: "text", uri, graph: undefined, thing });
    await page.waitForSelector(`[data-node="${thing}"].here[aria-current="true"]`);
    expect(await page.locator(".node.here").count()).toBe(1);
  }
  await send(page, { type: "text", uri, graph: undefined, thing: undefined });
  await page.waitForFunction(() => document.querySelector(".node.here") === null);
});

test("the cursor of another file marks nothing", async () => {
  const page = await open();
  await show(page, orderFlow());
  await send(page, { type: "text", uri: "file:///other.yaml", graph: undefined, thing: "queue:payment" });
  await send(page, { type: "stale", stale: true });
  await page.getByText("The file has changed since this run").waitFor();
  expect(await page.locator(".node.here").count()).toBe(0);
});

test("the diagram follows the text without a run, and comes back with it", async () => {
  const page = await open();
  const result = orderFlow();
  await show(page, result);
  const { nodes, edges } = result.graph;
  const audit = { id: "queue:audit", kind: "queue", name: "audit", detail: "quorum queue", at: 700 } as const;
  const graph = {
    nodes: [...nodes.filter(({ id }) => id !== "queue:receipts"), audit],
    edges: [
      ...edges
        .filter(({ from, to }) => ![from, to].includes("queue:receipts"))
        .map((edge) => ({ ...edge, messages: 0 })),
      { from: "exchange:orders", to: "queue:audit", label: "#", messages: 0 },
    ],
  };
  await send(page, { type: "text", uri, graph, thing: "queue:audit" });
  const added = page.locator('[data-node="queue:audit"]');
  await added.waitFor();
  expect(await added.textContent()).toContain("new · quorum queue");
  expect(await page.locator('[data-node="queue:receipts"]').count()).toBe(0);
  // What ran keeps its figures; what did not has none.
  const labels = await page.locator(".label").allTextContents();
  expect(labels.some((label) => label.includes("4,772"))).toBe(true);
  expect(labels.some((label) => label.includes("#") && label.endsWith("new"))).toBe(true);
  expect(labels.join()).not.toContain("NaN");
  const folder = process.env["BROKERLAB_PICTURES"];
  if (folder !== undefined) await writeFile(`${folder}/text.png`, await page.screenshot());
  await send(page, { type: "text", uri, graph: undefined, thing: undefined });
  await page.locator('[data-node="queue:receipts"]').waitFor();
  expect(await added.count()).toBe(0);
});
