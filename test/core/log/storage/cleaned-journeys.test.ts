import fc from "fast-check";
import { expect, it } from "vitest";
import { run, steps } from "../run-log.ts";

/** 2000 messages of few keys; all that is dirty is cleaned each second, and readers are slow. */
const file = (consumer: string, share: string, timeline: readonly string[] = []) => `
kafka:
  config: {log.cleaner.backoff.ms: 1s}
  topics: {t: {config: {cleanup.policy: compact, segment.ms: 1s, min.cleanable.dirty.ratio: 0}}}
producers: {p: {topic: t, rate: 200/s, arrivals: constant, key: {values: 5}, size: 100B, until: 10s}}
consumers:
  c: {topic: t, group: g, ${consumer}}
  s: {topic: t, shareGroup: h, ${share}}
run: {duration: 200s, calibration: ideal}
timeline: [${timeline.join(", ")}]
`;

function ends(text: string) {
  const result = run(text, { auditEvery: 100 });
  const at = (station: "finished" | "dropped", place: RegExp) =>
    steps(result, station)
      .filter((step) => place.test(step.place))
      .map(({ message }) => message);
  return {
    sent: result.summary.totals.sent,
    log: { finished: at("finished", /^c\//u), dropped: at("dropped", /^g$/u) },
    share: { finished: at("finished", /^s\//u), dropped: at("dropped", /^h$/u) },
    texts: result.trace.texts,
  };
}

it("what the cleaner takes before a group has read it has its end there, with the rule", () => {
  const found = ends(file("processing: 50ms, config: {max.poll.records: 5}", "processing: 50ms"));
  expect(found.texts).toContain("its topic had deleted it (cleanup.policy: compact)");
  for (const { finished, dropped } of [found.log, found.share]) {
    expect(dropped.length).toBeGreaterThan(100);
    expect([...finished, ...dropped].toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: found.sent }, (_, i) => i),
    );
  }
});

it("whatever crashes, each message is finished or dropped for each group, and dropped once", () => {
  const reader = fc.record({
    processing: fc.constantFrom("4ms", "20ms", "60ms"),
    poll: fc.constantFrom(1, 20, 500),
    more: fc.constantFrom("", "concurrency: 3, ", "instances: 2, "),
  });
  const fault = fc.tuple(
    fc.integer({ min: 100, max: 20_000 }),
    fc.constantFrom(
      "crash: {consumer: c}",
      "crash: {consumer: s}",
      "stop: {consumer: c}",
      "isolate: {consumers: [c]}",
      "stop: {consumer: s}",
    ),
  );
  fc.assert(
    fc.property(reader, reader, fc.array(fault, { maxLength: 4 }), (log, share, faults) => {
      const { sent, ...groups } = ends(
        file(
          `${log.more}commit: after, processing: ${log.processing}, config: {max.poll.records: ${log.poll}, session.timeout.ms: 6s}`,
          `${share.more}processing: ${share.processing}, config: {max.poll.records: ${share.poll}}`,
          faults.map(([at, action]) => `{at: ${at}ms, for: 1s, ${action}}`),
        ),
      );
      for (const { finished, dropped } of [groups.log, groups.share]) {
        expect(new Set(dropped).size).toBe(dropped.length);
        expect(new Set([...finished, ...dropped]).size).toBe(sent);
      }
    }),
    { numRuns: 40 },
  );
}, 60_000);
