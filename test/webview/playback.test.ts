import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { parse } from "../../src/core/index.ts";
import { simulate } from "../../src/core/run.ts";
import type { Result } from "../../src/core/stats/result.ts";
import { happened } from "../../src/webview/panel/playback/happened.ts";
import { show } from "./editor.ts";
import { panels } from "./opened-panel.ts";

const { open } = panels();

const crash = `topology: 1
rabbitmq:
  queues:
    work: {}
producers:
  site: {queue: work, rate: 100/s}
consumers:
  packers: {queue: work, instances: 2, prefetch: 1, processing: 15ms}
timeline:
  - {at: 4s, crash: {consumer: packers, instance: 2}}
  - {at: 8s, start: {consumer: packers, instance: 2}}
run: {duration: 20s, seed: 3}
`;

function run(text: string): Result {
  const { topology, problems } = parse(text);
  expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
  return simulate(topology);
}

async function opened(result: Result): Promise<Page> {
  const page = await open();
  await show(page, result);
  await page.waitForSelector(".list");
  return page;
}

test("what happens to single messages is not on the time line", () => {
  const result = run(`topology: 1
kafka: {topics: {t: {}, o: {}}}
producers: {p: {topic: t, rate: 10/s}}
consumers:
  c: {topic: t, group: g, window: {tumbling: 1s, by: key}, sends: [{topic: o}]}
  d: {topic: o, group: h}
timeline: [{at: 4s, slow: {consumer: d, factor: 2}}]
run: {duration: 9s}
`);
  expect(result.summary.occurrences.byKind).toMatchObject({ keyless: 90 });
  expect(happened(result).map(({ at }) => at)).toContain(4000);
  expect(happened(result).filter(({ says }) => says.includes("without a key"))).toEqual([]);
});

const poll = <T>(of: () => Promise<T>) => expect.poll(of, { timeout: 20_000 });
const now = (page: Page): Promise<string> => page.locator(".playback .now").innerText();
const go = async (page: Page, at: number): Promise<void> => {
  await page.getByRole("slider", { name: "Time" }).fill(String(at));
};
const text = (page: Page, node: string): Promise<string> =>
  page.locator(`[data-node="${node}"]`).evaluate((element) => element.textContent ?? "");

test("how brokers look after their logs is no step of the time line", async () => {
  const page = await opened(
    run(`topology: 1
kafka:
  config: {log.cleaner.backoff.ms: 1s}
  topics: {t: {config: {cleanup.policy: compact, segment.ms: 1s, min.cleanable.dirty.ratio: 0}}}
producers: {p: {topic: t, rate: 100/s, key: {values: 9}}}
consumers: {c: {topic: t, group: g, processing: 1ms}}
timeline: [{at: 7s, crash: {consumer: c}}]
run: {duration: 20s, seed: 3}
`),
  );
  await page.getByRole("button", { name: "On to the next event" }).click();
  await page.waitForFunction(() => document.querySelector(".now")?.textContent?.startsWith("7"));
  expect(await page.locator(".playback .last").innerText()).toContain("crashed");
});

test("events are steps of the time line, and the diagram is as it was then", async () => {
  const result = run(crash);
  const page = await opened(result);
  expect(await now(page)).toBe("whole run");
  await page.getByRole("button", { name: "On to the next event" }).click();
  await page.waitForFunction(() => document.querySelector(".now")?.textContent?.startsWith("4"));
  expect(await page.locator(".playback .last").innerText()).toContain("crashed");
  await poll(() => text(page, "consumer:packers")).toContain("✕ crashed");

  const depth = result.series.find(({ name, metric }) => name === "work" && metric === "depth")!;
  await go(page, 7900);
  const bucket = depth.time.findLastIndex((at) => at <= 7900);
  // What is read changes no faster than it can be: the page may tell of the time before for a moment.
  await page.waitForFunction(() => document.querySelector(".now")?.textContent?.startsWith("7.9"));
  const shown = async (): Promise<number> =>
    Number((await text(page, "queue:work")).match(/([\d.]+) ready/)?.[1]);
  await poll(async () => Math.abs((await shown()) - depth.mean[bucket]!)).toBeLessThan(1);
  expect(await shown()).toBeGreaterThan(5);

  await page.getByRole("button", { name: "On to the next event" }).click();
  await page.waitForFunction(
    () => !document.querySelector('[data-node="consumer:packers"]')?.textContent?.includes("crashed"),
  );
  await page.getByRole("button", { name: "whole run" }).click();
  await poll(() => now(page)).toBe("whole run");
});

