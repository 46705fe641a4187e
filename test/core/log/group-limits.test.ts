import { describe, expect, it } from "vitest";
import { run } from "./run-log.ts";

/** Three members of a group, of which the third comes when the run has begun. */
function group(broker: string, config: string, timeline = "", kind = "group") {
  const { summary } = run(`
kafka: {config: {group.initial.rebalance.delay.ms: 0, ${broker}}, topics: {t: {partitions: 6}}}
producers: {p: {topic: t, rate: 60/s, arrivals: constant, key: {values: 60}}}
consumers:
  a: {topic: t, ${kind}: g, config: {${config}}}
  b: {topic: t, ${kind}: g, config: {${config}}}
  c: {topic: t, ${kind}: g, from: 5s, config: {${config}}}
run: {duration: 40s, calibration: {preset: ideal, networkLatency: 1ms}}
${timeline}`);
  const refused = summary.occurrences.first.filter(({ kind }) => kind === "joinRefused");
  return {
    worked: Object.entries(summary.consumers)
      .filter(([, { processed }]) => processed > 0)
      .map(([name]) => name),
    refused: refused.map(({ at, where, rule }) => [Math.round(at / 1000), where.name, rule]),
  };
}

const full = "GROUP_MAX_SIZE_REACHED";

describe.each([
  ["classic", "group.max.size", "group.protocol: classic", "group"],
  ["consumer", "group.consumer.max.size", "group.protocol: consumer", "group"],
  ["share", "group.share.max.size", "", "shareGroup"],
])("a group of the %s protocol", (_, setting, config, kind) => {
  it(`takes as many members as ${setting} says; the others leave`, () => {
    expect(group("", config, "", kind)).toMatchObject({ worked: ["a", "b", "c"], refused: [] });
    const two = group(`${setting}: 2`, config, "", kind);
    expect(two.worked).toEqual(["a", "b"]);
    expect(two.refused).toEqual([[5, "c", full]]);
  });

  it("and so before the run", () => {
    const { worked, refused } = group(`${setting}: 1`, config, "", kind);
    expect(worked).toEqual(["a"]);
    expect(refused).toEqual([
      [0, "b", full],
      [5, "c", full],
    ]);
  });

  it("has room again for one that comes when another has left", () => {
    const { worked } = group(`${setting}: 2`, config, "timeline: [{at: 3s, stop: {consumer: a}}]", kind);
    expect(worked).toEqual(["a", "b", "c"]);
  });
});

describe("members that brokers do not know what to do with", () => {
  const all = (why: string) => [
    [0, "a", why],
    [0, "b", why],
    [5, "c", why],
  ];
  const newProtocol = "group.protocol: consumer";

  it("are of the consumer protocol where group.coordinator.rebalance.protocols has it not", () => {
    const classic = "group.coordinator.rebalance.protocols: [classic]";
    expect(group(classic, newProtocol).refused).toEqual(all("UNSUPPORTED_VERSION"));
    expect(group(classic, "").refused).toEqual([]);
    expect(group("group.coordinator.rebalance.protocols: 'classic, consumer'", newProtocol).refused).toEqual(
      [],
    );
  });

  it("name an assignor that is not among group.consumer.assignors", () => {
    const range = "group.consumer.assignors: range";
    const uniform = `${newProtocol}, group.remote.assignor: uniform`;
    expect(group(range, uniform).refused).toEqual(all("UNSUPPORTED_ASSIGNOR"));
    expect(group(range, newProtocol).refused).toEqual([]);
    expect(group("group.consumer.assignors: [range, uniform]", uniform).refused).toEqual([]);
  });
});

