import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ConsumerSummary } from "../../src/core/stats/result.ts";
import { line, one } from "./arbitraries.ts";
import { run } from "./log/run-log.ts";

const shares = ({ utilization, blocked, rebalancing }: ConsumerSummary) =>
  [utilization, blocked, rebalancing].map((share) => Number(share.toFixed(9)));

/** A message each 100 ms. */
const steady = "arrivals: constant, rate: 10/s, until: 9950ms";
const hop = "run: {duration: 10s, calibration: {preset: ideal, networkLatency: 10ms}}";
const sharesOf = (text: string) => shares(run(text).summary.consumers["c"]!);

describe("a handler is blocked", () => {
  it("while what it has sent on is not confirmed", () => {
    const sending = (confirms: boolean) =>
      sharesOf(`
rabbitmq: {queues: {q: {}, out: {}}}
producers: {p: {queue: q, ${steady}}}
consumers: {c: {queue: q, prefetch: 1, processing: 20ms, sends: [{queue: out, confirms: ${confirms}}]}, d: {queue: out, prefetch: 9, processing: 0}}
${hop}`);
    expect(sending(true)).toEqual([0.2, 0.2, 0]);
    expect(sending(false)).toEqual([0.2, 0, 0]);
  });

  it("before a further attempt", () => {
    expect(
      sharesOf(`
rabbitmq: {queues: {q: {}}}
producers: {p: {queue: q, ${steady}}}
consumers: {c: {queue: q, prefetch: 2, processing: 10ms, failures: 100%, onFailure: {retry: [30ms, 20ms], then: reject}}}
${hop}`),
    ).toEqual([0.3, 0.5, 0]);
    expect(
      sharesOf(`
kafka: {topics: {t: {}, dead: {}}}
producers: {p: {topic: t, ${steady}, config: {linger.ms: 0}}}
consumers: {c: {topic: t, group: g, processing: 10ms, failures: 100%, onFailure: {retry: [30ms, 20ms], then: {deadLetterTopic: dead}}}}
${hop}`),
    ).toEqual([0.3, 0.5, 0]);
  });

  it("while its member waits for a commit", () => {
    const committing = (commit: string) =>
      sharesOf(`
kafka: {topics: {t: {}}}
producers: {p: {topic: t, ${steady}, config: {linger.ms: 0}}}
consumers: {c: {topic: t, group: g, processing: 20ms, commit: ${commit}}}
${hop}`);
    expect(committing("after")).toEqual([0.2, 0.2, 0]);
    expect(committing("before")).toEqual([0.2, 0.2, 0]);
    expect(committing("auto")).toEqual([0.2, 0, 0]);
  });

  it("with all others of its member: several may be idle", () => {
    const [, blocked] = sharesOf(`
kafka: {topics: {t: {}}}
producers: {p: {topic: t, ${steady}, config: {linger.ms: 0}}}
consumers: {c: {topic: t, group: g, concurrency: 4, orderedBy: none, processing: 20ms, commit: before}}
${hop}`);
    expect(blocked).toBeCloseTo(0.2, 9);
  });

  it("until the end, or a crash, and has not worked meanwhile", () => {
    const broken = (timeline: string) =>
      run(`
rabbitmq: {queues: {q: {}}}
producers: {p: {queue: q, arrivals: {schedule: [1s]}}}
consumers: {c: {queue: q, prefetch: 1, processing: 1s, failures: 100%, onFailure: {retry: [1h], then: reject}}}
timeline: [${timeline}]
run: {duration: 10s, calibration: ideal}`);
    expect(shares(broken("").summary.consumers["c"]!)).toEqual([0.1, 0.8, 0]);
    const crashed = broken("{at: 5s, crash: {consumer: c}}");
    expect(shares(crashed.summary.consumers["c"]!)).toEqual([0.2, 0.6, 0]);
    const busy = crashed.series.find(({ metric }) => metric === "utilization")!;
    expect(busy.mean.every((share) => share >= 0 && share <= 1)).toBe(true);
  });
});