test("keys play, pause, step and leave; the charts follow the cursor and lead it", async () => {
  const page = await opened(run(crash));
  const slider = page.getByRole("slider", { name: "Time" });
  await slider.focus();
  await page.keyboard.press("n");
  expect((await now(page)).replaceAll("\u202f", " ")).toBe("4 s");
  expect(await page.locator(".moment:visible").count()).toBe(2);
  expect((await page.locator(".legend thead th").first().innerText()).replaceAll("\u202f", " ")).toMatch(
    /^at [34]/,
  );
  await page.keyboard.press("Space");
  await page.waitForFunction(() => parseFloat(document.querySelector(".now")?.textContent ?? "") > 4);
  await page.getByRole("button", { name: "Pause" }).waitFor();
  await page.keyboard.press("Space");
  await page.getByRole("button", { name: "Play" }).waitFor();
  await page.keyboard.press("Escape");
  expect(await now(page)).toBe("whole run");

  const over = await page.locator(".u-over").first().boundingBox();
  await page.mouse.click((over?.x ?? 0) + (over?.width ?? 0) / 2, (over?.y ?? 0) + 30);
  await page.waitForFunction(() => parseFloat(document.querySelector(".now")?.textContent ?? "") > 0);
  expect(parseFloat(await now(page))).toBeCloseTo(10, 0);
});

test("messages move along the edges while it plays, but not for those who want no motion", async () => {
  const drawn = (page: Page): Promise<number> =>
    page.locator("canvas.dots").evaluate((canvas: HTMLCanvasElement) => {
      const { data = new Uint8ClampedArray() } =
        canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height) ?? {};
      return data.reduce((sum, value, index) => sum + (index % 4 === 3 && value > 0 ? 1 : 0), 0);
    });
  const page = await opened(run(crash));
  expect(await drawn(page)).toBe(0);
  await go(page, 3000);
  await poll(() => drawn(page)).toBeGreaterThan(50);

  const still = await open({ reducedMotion: "reduce" });
  await show(still, run(crash));
  await still.waitForSelector(".list");
  await go(still, 3000);
  await still.waitForFunction(() => document.querySelector(".now")?.textContent?.startsWith("3"));
  await poll(() => text(still, "consumer:packers")).toContain("in work");
  expect(await drawn(still)).toBe(0);
});

test("an entry of the events leads to its time", async () => {
  const page = await opened(run(crash));
  await page
    .getByRole("region", { name: "Events" })
    .locator("li", { hasText: "started" })
    .getByRole("button", { name: "go to" })
    .click();
  expect((await now(page)).replaceAll("\u202f", " ")).toBe("8 s");
});

test("the stations are a table as well, at the time that the cursor stands at; events are read aloud as they pass", async () => {
  const result = run(crash);
  const page = await opened(result);
  await page.locator(".stations summary").click();
  const table = page.locator(".stations table");
  const state = (node: string): Promise<string> =>
    table.locator(`[data-station="${node}"] td`).nth(1).innerText();
  expect(await table.locator("caption").textContent()).toBe("In the whole run");
  expect(await table.locator("tbody tr").count()).toBe(result.graph.nodes.length);
  expect(await table.locator('[data-station="producer:site"]').innerText()).toContain("work");
  await go(page, 7900);
  await page.waitForFunction(() =>
    document.querySelector(".stations caption")?.textContent?.startsWith("At 7.9"),
  );
  expect(await state("consumer:packers")).toContain("instance 2: crashed");
  expect(await state("queue:work")).toMatch(/^[\d.]+ ready · [\d.]+ unacked$/);
  const aloud = page.locator(".playback .last");
  expect(await aloud.getAttribute("role")).toBe("status");
  expect((await aloud.textContent())?.replaceAll("\u202f", " ")).toMatch(/^4 s: queue work took back/);
});

test("what is too small to be read is told again once the time stands still", async () => {
  const page = await opened(run(crash));
  for (let turn = 0; turn < 8; turn++) await page.getByRole("button", { name: "Zoom out" }).click();
  await page.locator(".stage g.far").waitFor({ state: "attached" });
  const bar = (): Promise<number> =>
    page.locator('[data-node="queue:work"] .fill').evaluate((fill) => Number(fill.getAttribute("width")));
  await go(page, 4100);
  await page.getByRole("button", { name: "Play" }).click();
  const before = await bar();
  // Bars are followed as they were near by.
  await poll(bar).not.toBe(before);
  await page.getByRole("button", { name: "Pause" }).click();
  await go(page, 7900);
  await poll(() => page.locator('[data-node="consumer:packers"]').getAttribute("aria-label")).toContain(
    "instance 2: crashed",
  );
});

test("a queue whose node pauses is unavailable until it runs again", async () => {
  const page = await opened(
    run(`topology: 1
rabbitmq:
  nodes: 3
  config: {cluster_partition_handling: pause_minority, net_ticktime: 8}
  queues: {work: {arguments: {x-queue-leader-locator: balanced}}}
producers: {site: {queue: work, rate: 20/s, confirms: true}}
consumers: {packers: {queue: work, prefetch: 5, processing: 10ms}}
timeline: [{at: 10s, for: 20s, isolate: {nodes: [1], from: [2, 3]}}]
run: {duration: 40s}
`),
  );
  for (const [at, state] of [
    [5000, "ready"],
    [25_000, "unavailable"],
    [35_000, "ready"],
  ] as const) {
    await go(page, at);
    await poll(() => text(page, "queue:work")).toContain(state);
  }
});
