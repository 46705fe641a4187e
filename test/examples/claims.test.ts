import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parse } from "../../src/core/index.ts";
import { simulate } from "../../src/core/run.ts";
import type { Summary } from "../../src/core/stats/result.ts";

/** What the explanations of the examples say beyond their own expectations, over a few seeds. */
function claims(example: string, claim: (summary: Summary) => void): void {
  it(`${example} shows what it says`, () => {
    for (const summary of runs(example)) claim(summary);
  });
}

function runs(example: string): Summary[] {
  const file = new URL(`../../examples/${example}.topology.yaml`, import.meta.url);
  const { topology } = parse(readFileSync(file, "utf8"));
  return [11, 12, 13].map((seed) => simulate(topology, { seed }).summary);
}

claims("work-queue", ({ consumers: { fair, greedy } }) => {
  expect(greedy!.wait.mean! / fair!.wait.mean!).toBeGreaterThan(1.5);
  expect(fair!.utilization).toBeGreaterThan(0.4);
  expect(fair!.utilization).toBeLessThan(0.8);
});

claims("retry-backoff", ({ consumers: { mailer }, queues }) => {
  expect(mailer!.failed).toBe(queues["mail"]!.deadLettered["rejected"]);
  expect(mailer!.failed / mailer!.delivered).toBeGreaterThan(0.08);
  expect(mailer!.failed / mailer!.delivered).toBeLessThan(0.12);
  expect(mailer!.duplicates).toBe(0);
});

claims("delayed-delivery", ({ consumers: { exact, naive } }) => {
  expect(exact!.latency.p99).toBeGreaterThan(20_000);
  expect(naive!.latency.p90! / exact!.latency.p50!).toBeGreaterThan(10);
});

claims("poison-message", ({ consumers: { printer }, queues }) => {
  const parked = queues["parking"]!.enqueued;
  expect(printer!.failed).toBeGreaterThanOrEqual(5 * parked);
  expect(printer!.failed).toBeLessThan(5 * (parked + 1));
  expect(parked / (printer!.processed + parked)).toBeGreaterThan(0.015);
  expect(parked / (printer!.processed + parked)).toBeLessThan(0.025);
});

claims("burst", ({ queues: { thumbnails } }) => {
  expect(thumbnails!.depth.end).toBeLessThan(10);
});

claims("head-of-line", ({ consumers }) => {
  const [byPartition, byKey] = [consumers["by-partition"]!, consumers["by-key"]!];
  // The same records take the same time to process: what differs is whom they wait for.
  expect(byPartition.latency.p90! / byKey.latency.p90!).toBeGreaterThan(20);
  expect(byKey.order.violations).toBe(0);
});

claims("hot-partition", ({ groups: { uneven, even }, consumers }) => {
  const ends = uneven!.partitions.map(({ lag }) => lag.end).toSorted((a, b) => b - a);
  expect(ends[0]! / (ends[1]! + 1)).toBeGreaterThan(10);
  expect(uneven!.lag.max / even!.lag.max).toBeGreaterThan(10);
  const busy = consumers["uneven"]!.instances.map(({ utilization }) => utilization).toSorted((a, b) => b - a);
  expect(busy[0]).toBeGreaterThan(0.95);
  expect(busy[3]).toBeLessThan(0.5);
});

claims("rebalance-storm", ({ consumers: { storm, calm }, occurrences }) => {
  expect(storm!.processed).toBeLessThan(calm!.processed);
  expect(storm!.utilization).toBeGreaterThan(0.5);
  expect(occurrences.byKind["evicted"]).toBeGreaterThan(10);
});

it("rebalance-pause shows what it says", () => {
  // How long an eager group stands still depends on what its slowest member is at: several runs together tell.
  const pause = (group: string) =>
    runs("rebalance-pause").reduce((sum, { groups }) => sum + groups[group]!.pause, 0);
  expect(pause("eager") / pause("cooperative")).toBeGreaterThan(2);
  expect(pause("eager") / pause("next")).toBeGreaterThan(1.5);
});

claims("outrun-by-retention", ({ groups: { slow, quick }, occurrences }) => {
  expect(slow!.lag.end).toBeGreaterThan(20_000);
  expect(quick!.expiredUnread).toBeLessThan(500);
  expect(occurrences.byKind["offsetReset"]).toBeGreaterThan(0);
});

claims("single-writer", ({ consumers: { owners, anyone } }) => {
  expect(owners!.order.violations).toBe(0);
  expect(anyone!.order.violations / anyone!.processed).toBeGreaterThan(0.005);
});

claims("pipeline", ({ consumers: { enrich, ship, mailer }, producers: { shop } }) => {
  expect(enrich!.processed).toBe(shop!.sent);
  expect(ship!.processed).toBe(enrich!.sends!.accepted);
  expect(mailer!.processed).toBe(ship!.sends!.accepted);
  expect(mailer!.endToEnd.p50).toBeGreaterThan(mailer!.latency.p50! + ship!.latency.p50! / 2);
});

claims("rpc", ({ producers: { web, app }, consumers: { pricing } }) => {
  // Each reply was for somebody, in time or not.
  const ended = web!.answered! + web!.lateReplies! + app!.answered! + app!.lateReplies!;
  expect(Math.abs(ended - pricing!.sends!.accepted)).toBeLessThan(10);
  expect(web!.unanswered! / web!.sent).toBeGreaterThan(0.03);
  // Who waits for a reply before asking again asks less while the server is slow.
  expect(app!.unanswered! / app!.sent).toBeLessThan(web!.unanswered! / web!.sent / 2);
  expect(web!.roundTrip!.p50).toBeLessThan(40);
});
