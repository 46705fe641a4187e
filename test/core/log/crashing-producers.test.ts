import { expect, it } from "vitest";
import { run, timesAt } from "./run-log.ts";

const file = (timeline: string, more = "") => `
kafka: {topics: {t: {}}}
producers: {p: {topic: t, rate: 10/s, arrivals: constant, until: 1800ms, config: {linger.ms: 150}${more}}}
consumers: {c: {topic: t, group: g}}
run: {duration: 3s, calibration: {preset: ideal, networkLatency: 70ms}}
timeline: [${timeline}]
`;

it("a producer that crashes loses what lingers, and never learns of what is on its way", () => {
  const { producers, topics, occurrences } = run(
    file("{at: 430ms, for: 500ms, crash: {producer: p}}"),
  ).summary;
  // The records of 0 and 100 ms are answered at 290 ms, those of 200 and 300 ms are at the broker, that of 400 ms lingers.
  expect(producers["p"]).toMatchObject({ sent: 13, accepted: 10, timedOut: 3, underWay: 0 });
  expect(topics["t"]!.partitions[0]!.logEnd).toBe(12);
  expect(occurrences.first.map(({ message }) => message)).toEqual([
    "producer p crashed",
    "producer p started",
  ]);
});

it("a producer that stops sends on what it has", () => {
  const result = run(file("{at: 430ms, for: 500ms, stop: {producer: p}}"));
  expect(result.summary.producers["p"]).toMatchObject({ sent: 13, accepted: 13, timedOut: 0 });
  expect(timesAt(result, "sent").slice(4, 6)).toEqual([400, 1000]);
});

it("a producer that is slow takes longer in its thread", () => {
  const latency = (factor: number) =>
    run(
      file(`{at: 0s, slow: {producer: p, factor: ${factor}}}`).replace(
        "preset: ideal,",
        "preset: ideal, kafkaClientPerMessage: 2ms,",
      ),
    ).summary.consumers["c"]!.latency.max!;
  expect(latency(5) - latency(1)).toBeCloseTo(8, 6);
});

it("one of several instances crashes alone", () => {
  const { producers } = run(file("{at: 430ms, crash: {producer: p, instance: 2}}", ", instances: 2")).summary;
  expect(producers["p"]).toMatchObject({ sent: 11, underWay: 0 });
});
