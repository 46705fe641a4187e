import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Result } from "../../../src/core/run.ts";
import { run } from "./run-log.ts";

const protocols = {
  range: "",
  sticky: "partition.assignment.strategy: sticky",
  "cooperative-sticky": "partition.assignment.strategy: cooperative-sticky",
  consumer: "group.protocol: consumer",
} as const;
type Protocol = keyof typeof protocols;

function topology(config: string, timeline: string, consumer = ""): string {
  return `
kafka: {topics: {t: {partitions: 6}}}
producers: {p: {topic: t, rate: 60/s, arrivals: constant, until: 100s, key: {values: 100}}}
consumers:
  c: {topic: t, group: g, instances: 3, processing: 5ms, ${consumer} config: {${config}}}
timeline: [${timeline}]
run: {duration: 120s, calibration: ideal}
`;
}

function rebalanced(config: string, timeline: string, consumer = ""): Result {
  return run(topology(config, timeline, consumer));
}

/** When something happened, in ms. */
function times({ summary }: Result, kind: string): number[] {
  return summary.occurrences.first.filter((one) => one.kind === kind).map(({ at }) => at);
}

function reasons({ summary }: Result): string[] {
  return summary.occurrences.first.filter(({ kind }) => kind === "rebalanceStarted").map(({ rule }) => rule);
}

const names = Object.keys(protocols) as Protocol[];

describe.each(names)("a group of %s", (name) => {
  const config = protocols[name];
  const heartbeat = name === "consumer" ? 5000 : 3000;

  it("takes over from a member that crashed when its session is over, and reads again what it had not committed", () => {
    const result = rebalanced(config, "{at: 20s, crash: {consumer: c, instance: 2}}");
    const { consumers, totals, groups } = result.summary;
    const lastHeartbeat = Math.floor(20_000 / heartbeat) * heartbeat;
    expect(times(result, "rebalanceStarted")).toEqual([
      (lastHeartbeat === 20_000 ? 20_000 : lastHeartbeat) + 45_000,
    ]);
    expect(reasons(result)).toEqual(["session.timeout.ms"]);
    expect(consumers["c"]!.processed).toBe(totals.accepted);
    expect(consumers["c"]!.duplicates).toBe(consumers["c"]!.redelivered);
    expect(consumers["c"]!.duplicates).toBeGreaterThan(0);
    // The next owners commit on.
    expect(groups["g"]!.lag.end).toBe(0);
    // A third of the partitions stood still for the time of a session, less what had passed of it.
    expect(groups["g"]!.pause).toBeGreaterThan(14_000);
    expect(groups["g"]!.pause).toBeLessThan(16_000);
  });

  it("hands over without a loss or a duplicate where members leave and join cleanly", () => {
    const result = rebalanced(config, "{at: 20s, for: 20s, stop: {consumer: c, instance: 2}}");
    const { consumers, totals } = result.summary;
    expect(reasons(result).slice(0, 2)).toEqual(["a member left", "a member joined"]);
    expect(consumers["c"]).toMatchObject({ processed: totals.accepted, duplicates: 0, redelivered: 0 });
    expect(consumers["c"]!.instances[1]!.processed).toBeGreaterThan(0);
  });

  it("grows and shrinks", () => {
    const result = rebalanced(
      config,
      "{at: 20s, scale: {consumer: c, instances: 6}}, {at: 60s, scale: {consumer: c, instances: 2}}",
    );
    const { consumers, totals } = result.summary;
    expect(consumers["c"]).toMatchObject({ processed: totals.accepted, duplicates: 0 });
    const [a, b, ...others] = consumers["c"]!.instances.map(({ processed }) => processed);
    for (const one of others) {
      expect(one).toBeGreaterThan(0);
      expect(one).toBeLessThan(Math.min(a!, b!));
    }
  });

  it("removes a member that does not poll in time; what it works on is worked on twice", () => {
    const result = rebalanced(
      `${config === "" ? "" : `${config}, `}max.poll.interval.ms: 4000, max.poll.records: 100`,
      "{at: 20s, for: 20s, slow: {consumer: c, instance: 1, factor: 100}}",
    );
    const { consumers, totals } = result.summary;
    const evicted = result.summary.occurrences.first.filter(({ kind }) => kind === "evicted");
    expect(evicted[0]).toMatchObject({ rule: "max.poll.interval.ms", where: { name: "c", number: 1 } });
    expect(consumers["c"]!.processed).toBe(totals.accepted);
    expect(consumers["c"]!.duplicates).toBeGreaterThan(0);
    expect(consumers["c"]!.duplicates).toBe(consumers["c"]!.redelivered);
  });
});

