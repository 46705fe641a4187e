import { expect, test } from "vitest";
import { send, show } from "./editor.ts";
import { panels } from "./opened-panel.ts";
import { orderFlow } from "./order-flow.ts";

const { open } = panels();
const uri = "file:///examples/order-flow.topology.yaml";

test("it reports that it is ready, and says that there is no run yet", async () => {
  const page = await open();
  expect(await page.evaluate(() => window.posted)).toEqual([{ type: "ready" }]);
  expect(await page.locator("h1").textContent()).toBe("No run yet");
});

test("a run shows its progress, above the result of the run before", async () => {
  const page = await open();
  await send(page, { type: "running", file: "a.topology.yaml", share: 0.42 });
  await page.waitForSelector("progress");
  expect(await page.locator("progress").evaluate((bar: HTMLProgressElement) => bar.value)).toBe(0.42);
  expect(await page.locator("main").textContent()).toBe("No result yet");

  await show(page, orderFlow());
  expect(await page.locator("progress").count()).toBe(0);
  await send(page, { type: "running", file: "a.topology.yaml", share: 0.1 });
  await page.waitForSelector("progress");
  expect(await page.locator("main").getAttribute("aria-busy")).toBe("true");
});

test("a failed run says why and leaves the result before it in place", async () => {
  const page = await open();
  await show(page, orderFlow());
  await send(page, { type: "failed", file: "a.topology.yaml", message: "The worker ran out of memory." });
  expect(await page.locator("[role=alert]").textContent()).toContain(
    "a.topology.yaml could not be run. The worker ran out of memory.",
  );
  expect(await page.locator("main").count()).toBe(1);
});

test("an edit makes the result on display stale, and undoing it takes that back", async () => {
  const page = await open();
  await show(page, orderFlow());
  const strip = page.getByText("The file has changed since this run");
  expect(await strip.count()).toBe(0);
  await send(page, { type: "stale", stale: true });
  await strip.waitFor();
  await send(page, { type: "stale", stale: false });
  await strip.waitFor({ state: "detached" });
});

test("a stale result says so and offers to run again", async () => {
  const page = await open();
  await show(page, orderFlow(), { stale: true });
  await page
    .locator(".strip", { hasText: "has changed since this run" })
    .getByRole("button", { name: "Run again" })
    .click();
  expect(await page.evaluate(() => window.posted.at(-1))).toEqual({ type: "runAgain", uri });
});

test("the head names topology, seed, preset, pace, end and verdict", async () => {
  const page = await open();
  await show(page, orderFlow());
  const head = (await page.locator("header").innerText()).replaceAll("\u202f", " ");
  expect(head.split("\n")).toEqual([
    "Order flow",
    "seed 7",
    "lan",
    "2 m simulated in 212 ms",
    "full duration",
    "✕",
    "Wrong:",
    "1 of 4 expectations does not hold",
    "Save as",
    "Compare models",
    "Run again",
  ]);
});

test("a second result replaces the first", async () => {
  const page = await open();
  await show(page, orderFlow());
  const { queues, producers } = orderFlow().summary;
  const second = orderFlow({
    name: "Second",
    queues: { payment: queues["payment"]! },
    producers,
    expect: [],
    seed: 8,
  });
  const nodes = second.graph.nodes.filter(({ kind, name }) => kind !== "queue" || name === "payment");
  await show(page, {
    ...second,
    series: second.series.filter(({ metric }) => metric !== "lag"),
    graph: { nodes, edges: second.graph.edges },
  });
  await page.waitForFunction(() => document.querySelector("h1")?.textContent === "Second");
  await page.locator('[data-node="queue:receipts"]').waitFor({ state: "detached" });
  expect(await page.locator('[data-path="seed"]').getAttribute("data-value")).toBe("8");
  expect(await page.locator('.sheet [data-path^="queues.receipts."]').count()).toBe(0);
  expect(await page.locator('[data-node="queue:payment"]').count()).toBe(1);
  expect(await page.locator(".verdict").count()).toBe(0);
  expect(await page.getByRole("radio", { name: "lag" }).count()).toBe(0);
  await page.waitForFunction(() => document.querySelectorAll(".plot canvas").length === 2);
});

