import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Result } from "../../../src/core/run.ts";
import { summaryText } from "../../../src/core/run.ts";
import { logEnds, run, steps, type Step } from "./run-log.ts";

const seconds = 2;

const arrivals = fc.oneof(
  fc.integer({ min: 1, max: 400 }).map((rate) => `rate: ${rate}/s`),
  fc.integer({ min: 1, max: 400 }).map((rate) => `rate: ${rate}/s, arrivals: constant`),
  fc
    .record({ size: fc.integer({ min: 1, max: 60 }), every: fc.integer({ min: 50, max: 900 }) })
    .map(({ size, every }) => `arrivals: {bursts: {size: ${size}, every: ${every}ms}}`),
  fc.integer({ min: 1, max: 30 }).map((clients) => `arrivals: {closed: {clients: ${clients}, think: 20ms}}`),
  fc
    .integer({ min: 50, max: 400 })
    .map((rate) => `rate: ${rate}/s, arrivals: {onOff: {on: 300ms, off: 700ms}}`),
);

const producer = fc
  .record({
    arrivals,
    instances: fc.integer({ min: 1, max: 3 }),
    key: fc.constantFrom("none", "unique", "{values: 3}", "{values: 50, zipf: 1.1}"),
    size: fc.constantFrom("10B", "1KiB", "{exponential: 2KiB}", "20kB"),
    linger: fc.constantFrom(0, 1, 5, 40),
    batch: fc.constantFrom(200, 2000, 16_384),
    inFlight: fc.constantFrom(1, 2, 5),
    acks: fc.constantFrom("all", "1", "0"),
    until: fc.constantFrom("1s", "1500ms", "10s"),
  })
  .map(
    (of) =>
      `${of.arrivals}, instances: ${of.instances}, key: ${of.key}, size: ${of.size}, until: ${of.until}, config: {linger.ms: ${of.linger}, batch.size: ${of.batch}, max.in.flight.requests.per.connection: ${of.inFlight}, acks: ${of.acks}}`,
  );

const ordered = fc.constantFrom("partition", "key", "none");

const consumer = fc
  .record({
    instances: fc.integer({ min: 1, max: 3 }),
    concurrency: fc.constantFrom(1, 1, 2, 5),
    orderedBy: ordered,
    processing: fc.constantFrom("0", "1ms", "{exponential: 4ms}", "{perMessage: 2ms, perBatch: 20ms}"),
    commit: fc.constantFrom("auto", "after", "before"),
    failures: fc.constantFrom("0%", "10%", "{share: 3%, persistent: true}"),
    onFailure: fc.constantFrom("retry", "skip"),
    times: fc.constantFrom("", ", from: 500ms", ", until: 1s", ", from: 100ms, until: 1500ms"),
    reset: fc.constantFrom("earliest", "latest"),
    pollRecords: fc.constantFrom(1, 7, 500),
    minBytes: fc.constantFrom(1, 1, 3000),
    fetchBytes: fc.constantFrom(1500, 1_048_576),
  })
  .map(
    (of) =>
      `instances: ${of.instances}, concurrency: ${of.concurrency}, orderedBy: ${of.orderedBy}, processing: ${of.processing}, commit: ${of.commit}, failures: ${of.failures}, onFailure: ${of.onFailure}${of.times}, config: {auto.offset.reset: ${of.reset}, max.poll.records: ${of.pollRecords}, fetch.min.bytes: ${of.minBytes}, max.partition.fetch.bytes: ${of.fetchBytes}, auto.commit.interval.ms: 300}`,
  );

const topology = fc
  .record({
    brokers: fc.integer({ min: 1, max: 3 }),
    partitions: fc.integer({ min: 1, max: 5 }),
    replicas: fc.constantFrom(1, 2, 3),
    minInSync: fc.constantFrom(1, 2),
    producers: fc.array(producer, { minLength: 1, maxLength: 2 }),
    consumers: fc.array(consumer, { maxLength: 2 }),
    calibration: fc.constantFrom("ideal", "laptop", "lan", "cloud", "{preset: cloud, networkLatency: 15ms}"),
    warmup: fc.constantFrom(0, 1),
    seed: fc.nat(1000),
  })
  .map(
    (of) => `
kafka: {brokers: ${of.brokers}, topics: {t: {partitions: ${of.partitions}, replicas: ${Math.min(of.replicas, of.brokers)}, config: {min.insync.replicas: ${of.minInSync}}}}}
producers:
${of.producers.map((text, i) => `  p${i}: {topic: t, ${text}}`).join("\n")}
consumers:${of.consumers.length === 0 ? " {}" : ""}
${of.consumers.map((text, i) => `  c${i}: {topic: t, group: g${i}, ${text}}`).join("\n")}
run: {duration: ${seconds}s, warmup: ${of.warmup}s, seed: ${of.seed}, calibration: ${of.calibration}}
`,
  );

function check(holds: (text: string) => void, numRuns = 12): void {
  fc.assert(fc.property(topology, holds), { numRuns });
}

function bytes({ buffer }: { readonly buffer: ArrayBufferLike }): Buffer {
  return Buffer.from(buffer);
}

function numberOf(result: Result, station: Step["station"]): number {
  return steps(result, station).length;
}