describe("static members", () => {
  it("come back within their session to what they had, and no rebalance tells of it", () => {
    const result = rebalanced("group.instance.id: i", "{at: 20s, restart: {consumer: c, instance: 2}}");
    expect(result.summary.groups["g"]!.rebalances).toBe(0);
    expect(result.summary.consumers["c"]).toMatchObject({
      duplicates: 0,
      processed: result.summary.totals.accepted,
    });
  });

  it.each(["classic", "consumer"])("are removed when they stay away longer (%s)", (protocol) => {
    const result = rebalanced(
      `group.instance.id: i, group.protocol: ${protocol}`,
      "{at: 20s, stop: {consumer: c, instance: 2}}",
    );
    expect(reasons(result)).toEqual(["session.timeout.ms"]);
    expect(result.summary.consumers["c"]!.processed).toBe(result.summary.totals.accepted);
  });
});

describe("what a rebalance costs", () => {
  const config = (name: Protocol) =>
    ["max.poll.records: 5", protocols[name]].filter((text) => text !== "").join(", ");
  /** One joins a group whose slowest member needs ten seconds from poll to poll. */
  const pause = (name: Protocol) =>
    run(`
kafka: {topics: {t: {partitions: 12}}}
producers: {p: {topic: t, rate: 120/s, arrivals: constant, key: unique}}
consumers:
  c: {topic: t, group: g, instances: 3, processing: 10ms, config: {${config(name)}}}
  d: {topic: t, group: g, from: 31s, processing: 1ms, config: {${config(name)}}}
timeline: [{at: 25s, slow: {consumer: c, instance: 1, factor: 200}}]
run: {duration: 90s, warmup: 30s, calibration: ideal}
`).summary.groups["g"]!;

  it("is a pause of all partitions where all are given up, and of those that move where only they are", () => {
    expect(pause("range").pause).toBeGreaterThan(3 * pause("consumer").pause);
  });

  it("is one more rebalance for cooperative members, which give up what moves first", () => {
    expect(pause("range").rebalances).toBe(1);
    expect(pause("cooperative-sticky").rebalances).toBeGreaterThanOrEqual(2);
  });
});

describe("the initial delay", () => {
  const joined = (delay: string, starts: string) =>
    times(
      run(`
kafka: {topics: {t: {partitions: 6}}, config: {${delay}}}
consumers: {${starts}}
run: {duration: 60s, calibration: ideal}
`),
      "rebalanceEnded",
    );
  const member = (name: string, from: string) =>
    `${name}: {topic: t, group: g, from: ${from}, processing: 1ms}`;

  it("holds the first member back, and is extended by those that come meanwhile, as the recordings have it", () => {
    expect(joined("", member("a", "1s"))).toEqual([4000]);
    expect(joined("", [member("a", "1s"), member("b", "1s")].join(", "))).toEqual([7000]);
    expect(joined("", [member("a", "1s"), member("b", "3s"), member("c", "6s")].join(", "))).toEqual([
      10_000,
    ]);
  });

  it("is the broker's setting", () => {
    expect(joined("group.initial.rebalance.delay.ms: 500", member("a", "1s"))).toEqual([1500]);
  });
});

