import { describe, expect, it } from "vitest";
import { CompressionEstimate } from "../../../src/core/log/compression-estimate.ts";
import { run, steps } from "./run-log.ts";

const costs = "calibration: {preset: ideal, networkLatency: 10ms}";
/** Bytes of a batch beside its records, and of a record of 999 bytes: 9 more. */
const header = 61;
const record = 1008;

function sent(producer: string, topic = "{}") {
  return run(`
kafka: {topics: {t: ${topic}}}
producers: {p: {topic: t, size: 999, ${producer}}}
consumers: {c: {topic: t, group: g}}
run: {duration: 10s, ${costs}}
`);
}

function bytes(producer: string, topic = "{}"): number {
  return sent(producer, topic).summary.topics["t"]!.partitions[0]!.bytes;
}

const one = "arrivals: {schedule: [0]}";

describe("a batch", () => {
  it.each([
    ["none", 1],
    ["gzip", 0.29],
    ["snappy", 0.39],
    ["lz4", 0.386],
    ["zstd", 0.264],
  ])("keeps its header, and its records become smaller by %s", (codec, rate) => {
    expect(bytes(`${one}, config: {compression.type: ${codec}}`)).toBe(header + Math.round(record * rate));
  });

  it("becomes as small as the file says", () => {
    expect(bytes(`${one}, compression_rate: 50%, config: {compression.type: gzip}`)).toBe(
      header + record / 2,
    );
    expect(bytes(`${one}, compression_rate: 50%`)).toBe(header + record);
    expect(bytes(`${one}, client: librdkafka, config: {compression.codec: gzip}`)).toBe(header + 292);
  });

  it.each([
    ["producer", "gzip", 292],
    ["uncompressed", "gzip", record],
    ["gzip", "gzip", 292],
    ["zstd", "gzip", 266],
    ["zstd", "none", 266],
  ])("is stored as its topic wants it: %s of %s", (topic, producer, stored) => {
    const config = `config: {compression.type: ${producer}}`;
    expect(bytes(`${one}, ${config}`, `{config: {compression.type: ${topic}}}`)).toBe(header + stored);
  });

  it("is as large for max.message.bytes as it comes, and as it is stored", () => {
    const refused = (codec: string, topic: string) =>
      sent(`${one}, config: {compression.type: ${codec}}`, `{config: {max.message.bytes: 1000, ${topic}}}`)
        .summary.producers["p"]!.refused;
    expect(refused("gzip", "")).toBe(0);
    expect(refused("gzip", "compression.type: uncompressed")).toBe(1);
    expect(refused("none", "compression.type: gzip")).toBe(1);
  });

  it("takes less of the network", () => {
    const text = (codec: string) => `
kafka: {topics: {t: {}}}
producers: {p: {topic: t, size: 1MB, ${one}, config: {compression.type: ${codec}, max.request.size: 2MB}}}
run: {duration: 10s, calibration: {preset: ideal, networkBandwidth: 1MB/s}}
`;
    const arrived = (codec: string) =>
      steps(
        run(text(codec).replace("{t: {}}", "{t: {config: {max.message.bytes: 2MB}}}")),
        "brokerReceived",
      )[0]!.at;
    expect(arrived("none")).toBeCloseTo(1000, 0);
    expect(arrived("gzip")).toBeCloseTo(290, 0);
  });
});

it("a compacted batch keeps its rate, and a dead letter is as large as its record was", () => {
  const topicsOf = (codec: string) =>
    run(`
kafka:
  config: {log.cleaner.backoff.ms: 1s}
  topics: {t: {config: {cleanup.policy: compact, segment.ms: 1s, min.cleanable.dirty.ratio: 0}}, dead: {}}
producers:
  p:
    topic: t
    size: 999
    key: {constant: a}
    arrivals: {bursts: {size: 10, every: 3s}}
    compression_rate: 50%
    config: {compression.type: ${codec}}
consumers:
  c: {topic: t, group: g, failures: 100%, onFailure: {retry: [0ms], then: {deadLetterTopic: dead}}}
run: {duration: 12s, ${costs}}
`).summary.topics;
  const [gzip, none] = [topicsOf("gzip"), topicsOf("none")];
  // The last burst, and of all before it one record.
  const content = none["t"]!.partitions[0]!.bytes - 2 * header;
  expect(content).toBeLessThan(12 * record);
  expect(gzip["t"]!.partitions[0]!.bytes).toBe(2 * header + Math.round(content / 2));
  expect(gzip["dead"]).toEqual(none["dead"]);
});

describe("a client fills batches by what it expects of its codec", () => {
  /** Records of each batch, in the order in which they left. */
  function batches(producer: string): number[] {
    const result = sent(`rate: 2000/s, arrivals: constant, key: {constant: a}, ${producer}`);
    const counts = new Map(steps(result, "batchClosed").map(({ at, detail }) => [at, detail]));
    return [...counts.values()];
  }

  it("nothing at first, then what it has seen, and a twentieth more", () => {
    const counts = batches("config: {linger.ms: 1s, compression.type: gzip}");
    expect(counts[0]).toBe(Math.floor((16_384 - header) / (record * 1.05)));
    // The next record counts as if it were not compressed.
    expect(counts.at(-2)).toBe(Math.ceil((16_384 - header - record) / (record * 0.29 * 1.05)));
  });

  it("of librdkafka as if it had none", () => {
    const librdkafka = "client: librdkafka, config: {linger.ms: 1s, batch.size: 16384";
    expect(new Set(batches(`${librdkafka}, compression.type: gzip}`).slice(0, -1))).toEqual(new Set([16]));
  });

  it("as it learns: fast when records become larger, slowly when smaller (CompressionRatioEstimator)", () => {
    const estimate = new CompressionEstimate();
    expect(estimate.factor).toBeCloseTo(1.05);
    estimate.closed(0.3);
    expect(estimate.factor).toBeCloseTo(0.995 * 1.05);
    for (let batch = 0; batch < 200; batch++) estimate.closed(0.3);
    expect(estimate.factor).toBeCloseTo(0.3 * 1.05);
    estimate.closed(0.31);
    expect(estimate.factor).toBeCloseTo(0.35 * 1.05);
    estimate.closed(0.9);
    expect(estimate.factor).toBeCloseTo(0.9 * 1.05);
    estimate.tooLarge(0.9);
    expect(estimate.factor).toBeCloseTo(1.05);
  });
});
