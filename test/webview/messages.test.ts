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
  expect(await page.locator('[aria-selected="true"]').count()).toBe(1);
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
