import { expect, test } from "vitest";
import type { Page } from "playwright-core";
import { parse } from "../../src/core/index.ts";
import { simulate } from "../../src/core/run.ts";
import type { Result } from "../../src/core/stats/result.ts";
import { show } from "./editor.ts";
import { panels } from "./opened-panel.ts";
import { orderFlow } from "./order-flow.ts";

const { open } = panels();
const uri = "file:///examples/order-flow.topology.yaml";

const last = (page: Page): Promise<unknown> => page.evaluate(() => window.posted.at(-1));
const transform = (page: Page): Promise<string | null> =>
  page.locator(".stage svg > g").getAttribute("transform");

test("nodes stand from left to right in the way of the messages", async () => {
  const page = await open();
  await show(page, orderFlow());
  const left = async (id: string): Promise<number> =>
    (await page.locator(`[data-node="${id}"]`).boundingBox())?.x ?? NaN;
  const chain = await Promise.all(
    ["producer:shop", "exchange:orders", "queue:payment", "consumer:payments"].map(left),
  );
  expect(chain).toEqual(chain.toSorted((a, b) => a - b));
  expect(await left("exchange:dlx")).toBeLessThan(await left("queue:payment"));
});

test("a node shows its place in the file by mouse and by keyboard", async () => {
  const page = await open();
  await show(page, orderFlow());
  await page.locator('[data-node="queue:payment"]').click();
  expect(await last(page)).toEqual({ type: "reveal", uri, start: 500, end: 507 });
  await page.locator('[data-node="topic:order-events"]').focus();
  await page.keyboard.press("Enter");
  expect(await last(page)).toEqual({ type: "reveal", uri, start: 210, end: 222 });
});

test("names in findings, expectations and tables lead to the file as well", async () => {
  const page = await open();
  await show(page, orderFlow());
  await page
    .locator("li", { hasText: "lag.max of group" })
    .getByRole("button", { name: "show in the file" })
    .click();
  expect(await last(page)).toEqual({ type: "reveal", uri, start: 2102, end: 2160 });
  await page
    .locator("li", { hasText: "matched no queue" })
    .getByRole("button", { name: "show in the file" })
    .click();
  expect(await last(page)).toEqual({ type: "reveal", uri, start: 420, end: 426 });
  await page.getByRole("region", { name: "Queues" }).getByRole("button", { name: "failed" }).click();
  expect(await last(page)).toEqual({ type: "reveal", uri, start: 640, end: 646 });
});

test("what the broker declares by itself leads nowhere", async () => {
  const page = await open();
  const result = orderFlow();
  const nodes = result.graph.nodes.map((node) => ({ ...node, at: node.kind === "exchange" ? -1 : node.at }));
  await show(page, { ...result, graph: { ...result.graph, nodes } });
  expect(await page.locator('[data-node="exchange:orders"]').getAttribute("role")).toBeNull();
  expect(await page.getByRole("region", { name: "Exchanges" }).getByRole("button").count()).toBe(0);
});

test("buttons, keys, the wheel and dragging move it; fit brings it back", async () => {
  const page = await open();
  await show(page, orderFlow());
  const fitted = await transform(page);
  const moves: readonly (() => Promise<void>)[] = [
    () => page.getByRole("button", { name: "Zoom in" }).click(),
    () => page.getByRole("button", { name: "Zoom out" }).click(),
    async () => {
      await page.locator(".stage svg").focus();
      await page.keyboard.press("ArrowRight");
    },
    async () => {
      await page.mouse.move(500, 400);
      await page.keyboard.down("Control");
      await page.mouse.wheel(0, -120);
      await page.keyboard.up("Control");
    },
    async () => {
      const box = await page.locator('[data-node="queue:payment"]').boundingBox();
      await page.mouse.move((box?.x ?? 0) + 20, (box?.y ?? 0) + 20);
      await page.mouse.down();
      await page.mouse.move((box?.x ?? 0) + 120, (box?.y ?? 0) + 60, { steps: 4 });
      await page.mouse.up();
    },
  ];
  for (const move of moves) {
    await move();
    await page.waitForFunction(
      (was) => document.querySelector(".stage svg > g")?.getAttribute("transform") !== was,
      fitted,
    );
    await page.getByRole("button", { name: "fit" }).click();
    await page.waitForFunction(
      (was) => document.querySelector(".stage svg > g")?.getAttribute("transform") === was,
      fitted,
    );
  }
  // A drag that began on a node is no click on it.
  expect(await last(page)).toEqual({ type: "ready" });
});

test("the bare wheel is left to the page", async () => {
  const page = await open();
  await show(page, orderFlow());
  const before = await transform(page);
  await page.mouse.move(500, 400);
  await page.mouse.wheel(0, 300);
  await page.waitForFunction(() => document.documentElement.scrollTop > 0);
  expect(await transform(page)).toBe(before);
});

