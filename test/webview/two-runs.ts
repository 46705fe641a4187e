import type { Page } from "playwright-core";
import { compareRuns } from "../../src/core/compare/comparison.ts";
import { parse } from "../../src/core/index.ts";
import { simulate } from "../../src/core/run.ts";
import type { Result } from "../../src/core/stats/result.ts";
import type { RunLine } from "../../src/protocol/panel.ts";
import { send, show } from "./editor.ts";

export const uri = "file:///examples/order-flow.topology.yaml";

export const fast = `topology: 1
name: Order flow
kafka:
  topics: {order-events: {partitions: 3}}
rabbitmq:
  exchanges: {orders: {type: topic}}
  queues: {payment: {arguments: {x-max-length: 60}}}
  bindings: [{source: orders, destination: payment, routing_key: order.placed}]
producers:
  shop: {exchange: orders, rate: 100/s, routing_key: order.placed}
  checkout: {topic: order-events, rate: 200/s, key: {values: 50}}
consumers:
  payments: {queue: payment, prefetch: 4, processing: {exponential: 6ms}}
  fraud: {topic: order-events, group: fraud, instances: 2, processing: {exponential: 3ms}}
run: {duration: 30s, warmup: 2s, seed: 7}
expect:
  - {metric: lost.broker, equals: 0}
  - {metric: latency.p99, of: {consumer: payments}, below: 300ms}
`;

/** What a person tries: more work in each message, fewer places to wait in, and a shorter run. */
export const slow = fast
  .replace("exponential: 6ms", "exponential: 12ms")
  .replace("x-max-length: 60", "x-max-length: 40")
  .replace("instances: 2, ", "");

interface Run {
  readonly text: string;
  readonly result: Result;
}

const run = (text: string): Run => ({ text, result: simulate(parse(text).topology) });

/** The runs of the file, the oldest first: two alike, then a slow one. */
export const runs: readonly Run[] = [run(fast.replace("seed: 7", "seed: 6")), run(fast), run(slow)];

export const lines: readonly RunLine[] = runs
  .map(({ result: { summary } }, index) => ({
    id: index + 1,
    at: Date.UTC(2026, 4, 4, 9, 30 + index),
    seed: summary.seed,
    stopped: summary.stopped,
    processed: summary.totals.processed,
    lost: 0,
    holds: summary.expect.filter(({ holds }) => holds).length,
    fails: summary.expect.filter(({ holds }) => !holds).length,
  }))
  .reverse();

const compared = (before: number, after: number) => {
  const [one, other] = [runs[before - 1]!, runs[after - 1]!].map(({ text, result }) => ({
    text,
    summary: result.summary,
    findings: result.findings,
  }));
  return compareRuns(one!, other!);
};

/** The panel with the last of the runs, as the host tells of them. */
export async function showRuns(page: Page, kept = lines): Promise<void> {
  await show(page, runs[2]!.result, { uri });
  await send(page, { type: "history", uri, runs: kept, since: kept.length > 1 ? compared(2, 3) : undefined });
}

/** Answers the last question of what two runs differ in, and says which two those were. */
export async function answerCompare(page: Page): Promise<readonly [before: number, after: number]> {
  await page.waitForFunction(() => window.posted.some(({ type }) => type === "compare"));
  const asked = await page.evaluate(() => {
    const all = window.posted.filter((one) => one.type === "compare");
    window.posted = window.posted.filter(({ type }) => type !== "compare");
    return all.at(-1)!;
  });
  const { before, after } = asked;
  const earlier = after === 3 && before === 2 ? runs[1]!.result : undefined;
  await send(page, {
    type: "compared",
    uri,
    before,
    after,
    comparison: compared(before, after),
    earlier: earlier && { series: earlier.series, graph: earlier.graph, summary: earlier.summary },
  });
  return [before, after];
}

/** Opens the list of runs with the two newest compared. */
export async function openRuns(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Last 3 runs" }).click();
  await answerCompare(page);
  await page.waitForSelector(".differences");
}