it("assigns by the first of group.consumer.assignors where members name none", () => {
  const perMember = (assignors: string) => {
    const { summary } = run(`
kafka: {config: {group.consumer.assignors: ${assignors}}, topics: {t: {partitions: 3}, u: {partitions: 3}}}
producers:
  p: {topic: t, rate: 60/s, arrivals: constant, config: {partitioner.class: RoundRobinPartitioner}}
  q: {topic: u, rate: 60/s, arrivals: constant, config: {partitioner.class: RoundRobinPartitioner}}
consumers: {c: {topics: [t, u], group: g, instances: 2, config: {group.protocol: consumer}}}
run: {duration: 20s, calibration: {preset: ideal, networkLatency: 1ms}}`);
    return Object.values(summary.consumers["c"]!.instances).map(({ processed }) =>
      Math.round(processed / 200),
    );
  };
  // By range the first member has two partitions of each topic.
  expect(perMember("[range, uniform]")).toEqual([8, 4]);
  expect(perMember("org.apache.kafka.coordinator.group.assignor.UniformAssignor")).toEqual([6, 6]);
});

it.each([
  ["true", 10],
  ["false", 55],
])("a member with internal.leave.group.on.close: %s is out at %i s", (leaves, at) => {
  const { summary } = run(`
kafka: {config: {group.initial.rebalance.delay.ms: 0}, topics: {t: {partitions: 2}}}
producers: {p: {topic: t, rate: 60/s, arrivals: constant, key: {values: 60}}}
consumers:
  a: {topic: t, group: g, until: 10s, config: {internal.leave.group.on.close: ${leaves}}}
  b: {topic: t, group: g}
run: {duration: 70s, calibration: {preset: ideal, networkLatency: 1ms}}`);
  const [first] = summary.occurrences.first.filter(({ kind }) => kind === "rebalanceStarted");
  // The session of one that says nothing goes on from its last heartbeat, some time in the 3 s before it closes.
  expect(first!.at / 1000).toBeGreaterThan(at - 3.01);
  expect(first!.at / 1000).toBeLessThan(at + 0.01);
});

it("two share groups at a broker have as many sessions as group.share.max.share.sessions", () => {
  const processed = (sessions: number, timeline = "") => {
    const { summary } = run(`
kafka: {config: {group.share.max.size: 1, group.share.max.share.sessions: ${sessions}}, topics: {t: {}}}
producers: {p: {topic: t, rate: 10/s, arrivals: constant, key: {values: 60}}}
consumers:
  a: {topic: t, shareGroup: a}
  b: {topic: t, shareGroup: b}
run: {duration: 40s, calibration: {preset: ideal, networkLatency: 1ms}}
timeline: [${timeline}]`);
    const refused = summary.occurrences.first.filter(({ kind }) => kind === "shareSessionRefused");
    return [...Object.values(summary.consumers).map(({ processed }) => processed), refused.length];
  };
  const [a, b, refused] = processed(2);
  expect([a! > 390, b, refused]).toEqual([true, a, 0]);
  expect(processed(1)).toEqual([a, 0, 1]);
  // The session of one that leaves is another's, at its next request, with all that came meanwhile.
  const [first, second] = processed(1, "{at: 20s, stop: {consumer: a}}");
  expect(first).toBeLessThan(205);
  expect(second).toBe(a);
});

describe("a session that the broker does not allow", () => {
  const refused = (broker: string, session: string) =>
    group(broker, `session.timeout.ms: ${session}, heartbeat.interval.ms: 1s`).refused;

  it.each([
    ["", "5999ms"],
    ["", "1801s"],
    ["group.min.session.timeout.ms: 10s", "9s"],
    ["group.max.session.timeout.ms: 10s", "11s"],
  ])("under %s lets no member join with %s", (broker, session) => {
    const why = "INVALID_SESSION_TIMEOUT";
    expect(refused(broker, session)).toEqual([
      [0, "a", why],
      [0, "b", why],
      [5, "c", why],
    ]);
  });

  it.each([
    ["", "6s"],
    ["group.min.session.timeout.ms: 1s", "1s"],
    ["group.max.session.timeout.ms: 1h", "31m"],
  ])("under %s is not %s", (broker, session) => {
    expect(refused(broker, session)).toEqual([]);
  });

  it("is the broker's own under the consumer protocol", () => {
    expect(group("", "group.protocol: consumer, session.timeout.ms: 5s").refused).toEqual([]);
  });
});