test("a partition is drawn as a log, read as far as its slowest group", async () => {
  const page = await open();
  await show(page, orderFlow());
  const widths = (part: string): Promise<number[]> =>
    page
      .locator(`[data-node="topic:order-events"] .${part}`)
      .evaluateAll((bars) => bars.map((bar) => Number(bar.getAttribute("width"))));
  const [read, kept, room] = await Promise.all([widths("fill"), widths("unread"), widths("track")]);
  expect(read).toHaveLength(6);
  const share = (index: number): number => read[index]! / room[index]!;
  expect(share(3)).toBeCloseTo(6733 / 11982, 6);
  expect(kept[3]! / room[3]!).toBeCloseTo(9904 / 11982, 6);
});

/** Ten stations, one after the other: far too long for the room beside a text. */
function chain(): Result {
  const steps = [1, 2, 3];
  const { topology, problems } = parse(`topology: 1
kafka:
  topics:
${[...steps, 4].map((step) => `    t${step}: {partitions: 4}`).join("\n")}
producers:
  shop: {topic: t1, rate: 20/s}
consumers:
${steps.map((step) => `  c${step}: {topic: t${step}, group: g${step}, commit: after, processing: 5ms, sends: [{topic: t${step + 1}}]}`).join("\n")}
run: {duration: 20s, seed: 1}
`);
  expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
  return simulate(topology);
}

/** The way of each arrow, in a letter. */
const ways = (page: Page): Promise<string[]> =>
  page.locator(".stage .edge").evaluateAll((edges) =>
    edges.map((edge) => {
      const path = edge as SVGPathElement;
      const [from, to] = [path.getPointAtLength(0), path.getPointAtLength(path.getTotalLength())];
      return to.y - from.y > Math.abs(to.x - from.x) ? "↓" : "→";
    }),
  );

/** Pixels of the screen. */
const letters = (page: Page): Promise<number> =>
  page
    .locator(".stage .detail")
    .first()
    .evaluate((text: SVGTextElement) => {
      const { a = NaN } = text.getScreenCTM() ?? {};
      return a * parseFloat(getComputedStyle(text).fontSize);
    });

test("what cannot be read from left to right leads downwards, and back again where there is room", async () => {
  const page = await open({ viewport: { width: 600, height: 1200 } });
  await show(page, chain());
  expect(new Set(await ways(page))).toEqual(new Set(["↓"]));
  expect(await letters(page)).toBeGreaterThanOrEqual(9);

  // A little more room changes nothing: what somebody looks at stays where it is.
  const places = (): Promise<(string | null)[]> =>
    page.locator(".stage .node").evaluateAll((nodes) => nodes.map((node) => node.getAttribute("transform")));
  const layouts = (): Promise<number> => page.evaluate(() => window.layouts);
  const before = await places();
  const asked = await layouts();
  await page.setViewportSize({ width: 660, height: 1200 });
  await page.waitForFunction(() => document.querySelector(".stage")!.clientWidth > 600);
  // A new layout would begin 200 ms later.
  await page.evaluate(async () => new Promise((done) => setTimeout(done, 600)));
  expect(await places()).toEqual(before);
  expect(await layouts()).toBe(asked);

  await page.setViewportSize({ width: 2600, height: 1200 });
  await expect.poll(() => ways(page), { timeout: 20_000 }).not.toContain("↓");
  await expect.poll(() => letters(page), { timeout: 20_000 }).toBeGreaterThanOrEqual(9);
  await page.setViewportSize({ width: 600, height: 1200 });
  await expect.poll(() => ways(page), { timeout: 20_000 }).not.toContain("→");
  expect(await places()).toEqual(before);
});

test("downwards, messages run along the arrows and the focus goes from node to node", async () => {
  const page = await open({ viewport: { width: 600, height: 1200 } });
  const result = chain();
  await show(page, result);
  await page.waitForSelector(".list");
  await page.getByRole("slider", { name: "Time" }).fill("15000");
  const stage = (await page.locator(".stage").boundingBox())!;
  /** Rows of the canvas that hold a dot, as shares of its height. */
  const rows = (): Promise<number[]> =>
    page.locator("canvas.dots").evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
      return Array.from({ length: canvas.height }, (_, y) => y)
        .filter((y) =>
          data.subarray(4 * y * canvas.width, 4 * (y + 1) * canvas.width).some((value) => value > 0),
        )
        .map((y) => y / canvas.height);
    });
  expect(stage.height).toBeGreaterThan(stage.width);
  await expect.poll(async () => Math.max(...(await rows())), { timeout: 20_000 }).toBeGreaterThan(0.7);
  expect(Math.min(...(await rows()))).toBeLessThan(0.2);

  await page.locator(".stage svg").first().focus();
  const seen: string[] = [];
  for (const _ of result.graph.nodes) {
    await page.keyboard.press("Tab");
    seen.push((await page.evaluate(() => document.activeElement?.getAttribute("data-node"))) ?? "");
  }
  expect(seen).toEqual(result.graph.nodes.map(({ id }) => id));
});
