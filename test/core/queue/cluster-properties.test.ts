import fc from "fast-check";
import { expect, it } from "vitest";
import { simulate } from "../../../src/core/run.ts";
import { one } from "../arbitraries.ts";
import { topologyOf } from "../log/run-log.ts";

const queueArguments = one(
  "{}",
  "{x-max-priority: 3}",
  "{x-queue-master-locator: min-masters}",
  "{x-queue-type: quorum}",
  "{x-queue-type: quorum, x-quorum-initial-group-size: 5}",
  "{x-queue-type: quorum, x-queue-leader-locator: balanced}",
  "{x-queue-type: quorum, x-single-active-consumer: true}",
);

const consumer = fc
  .record({
    from: one("queue: q", "queue: r", "queues: [q, r]"),
    instances: one(1, 2, 3),
    prefetch: one(0, 1, 3, 10),
    concurrency: one(1, 2),
    processing: one("0ms", "20ms", "{exponential: 60ms}", "700ms"),
  })
  .map(
    ({ from, ...rest }) =>
      `{${from}, ${Object.entries(rest)
        .map(([key, value]) => `${key}: ${value}`)
        .join(", ")}}`,
  );

const fault = fc
  .record({
    at: fc.nat(20_000),
    lasts: one("", "", "for: 150ms, ", "for: 3s, ", "for: 9s, "),
    target: one("node: 1", "node: 2", "node: 3", "queue: q", "queue: r", "consumer: c"),
    action: one("crash", "crash", "stop", "start", "restart", "slow"),
  })
  .map(({ at, lasts, target, action }) => {
    const undone = ["crash", "stop", "slow"].includes(action) ? lasts : "";
    return `{at: ${at}ms, ${undone}${action}: {${target}${action === "slow" ? ", factor: 4" : ""}}}`;
  });

/** Short enough for nobody to notice, or for one of the two sides, or for both. */
const isolation = fc
  .record({
    at: fc.nat(20_000),
    lasts: one("200ms", "5s", "20s", "70s", "125s", "140s", "200s"),
    who: one("consumers: [c]", "consumers: [c, e]", "producers: [p]", "nodes: [1]", "nodes: [1, 2]"),
    from: one("", "", ", from: [1]", ", from: [3]"),
  })
  .map(({ at, lasts, who, from }) => `{at: ${at}ms, for: ${lasts}, isolate: {${who}${from}}}`);

