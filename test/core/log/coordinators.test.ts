import { describe, expect, it } from "vitest";
import { run } from "./run-log.ts";

/** A group of two on three brokers; one of them coordinates the group. */
function grouped(timeline: string, { config = "", more = "", duration = "60s" } = {}) {
  return run(
    `
kafka: {brokers: 3, topics: {t: {partitions: 4, replicas: 3}}}
producers: {p: {topic: t, rate: 100/s}}
consumers: {c: {topic: t, group: g, instances: 2, processing: 1ms, commit: after, config: {session.timeout.ms: 10s, ${config}}, ${more}}}
run: {duration: ${duration}}
timeline: [${timeline}]
`,
    { auditEvery: 50 },
  );
}

const told = ({ summary }: ReturnType<typeof run>, ...kinds: string[]) =>
  summary.occurrences.first
    .filter(({ kind }) => kinds.includes(kind))
    .map(({ at, kind, detail, rule }) => [Math.round(at / 100) / 10, kind, detail, rule]);

const coordinator = 1 + (("g".codePointAt(0)! % 50) % 3);

describe.each(["group.protocol: classic", "group.protocol: consumer"])("with %s", (config) => {
  const classic = config.endsWith("classic");

  it("goes on without a rebalance when its coordinator dies and another takes over", () => {
    const result = grouped(`{at: 20s, crash: {broker: ${coordinator}}}`, { config });
    expect(told(result, "coordinatorElected", "rebalanceStarted", "evicted")).toEqual([
      [expect.closeTo(28.5, 0), "coordinatorElected", expect.any(Number), "__consumer_offsets"],
    ]);
    // Commits wait for the next coordinator; then all is committed again.
    expect(result.summary.groups["g"]!.lag.max).toBeGreaterThan(400);
    expect(result.summary.groups["g"]!.lag.end).toBeLessThan(50);
    expect(result.summary.consumers["c"]!.duplicates).toBe(0);
  });

  it("has no coordinator while all its brokers are away, and evicts nobody then", () => {
    const all = [1, 2, 3].map((broker) => `{at: 20s, for: 20s, crash: {broker: ${broker}}}`).join(", ");
    const result = grouped(all, { config });
    expect(told(result, "evicted")).toEqual([]);
    expect(result.summary.groups["g"]!.lag.end).toBeLessThan(50);
  });

  it("misses a member that is cut off for longer than its session, and takes it back after that", () => {
    const result = grouped("{at: 20s, for: 60s, isolate: {consumers: [c]}}", { config, duration: "150s" });
    const evictions = told(result, "evicted");
    expect(evictions).toHaveLength(2);
    const [at] = evictions[0] as [number];
    // A session after the last heartbeat: of 10 s for the classic protocol, of 45 s for the other.
    expect(at).toBeGreaterThan(classic ? 26 : 59);
    expect(at).toBeLessThan(classic ? 30.1 : 65.1);
    expect(result.summary.groups["g"]!.pause).toBeGreaterThan(10_000);
    expect(result.summary.groups["g"]!.lag.end).toBeLessThan(50);
    expect(result.summary.totals.unfinished).toBeLessThan(50);
  });

  it("keeps a member that is cut off for less", () => {
    const result = grouped("{at: 20s, for: 4s, isolate: {consumers: [c]}}", { config });
    expect(told(result, "evicted", "rebalanceStarted")).toEqual([]);
    expect(result.summary.groups["g"]!.lag.max).toBeGreaterThan(300);
    expect(result.summary.groups["g"]!.lag.end).toBeLessThan(50);
  });

  it("keeps a member waiting that starts while it is cut off", () => {
    const result = grouped("{at: 5s, for: 20s, isolate: {consumers: [c]}}", {
      config,
      more: "from: 2s",
      duration: "80s",
    });
    expect(result.summary.groups["g"]!.lag.end).toBeLessThan(50);
  });
});

it("a member of a share group that is cut off keeps its records until their locks end, and is missed", () => {
  const result = run(
    `
kafka: {brokers: 2, topics: {t: {partitions: 1, replicas: 2}}}
producers: {p: {topic: t, rate: 50/s, until: 60s}}
consumers:
  c: {topic: t, shareGroup: g, processing: 10ms}
  d: {topic: t, shareGroup: g, processing: 10ms}
run: {duration: 150s}
timeline: [{at: 20s, for: 70s, isolate: {consumers: [c]}}]
`,
    { auditEvery: 50 },
  );
  expect(told(result, "rebalanceStarted").map(([, , , rule]) => rule)).toEqual([
    "group.share.session.timeout.ms",
    "a member joined",
  ]);
  expect(result.summary.totals.unfinished).toBe(0);
  expect(result.summary.totals.processed).toBe(result.summary.totals.accepted);
});

it("a producer that is cut off keeps its records, and sends them when it is back", () => {
  const result = run(`
kafka: {brokers: 1, topics: {t: {}}}
producers: {p: {topic: t, rate: 50/s, until: 30s}}
consumers: {c: {topic: t, group: g, processing: 1ms}}
run: {duration: 60s}
timeline: [{at: 10s, for: 10s, isolate: {producers: [p]}}]
`);
  expect(result.summary.totals.timedOut).toBe(0);
  expect(result.summary.totals.processed).toBe(result.summary.totals.sent);
  expect(result.summary.consumers["c"]!.latency.max).toBeGreaterThan(9900);
});
