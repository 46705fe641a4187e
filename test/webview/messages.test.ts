import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { parse } from "../../src/core/index.ts";
import { simulate } from "../../src/core/run.ts";
import type { Result } from "../../src/core/stats/result.ts";
import { show } from "./editor.ts";
import { panels } from "./opened-panel.ts";

const { open } = panels();

const shop = `topology: 1
rabbitmq:
  exchanges:
    orders: {type: topic}
    dead: {type: fanout}
  queues:
    work: {arguments: {x-dead-letter-exchange: dead, x-max-length: 3}}
    failed: {}
  bindings:
    - {source: orders, destination: work, routing_key: order.placed}
    - {source: orders, destination: work, routing_key: order.changed}
    - {source: dead, destination: failed}
producers:
  site: {exchange: orders, rate: 200/s, routing_key: {order.placed: 8, order.paid: 1}}
consumers:
  packers: {queue: work, prefetch: 1, processing: {exponential: 8ms}, instances: 1}
run: {duration: 10s, seed: 3}
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

const filter = (page: Page, name: RegExp) => page.getByRole("radio", { name });
const rows = (page: Page) => page.locator('.list [role="rowgroup"] [role="row"]');
const count = async (page: Page): Promise<number> =>
  Number(await page.locator(".list").getAttribute("aria-rowcount")) - 1;

test("why a message did not arrive is told in a sentence that leads to the line behind it", async () => {
  const result = run(shop);
  const page = await opened(result);
  await filter(page, /did not arrive/).check();
  expect(await count(page)).toBe(result.summary.totals.unroutable);
  await rows(page).first().click();
  const step = page.locator(".steps li", { hasText: "Not routed" });
  expect(await step.innerText()).toMatch(
    /Not routed: key order\.paid matches none of 2 bindings of orders, which has no alternate exchange/,
  );
  await step.getByRole("button").click();
  const posted = await page.evaluate(() => window.posted.at(-1));
  expect(posted?.type === "reveal" && shop.slice(posted.start, posted.end)).toBe("orders");
});

test("filters count what the engine counted", async () => {
  const result = run(shop);
  const page = await opened(result);
  const { totals, queues } = result.summary;
  expect(await count(page)).toBe(totals.sent);
  await filter(page, /dead-lettered/).check();
  expect(await count(page)).toBe(queues["work"]!.deadLettered["maxlen"]);
  await rows(page).first().click();
  expect(await page.locator(".steps").innerText()).toContain("the queue was at its length limit");
});

test("what was dropped is not under way any more", async () => {
  const result = run(shop.replace("exponential: 8ms", "exponential: 100ms"));
  const page = await opened(result);
  const { totals } = result.summary;
  await filter(page, /unfinished/).check();
  expect(totals.unroutable * totals.unfinished).toBeGreaterThan(0);
  expect(await count(page)).toBe(totals.unfinished);
  expect(await rows(page).first().innerText()).toMatch(/under way, dead-lettered$/);
});

const fragile = (ack: string) => `topology: 1
rabbitmq:
  nodes: 1
  exchanges: {orders: {type: fanout}}
  queues: {work: {}, stats: {durable: false}}
  bindings: [{source: orders, destination: work}, {source: orders, destination: stats}]
producers:
  site: {exchange: orders, rate: 50/s, until: 4s, properties: {delivery_mode: 1}}
consumers:
  packers: {queue: work, prefetch: 1, ack: ${ack}, processing: 30ms}
run: {duration: 10s, seed: 3}
timeline:
  - {at: 1s, crash: {consumer: packers}}
  - {at: 1200ms, start: {consumer: packers}}
  - {at: 2s, crash: {node: 1}}
