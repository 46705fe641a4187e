import { describe, expect, it } from "vitest";
import { run } from "./run-log.ts";

/** A record a second; the group's only member is away from 10 s to 250 s. */
function away(brokers: string, config: string, timeline = "") {
  const { summary } = run(`
kafka: {config: {group.initial.rebalance.delay.ms: 0, ${brokers}}, topics: {t: {}}}
producers: {p: {topic: t, rate: 1/s, arrivals: constant}}
consumers:
  a: {topic: t, group: g, until: 10500ms, config: {${config}}}
  b: {topic: t, group: g, from: 250500ms, config: {${config}}}
run: {duration: 300s, calibration: {preset: ideal, networkLatency: 1ms}}
timeline: [${timeline}]`);
  const told = summary.occurrences.first.filter(({ kind }) =>
    ["offsetsExpired", "offsetReset", "noOffset"].includes(kind),
  );
  return {
    delivered: summary.consumers["b"]!.processed,
    again: summary.consumers["b"]!.redelivered,
    told: told.map(({ kind, detail, rule }) => [kind, detail, rule]),
  };
}

const everyMinute = "offsets.retention.check.interval.ms: 1m";
const expired = ["offsetsExpired", 1, "offsets.retention.minutes"];

describe.each(["classic", "consumer"])(
  "the offsets of a group of the %s protocol without members",
  (protocol) => {
    const config = (reset: string) => `group.protocol: ${protocol}, auto.offset.reset: ${reset}`;

    it("are kept for a week", () => {
      const { delivered, told } = away("", config("latest"));
      expect(delivered).toBeGreaterThan(285);
      expect(told).toEqual([]);
    });

    it("are forgotten after offsets.retention.minutes: what came meanwhile is passed over", () => {
      const { delivered, told } = away(`offsets.retention.minutes: 3, ${everyMinute}`, config("latest"));
      expect(delivered).toBeGreaterThan(45);
      expect(delivered).toBeLessThan(51);
      expect(told[0]).toEqual(expired);
      expect(told[1]).toMatchObject(["offsetReset", 251, "auto.offset.reset latest"]);
    });

    it("are forgotten after offsets.retention.minutes: all is read again", () => {
      const { delivered, again, told } = away(
        `offsets.retention.minutes: 3, ${everyMinute}`,
        config("earliest"),
      );
      expect(delivered + again).toBeGreaterThan(295);
      expect(again).toBeGreaterThanOrEqual(10);
      expect(told).toEqual([expired, ["offsetReset", 0, "auto.offset.reset earliest"]]);
    });

    it("are forgotten after offsets.retention.minutes: with nothing to go by, the member leaves", () => {
      const { delivered, told } = away(`offsets.retention.minutes: 3, ${everyMinute}`, config("none"));
      expect(delivered).toBe(0);
      expect(told.map(([kind]) => kind)).toEqual(["offsetsExpired", "noOffset"]);
    });

    it.each([
      // Empty since 10 s: over at 190 s, and seen at 240 s, which is before the next member comes.
      ["3", "2m", true],
      // Over at 250 s.
      ["4", "1m", false],
      // Seen at 180 s, when it was not over, and at 360 s.
      ["3", "3m", false],
      ["3", "10m", false],
    ])("with offsets.retention.minutes: %s, checked every %s", (minutes, interval, gone) => {
      const brokers = `offsets.retention.minutes: ${minutes}, offsets.retention.check.interval.ms: ${interval}`;
      expect(away(brokers, config("latest")).told.length > 0).toBe(gone);
    });
  },
);

it("are kept while a member is there, however long it commits nothing", () => {
  const { summary } = run(`
kafka: {config: {group.initial.rebalance.delay.ms: 0, offsets.retention.minutes: 1, ${everyMinute}}, topics: {t: {}}}
producers: {p: {topic: t, rate: 1/s, arrivals: constant, until: 10s}}
consumers:
  a: {topic: t, group: g, until: 250500ms}
  b: {topic: t, group: g, from: 250s}
run: {duration: 300s, calibration: {preset: ideal, networkLatency: 1ms}}`);
  expect(summary.occurrences.first.filter(({ kind }) => kind === "offsetsExpired")).toEqual([]);
});