describe("whatever the topology", () => {
  it("every record is accounted for, and offsets keep their order", () => {
    // The audit inside the run recounts; here the trace is held against the totals.
    check((text) => {
      const result = run(text.replace(/warmup: \d+s/, "warmup: 0s"), { auditEvery: 100 });
      const { totals, producers, groups, consumers } = result.summary;
      const appended = logEnds(result).reduce((sum, end) => sum + end, 0);
      expect(numberOf(result, "sent")).toBe(totals.sent);
      expect(numberOf(result, "appended")).toBe(appended);
      expect(appended).toBeLessThanOrEqual(totals.sent);
      for (const { sent, accepted, underWay } of Object.values(producers))
        expect(accepted + underWay).toBe(sent);
      expect(numberOf(result, "finished")).toBe(totals.processed);
      expect(numberOf(result, "failed")).toBe(
        Object.values(consumers).reduce((sum, { failed }) => sum + failed, 0),
      );
      expect(totals.duplicates).toBe(0);
      for (const { lag, partitions } of Object.values(groups)) {
        const behind = partitions.reduce((sum, { lag: { end } }) => sum + end, 0);
        expect(behind).toBe(lag.end);
        for (const { partition, committed } of partitions)
          expect(committed).toBeLessThanOrEqual(logEnds(result)[partition]!);
      }
    });
  });

  it("no instance has more in work than its concurrency, and a handler's time is what it was busy", () => {
    check((text) => {
      const result = run(text);
      const limit = new Map(
        [...text.matchAll(/(c\d): .* concurrency: (\d+)/g)].map(([, name, count]) => [name!, Number(count)]),
      );
      const working = new Map<string, number>();
      for (const { station, place } of steps(result)) {
        if (station === "takenUp") working.set(place, (working.get(place) ?? 0) + 1);
        if (station === "finished" || station === "failed") working.set(place, working.get(place)! - 1);
        if (station === "takenUp")
          expect(working.get(place)).toBeLessThanOrEqual(limit.get(place.split("/")[0]!)!);
      }
      for (const { utilization } of Object.values(result.summary.consumers)) {
        expect(utilization).toBeGreaterThanOrEqual(0);
        expect(utilization).toBeLessThanOrEqual(1 + 1e-9);
      }
    });
  });

  it("a partition's records are taken up in their order unless order is kept by key or not at all", () => {
    check((text) => {
      const result = run(text.replaceAll(/orderedBy: \w+/g, "orderedBy: partition"));
      const partition = new Map(steps(result, "appended").map(({ message, place }) => [message, place]));
      const last = new Map<string, number>();
      for (const { message, place, detail } of steps(result, "takenUp")) {
        const reader = `${place.split("/")[0]} ${partition.get(message)}`;
        expect(detail).toBeGreaterThanOrEqual(last.get(reader) ?? 0);
        last.set(reader, detail);
      }
      for (const { order } of Object.values(result.summary.consumers)) expect(order.violations).toBe(0);
    });
  });

  it("order by key is kept where each message has a key", () => {
    check((text) => {
      const keyed = text
        .replaceAll("key: none", "key: {values: 4}")
        .replaceAll(/orderedBy: \w+/g, "orderedBy: key");
      for (const { order } of Object.values(run(keyed).summary.consumers)) expect(order.violations).toBe(0);
    });
  });

  it("the same seed gives the same bytes", () => {
    check((text) => {
      const [first, second] = [run(text), run(text)];
      expect(summaryText(second.summary)).toBe(summaryText(first.summary));
      for (const column of ["time", "message", "station", "place", "detail"] as const)
        expect(Buffer.compare(bytes(second.trace[column]), bytes(first.trace[column]))).toBe(0);
    });
  });

  it("a producer of another topic changes nothing that this one draws", () => {
    check((text) => {
      const sent = (more: string) => {
        const result = run(
          text
            .replace("topics: {", "topics: {other: {partitions: 2}, ")
            .replace("producers:\n", `producers:\n${more}`)
            .replace(/calibration: .*$/m, "calibration: ideal, trace: 0}"),
        );
        const { processed } = result.summary.totals;
        return [result.summary.producers["p0"], logEnds(result), processed];
      };
      expect(sent("  other: {topic: other, rate: 50/s, key: {values: 9}}\n")).toEqual(sent(""));
    });
  });

  it("the area under the lag is the summed time from the high watermark to the commit", () => {
    check((text) => {
      const quick = text
        .replaceAll(/, from: \d+ms|, until: [\d.]+m?s(?=, config: \{auto)/g, "")
        .replaceAll("onFailure: retry", "onFailure: skip")
        .replaceAll(/warmup: \d+s/g, "warmup: 0s");
      const result = run(quick);
      for (const [name, { lag, partitions }] of Object.entries(result.summary.groups)) {
        const readable = steps(result, text.includes("replicas: 1,") ? "appended" : "replicated");
        const committed = new Map(
          partitions.map(({ partition, committed: end }): [string, number] => [`t/${partition}`, end]),
        );
        const commits =
          Object.keys(result.summary.groups).length === 1 ? steps(result, "committed") : undefined;
        if (commits === undefined) continue;
        const at = new Map(commits.map(({ place, detail, at: time }) => [`${place} ${detail}`, time]));
        let area = 0;
        for (const { place, detail, at: from } of readable) {
          const until = detail < committed.get(place)! ? at.get(`${place} ${detail}`)! : seconds * 1000;
          area += until - from;
        }
        expect(lag.mean * seconds * 1000, name).toBeCloseTo(area, 1);
      }
    });
  });
});