test("a reload restores the chosen charts once the host has sent the result again", async () => {
  const page = await open();
  await show(page, orderFlow());
  await page.getByRole("radio", { name: "unacked" }).check();
  await page.getByRole("radio", { name: "throughput" }).check();
  await page.reload();
  await show(page, orderFlow());
  expect(await page.getByRole("radio", { name: "unacked" }).isChecked()).toBe(true);
  expect(await page.getByRole("radio", { name: "throughput" }).isChecked()).toBe(true);
});

test("findings are told in sentences, the gravest first", async () => {
  const page = await open();
  await show(page, orderFlow());
  const happened = page.getByRole("region", { name: "What matters" });
  await happened.getByRole("button", { name: /more$/ }).click();
  const said = (await happened.locator("li > span:nth-child(2)").allInnerTexts()).map((text) =>
    text.replaceAll(/\s+/g, " "),
  );
  expect(said).toEqual([
    "The bottleneck was fraud, whose instance 1 was at work 91 % of the time and all of them 73 %; it finished 450/s. line ↗ show in the file",
    "payments finished 3 messages out of order: an earlier one was unfinished; 102 deliveries failed and came back later. line ↗ show in the file",
    "951 of 5,723 messages published to orders matched no queue. line ↗ show in the file",
    "receipts dropped 12 messages (maxlen). line ↗ show in the file",
    "fraud processed 214 messages again that it had finished before. line ↗ show in the file",
    "5.7 % of the messages for fraud were unfinished at the end: its waits and latencies are lower bounds.",
    "Group fraud fell behind by 31,204 messages at 1 m 7 s; instance 1 of fraud was busy 91 % of the time, all of them 73 %. go to 1 m 7 s line ↗ show in the file",
    "43 messages waited in queue payment at 1 m 7 s. go to 1 m 7 s line ↗ show in the file",
    "96 messages left payment as dead letters (rejected). line ↗ show in the file",
    "6 messages left payment as dead letters (delivery-limit). line ↗ show in the file",
    "102 of 4,630 deliveries to payments failed. line ↗ show in the file",
    "6,329 messages still on the way when the run ended.",
  ]);
});

test("what went well is said where all of it went well", async () => {
  const page = await open();
  const { totals, queues, consumers } = orderFlow().summary;
  const calm = { ...totals, unroutable: 0, dropped: 0, duplicates: 0, unfinished: 0 };
  const { receipts } = consumers;
  await show(
    page,
    orderFlow({
      totals: calm,
      exchanges: {},
      queues: { failed: queues["failed"]! },
      consumers: { receipts: receipts! },
    }),
  );
  const first = page.getByRole("region", { name: "What matters" }).locator("li").first();
  expect(await first.innerText()).toContain(
    "Nothing was lost, refused, dropped or left unrouted, and nothing was finished out of order.",
  );
});

test("events are told in the order of time, and how many more there were", async () => {
  const page = await open();
  const where = { kind: "broker", name: "", number: 2 } as const;
  const first = [
    { at: 20_000, kind: "crashed", where, detail: 0, rule: "timeline", message: "broker 2 crashed" },
    {
      at: 29_100,
      kind: "brokerFenced",
      where,
      detail: 0,
      rule: "",
      message: "the controllers fenced broker 2",
    },
  ];
  await show(
    page,
    orderFlow({ occurrences: { count: 1002, byKind: { crashed: 1, brokerFenced: 1 }, first } }),
  );
  const events = page.getByRole("region", { name: "Events" });
  const told = async (): Promise<string[]> =>
    (await events.locator("li").allInnerTexts()).map((text) => text.replaceAll(/\s+/g, " "));
  expect(await told()).toEqual([
    "go to 20 s broker 2 crashed timeline",
    "go to 29.1 s the controllers fenced broker 2",
    "… and 1,000 more, which the summary only counts",
  ]);
  await events.getByRole("radio", { name: "broker fenced" }).check();
  expect(await told()).toEqual(["go to 29.1 s the controllers fenced broker 2"]);
});