describe("a handler waits for a rebalance", () => {
  const joined = (strategy: string) => {
    const { c, late } = run(`
kafka: {topics: {t: {partitions: 4}}}
producers: {p: {topic: t, ${steady}, config: {linger.ms: 0}}}
consumers:
  c: {topic: t, group: g, processing: 0, config: {partition.assignment.strategy: ${strategy}}}
  late: {topic: t, group: g, processing: 0, from: 5s, config: {partition.assignment.strategy: ${strategy}}}
${hop}`).summary.consumers;
    return [shares(c!)[2], shares(late!)[2]];
  };

  it("from giving up its partitions until it can read again", () => {
    // `late` asks for its coordinator and a number, and joins: at 5.05 s. `c` hears of it with its heartbeat of 6 s, at 6.02 s;
    // it commits, joins, syncs, and asks for positions and for the ends of the logs, two hops each: 100 ms.
    expect(joined("range")).toEqual([0.01, 0.224]);
  });

  it("not while it has others, which it keeps, but for the commit before it gives some up", () => {
    const [kept, late] = joined("cooperative-sticky");
    expect(kept).toBe(0.002);
    expect(late).toBeGreaterThan(0.2);
  });

  it("can be expected of a part of the run", () => {
    const { summary } = run(`
kafka: {topics: {t: {}}}
producers: {p: {topic: t, ${steady}, config: {linger.ms: 0}}}
consumers: {c: {topic: t, group: g, processing: 20ms, commit: after}}
${hop}
expect:
  - {metric: blocked, of: {consumer: c}, during: [2s, 3s], within: [19%, 21%]}
  - {metric: rebalancing, of: {consumer: c}, equals: 0}
`);
    expect(summary.expect.map(({ holds }) => holds)).toEqual([true, true]);
  });
});

it("no handler does two things at a time, whatever happens", () => {
  const entry = line(
    4000,
    "for: 300ms, crash: {consumer: c, instance: 1}",
    "for: 800ms, stop: {consumer: c, instance: 2}",
    "restart: {consumer: c}",
    "for: 500ms, scale: {consumer: c, instances: 1}",
    "for: 700ms, slow: {consumer: c, factor: 4}",
    "for: 900ms, crash: {BROKER}",
  );
  const file = fc
    .record({
      kafka: fc.boolean(),
      source: one("group", "shareGroup"),
      instances: one(2, 3),
      concurrency: one(1, 1, 3),
      processing: one("0", "2ms", "{exponential: 30ms}"),
      failures: one("0%", "20%"),
      commit: one("auto", "after", "before"),
      retries: fc.boolean(),
      sends: one("", ", sends: [{queue: out, confirms: true}]", ", sends: [{topic: later}]"),
      strategy: one("range", "cooperative-sticky"),
      timeline: fc.array(entry, { maxLength: 6 }),
      warmup: one(0, 1),
      latency: one(0, 15),
      seed: fc.nat(1000),
    })
    .map((of) => {
      const share = of.source === "shareGroup";
      const then = of.kafka ? "{deadLetterTopic: later}" : "reject";
      const retries = of.retries && !(of.kafka && share);
      const reads = of.kafka
        ? `topic: t, ${of.source}: g${share ? "" : `, commit: ${of.commit}, config: {session.timeout.ms: 1500, heartbeat.interval.ms: 300, partition.assignment.strategy: ${of.strategy}}`}`
        : "queue: q, prefetch: 5";
      return `
kafka: {brokers: 2, topics: {t: {partitions: 4, replicas: 2}, later: {}}, config: {group.min.session.timeout.ms: 100}}
rabbitmq: {nodes: 2, queues: {q: {}, out: {}}}
producers: {p: {${of.kafka ? "topic: t" : "queue: q"}, rate: 60/s, key: {values: 9}}}
consumers:
  c: {${reads}, instances: ${of.instances}, concurrency: ${of.concurrency}, processing: ${of.processing}, failures: ${of.failures}${retries ? `, onFailure: {retry: [40ms], then: ${then}}` : ""}${of.sends}}
timeline: [${of.timeline.map((each) => each.replace("BROKER", of.kafka ? "broker: 2" : "node: 2")).join(", ")}]
run: {duration: 5s, warmup: ${of.warmup}s, seed: ${of.seed}, calibration: {preset: ideal, networkLatency: ${of.latency}ms}}
`;
    });
  fc.assert(
    fc.property(file, (text) => {
      const { instances } = run(text).summary.consumers["c"]!;
      for (const { utilization, blocked, rebalancing } of instances) {
        expect(Math.min(utilization, blocked, rebalancing)).toBeGreaterThanOrEqual(0);
        expect(utilization + blocked + rebalancing).toBeLessThanOrEqual(1 + 1e-9);
      }
    }),
  );
});
