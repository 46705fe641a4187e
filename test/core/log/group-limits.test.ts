import { describe, expect, it } from "vitest";
import { run } from "./run-log.ts";

/** Three members of a group, of which the third comes when the run has begun. */
function group(broker: string, config: string, timeline = "") {
  const { summary } = run(`
kafka: {config: {group.initial.rebalance.delay.ms: 0, ${broker}}, topics: {t: {partitions: 6}}}
producers: {p: {topic: t, rate: 60/s, arrivals: constant, key: {values: 60}}}
consumers:
  a: {topic: t, group: g, config: {${config}}}
  b: {topic: t, group: g, config: {${config}}}
  c: {topic: t, group: g, from: 5s, config: {${config}}}
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
  ["classic", "group.max.size"],
  ["consumer", "group.consumer.max.size"],
])("a group of the %s protocol", (protocol, setting) => {
  const config = `group.protocol: ${protocol}`;

  it(`takes as many members as ${setting} says; the others leave`, () => {
    expect(group("", config)).toMatchObject({ worked: ["a", "b", "c"], refused: [] });
    const two = group(`${setting}: 2`, config);
    expect(two.worked).toEqual(["a", "b"]);
    expect(two.refused).toEqual([[5, "c", full]]);
  });

  it("and so before the run", () => {
    const { worked, refused } = group(`${setting}: 1`, config);
    expect(worked).toEqual(["a"]);
    expect(refused).toEqual([
      [0, "b", full],
      [5, "c", full],
    ]);
  });

  it("has room again for one that comes when another has left", () => {
    const { worked } = group(`${setting}: 2`, config, "timeline: [{at: 3s, stop: {consumer: a}}]");
    expect(worked).toEqual(["a", "b", "c"]);
  });
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