`;

test("a message that was lost is found, with the rules and the lines behind it", async () => {
  const text = fragile("manual");
  const result = run(text);
  const page = await opened(result);
  await filter(page, /^lost/).check();
  const { trace, summary } = result;
  const lost = [...trace.message].filter((_, row) => trace.stations[trace.station[row]!] === "lost");
  const { broker, consumer } = summary.totals.lost;
  // Of one message both copies may be lost: it is one row of the table.
  expect([lost.length, await count(page)]).toEqual([broker + consumer, new Set(lost).size]);
  // Gone in one queue, and finished in the other.
  const outcome = rows(page).first().locator('[role="gridcell"]').last();
  expect(await outcome.innerText()).toBe("finished, lost");

  const inBoth = lost.findLast((message, at) => lost.indexOf(message) < at);
  await page.getByRole("searchbox").fill(String(inBoth));
  await rows(page).first().click();
  expect(await outcome.innerText()).toBe("lost");
  const steps = page.locator(".steps li");
  const led = async (says: string) => {
    await steps.filter({ hasText: says }).getByRole("button").click();
    const posted = await page.evaluate(() => window.posted.at(-1));
    return posted?.type === "reveal" ? text.slice(posted.start, posted.end) : "";
  };
  expect(await led("node 1 crashed")).toBe("{at: 2s, crash: {node: 1}}");
  expect(await led("it was transient (delivery_mode: 1)")).toBe("site");
  expect(await led("the queue is not durable (durable: false)")).toBe("stats");
  expect((await steps.allInnerTexts()).slice(-3)).toEqual([
    expect.stringMatching(/node 1 crashed$/),
    expect.stringMatching(/Queue (work|stats) lost it: its process ended, and the /),
    expect.stringMatching(/Queue (work|stats) lost it: its process ended, and the /),
  ]);
});

test("a message that a consumer lost says so, and what struck the consumer", async () => {
  const result = run(fragile("auto"));
  const { trace } = result;
  const row = trace.station.findIndex((station) => trace.stations[station] === "lost");
  const page = await opened(result);
  await page.getByRole("searchbox").fill(String(trace.message[row]));
  await rows(page).first().click();
  const texts = (await page.locator(".steps li").allInnerTexts()).join("\n");
  expect(texts).toMatch(/consumer packers crashed[^]*packers 1 lost it: .* sent it out \(ack: auto\)/);
});

test("what struck before a message was sent stands first in its journey", async () => {
  const result = run(`topology: 1
kafka: {brokers: 3, topics: {t: {replicas: 3}}}
producers: {p: {topic: t, rate: 1000/s, arrivals: constant, until: 3s, config: {acks: 0, enable.idempotence: false}}}
run: {duration: 10s, calibration: {preset: ideal, networkLatency: 1ms}}
timeline: [{at: 2s, stop: {broker: 1}}, {at: 2s, stop: {broker: 2}}, {at: 2s, stop: {broker: 3}}]
`);
  const page = await opened(result);
  await filter(page, /^lost/).check();
  await page.locator(".list").press("End");
  const steps = await page.locator(".steps li").allInnerTexts();
  expect(steps[0]).toMatch(/^−[\d.]+\s.?s\s[^]*broker \d stopped$/);
  expect(steps[1]).toMatch(/^\+0/);
  expect(steps.at(-1)).toMatch(/Broker \d never took it: it did not run, .* \(acks: 0\)$/);
});

test("keys walk the rows, and a million of them stay a handful in the page", async () => {
  const page = await opened(run(shop));
  await page.locator(".list").focus();
  await page.keyboard.press("ArrowDown");
  expect(await page.locator(".journey h3").innerText()).toMatch(/^Message 0, sent at/);
  await page.keyboard.press("End");
  const last = (await count(page)) - 1;
  await page.waitForFunction(
    (message) => document.querySelector(".journey h3")?.textContent?.startsWith(`Message ${message},`),
    last,
  );
  // The row is there once the table has scrolled to it.
  await page.locator('[aria-selected="true"]').waitFor();
  expect(await rows(page).count()).toBeLessThan(40);
});

test("the slowest stand first, and a message is found by its number", async () => {
  const page = await opened(run(shop));
  await page.getByRole("checkbox", { name: "slowest first" }).check();
  await rows(page).first().click();
  const ends = page.locator(".steps li", { hasText: "finished it" });
  expect(await ends.count()).toBe(1);
  await page.getByRole("searchbox").fill("17");
  expect(await count(page)).toBe(1);
  expect(await rows(page).first().innerText()).toMatch(/^17\b/);
});

test("the stretches of the way add up to the latency", async () => {
  const result = run(shop);
  const page = await opened(result);
  const sums = page.locator(".waterfall .sum td");
  expect(await sums.count()).toBe(2);
  await rows(page).first().click();
  await page.waitForFunction(() => document.querySelectorAll(".waterfall .sum td").length === 3);
  const latency = await rows(page).first().locator('[role="gridcell"]').nth(4).innerText();
  expect(await sums.nth(2).innerText()).toBe(latency);
  expect(await page.locator(".waterfall tbody th").allInnerTexts()).toContain("queue");
});

test("a run without journeys says so", async () => {
  const { topology } = parse(shop);
  const page = await open();
  await show(page, simulate(topology, { trace: 0 }));
  expect(await page.locator(".messages p").innerText()).toContain("No journey was recorded");
});