describe("whatever happens to the members of a group", () => {
  const action = fc.oneof(
    fc
      .tuple(
        fc.constantFrom("crash", "stop"),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 30 }),
      )
      .map(([kind, instance, lasts]) => `for: ${lasts}s, ${kind}: {consumer: c, instance: ${instance}}`),
    fc.integer({ min: 1, max: 3 }).map((instance) => `restart: {consumer: c, instance: ${instance}}`),
    fc.integer({ min: 1, max: 5 }).map((instances) => `scale: {consumer: c, instances: ${instances}}`),
    fc
      .tuple(fc.integer({ min: 1, max: 3 }), fc.constantFrom(3, 200))
      .map(([instance, factor]) => `for: 10s, slow: {consumer: c, instance: ${instance}, factor: ${factor}}`),
  );
  const timeline = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 59_999 }), action).map(([at, what]) => `{at: ${at}ms, ${what}}`),
    { maxLength: 6 },
  );
  const group = fc.record({
    protocol: fc.constantFrom(...names),
    commit: fc.constantFrom("auto", "after", "before"),
    concurrency: fc.constantFrom(1, 1, 3),
    orderedBy: fc.constantFrom("partition", "key", "none"),
    isStatic: fc.boolean(),
    session: fc.constantFrom(6000, 45_000),
    pollInterval: fc.constantFrom(3000, 300_000),
    failures: fc.constantFrom("0%", "5%"),
    onFailure: fc.constantFrom("retry", "skip"),
    calibration: fc.constantFrom("ideal", "lan"),
    log: fc.constantFrom(
      "",
      "internal.segment.bytes: 2KiB, retention.ms: 8s",
      "internal.segment.bytes: 2KiB, cleanup.policy: compact, min.cleanable.dirty.ratio: 0.1",
    ),
    late: fc.constantFrom("", "d: {topic: t, group: g, from: 10s, until: 40s, processing: 2ms, CONFIG}"),
  });

  it("each partition has one owner or none, and each record one final state; committed after the work, none is lost", () => {
    fc.assert(
      fc.property(group, timeline, fc.integer({ min: 1, max: 1000 }), (of, entries, seed) => {
        const settings = [
          protocols[of.protocol],
          of.isStatic ? "group.instance.id: i" : "",
          `max.poll.interval.ms: ${of.pollInterval}, session.timeout.ms: ${of.session}, auto.commit.interval.ms: 700, max.poll.records: 20`,
        ].filter((text) => text !== "");
        const config = `commit: ${of.commit}, config: {${settings.join(", ")}}`;
        const late = of.isStatic ? "" : of.late.replace("CONFIG", config);
        const { summary } = run(`
kafka: {topics: {t: {partitions: 4, config: {${of.log.replace("", "")}}}}, config: {log.retention.check.interval.ms: 2s, log.cleaner.backoff.ms: 2s}}
producers: {p: {topic: t, rate: 50/s, key: {values: 20}}}
consumers:
  c: {topic: t, group: g, instances: 3, concurrency: ${of.concurrency}, orderedBy: ${of.orderedBy}, processing: {exponential: 10ms}, failures: ${of.failures}, onFailure: ${of.onFailure}, ${config}}
  ${late}
timeline: [${entries.join(", ")}]
run: {duration: 60s, seed: ${seed}, calibration: ${of.calibration}, trace: 0}
`);
        const { totals, consumers } = summary;
        const processed = Object.values(consumers).reduce((sum, one) => sum + one.processed + one.skipped, 0);
        if (of.log === "")
          expect(processed + totals.lost.consumer + totals.unfinished).toBeGreaterThanOrEqual(
            totals.accepted,
          );
        if (of.commit === "after" && of.log === "") expect(totals.lost.consumer).toBe(0);
        expect(totals.delivered - totals.redelivered).toBeLessThanOrEqual(totals.accepted);
        // What retention took from the next owner, the one before may still finish.
        if (of.log === "") expect(totals.duplicates).toBeLessThanOrEqual(totals.redelivered);
      }),
      { numRuns: 50 },
    );
  });
});