const file = fc
  .record({
    nodes: one(1, 3, 5),
    handling: one("ignore", "pause_minority", "autoheal"),
    q: queueArguments,
    r: queueArguments,
    to: one("queue: q", "exchange: x"),
    window: one("true", "{window: 3}"),
    arrivals: one(
      "rate: 20/s",
      "arrivals: {bursts: {size: 9, every: 900ms}}",
      "arrivals: {closed: {clients: 3, think: 90ms}}",
    ),
    c: consumer,
    d: consumer,
    faults: fc.array(fc.oneof(fault, fault, isolation), { minLength: 1, maxLength: 8 }),
    calibration: one(
      "ideal",
      "lan",
      "{preset: ideal, networkLatency: 20ms}",
      "{preset: lan, networkLatency: 30ms, diskFlush: 9ms, diskBandwidth: 100KiB/s, brokerCores: 2}",
    ),
    seed: fc.nat(1000),
  })
  .map(({ nodes, handling, q, r, to, window, arrivals, c, d, faults, calibration, seed }) => {
    const allUp = [1, 2, 3]
      .filter((node) => node <= nodes)
      .map((node) => `{at: 24s, start: {node: ${node}}}`);
    const timeline = [
      ...faults.filter((text) => nodes > 1 || !/node: [23]|nodes: |from: \[3/.test(text)),
      ...allUp,
    ];
    return `
rabbitmq:
  nodes: ${nodes}
  config: {cluster_partition_handling: ${handling}}
  exchanges: {x: {type: fanout}}
  queues: {q: {arguments: ${q}}, r: {arguments: ${r}}}
  bindings: [{source: x, destination: q}, {source: x, destination: r}]
producers: {p: {${to}, confirms: ${window}, ${arrivals}, until: 22s, key: {values: 5}}}
consumers: {c: ${c}, d: ${d}, e: {queues: [q, r], prefetch: 5, processing: 1ms}}
run: {duration: 2000s, seed: ${seed}, calibration: ${calibration}}
timeline: [${timeline.join(", ")}, {at: 24s, start: {queue: q}}, {at: 24s, start: {queue: r}}]
`;
  });

it("nothing confirmed is lost, whatever nodes and queues crash, stop, start, restart or pause", () => {
  fc.assert(
    fc.property(file, (text) => {
      const topology = topologyOf(text);
      const { summary } = simulate(topology, { auditEvery: 7 });
      const { totals, producers, queues } = summary;
      const { sent, accepted, refused, timedOut, underWay } = producers["p"]!;
      expect([sent, timedOut, underWay], text).toEqual([accepted + refused, 0, 0]);
      expect(totals.lost, text).toEqual({ broker: 0, consumer: 0 });
      expect(totals.unfinished, text).toBe(0);
      const copies = text.includes("exchange: x,") ? 2 : 1;
      expect(totals.processed, text).toBeGreaterThanOrEqual(copies * accepted);
      const enqueued = Object.values(queues).reduce((sum, queue) => sum + queue.enqueued, 0);
      expect(enqueued, text).toBeGreaterThanOrEqual(totals.processed);
      expect(JSON.stringify(simulate(topology).summary)).toBe(JSON.stringify(summary));
    }),
    { numRuns: process.env["BROKERLAB_FULL"] === "1" ? 3000 : 150 },
  );
}, 600_000);

it("a replica that takes the lead takes nothing more from whoever led before, when it hears of that again", () => {
  const text = `
rabbitmq: {nodes: 5, queues: {q: {arguments: {x-queue-type: quorum, x-quorum-initial-group-size: 5}}}}
producers: {p: {queue: q, confirms: true, rate: 20/s, until: 22s}}
consumers: {c: {queue: q, prefetch: 5, processing: 1ms}}
run: {duration: 2000s, calibration: {preset: lan, networkLatency: 30ms}}
timeline:
  - {at: 0ms, crash: {queue: q}}
  - {at: 238ms, for: 125s, isolate: {nodes: [1, 2]}}
  - {at: 298ms, crash: {node: 2}}
  - {at: 523ms, crash: {node: 1}}
  - {at: 24s, start: {node: 1}}
  - {at: 24s, start: {node: 2}}
`;
  const topology = topologyOf(text);
  // Who is elected is drawn.
  for (let seed = 0; seed < 30; seed++) {
    const { producers, totals } = simulate(topology, { auditEvery: 7, seed }).summary;
    const { sent, accepted } = producers["p"]!;
    expect([seed, accepted, totals.lost.broker, totals.unfinished]).toEqual([seed, sent, 0, 0]);
  }
});

it("what has piled up at a publisher goes out one by one, however much it is", () => {
  const { summary } = simulate(
    topologyOf(`
rabbitmq:
  nodes: 5
  exchanges: {x: {type: fanout}}
  queues: {q: {}, r: {arguments: {x-queue-type: quorum}}}
  bindings: [{source: x, destination: q}, {source: x, destination: r}]
producers: {p: {exchange: x, confirms: true, rate: 400/s, until: 22s}}
consumers: {c: {queue: q, prefetch: 5, processing: 0ms}, e: {queue: r, prefetch: 5, processing: 1ms}}
run: {duration: 300s, calibration: ideal}
timeline: [{at: 0ms, for: 200s, isolate: {nodes: [1]}}]
`),
  );
  const { sent, accepted } = summary.producers["p"]!;
  expect([accepted, summary.totals.unfinished]).toEqual([sent, 0]);
  expect(sent).toBeGreaterThan(8000);
});
