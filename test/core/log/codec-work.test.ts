import { describe, expect, it } from "vitest";
import {
  codecLevel,
  compressing,
  measuredLevels,
  readWork,
  validateWork,
} from "../../../src/core/model/codec-levels.ts";
import { compressionRate, type Codec } from "../../../src/core/model/compression.ts";
import type { Station } from "../../../src/core/stats/trace.ts";
import { run, steps, topologyOf } from "./run-log.ts";

/** Of a record of 999 bytes, in its batch. */
const content = 1008;
const fourTimes = "calibration: {preset: ideal, codecWork: 4}";

/** When a lone record has passed each station, ns after it was sent. */
function passed(producer: string, topic = "") {
  const result = run(`
kafka: {topics: {t: {config: {${topic}}}}}
producers: {p: {topic: t, size: 999, arrivals: {schedule: [0]}, config: {${producer}}}}
consumers: {c: {topic: t, group: g}}
run: {duration: 10s, ${fourTimes}}
`);
  const at = (station: keyof typeof Station) => steps(result, station)[0]!.at * 1e6;
  const sent = at("batchClosed");
  return {
    compressed: at("requestSent") - sent,
    appended: at("appended") - at("brokerReceived"),
    fetched: at("fetched") - at("appended"),
  };
}

function compressed(codec: Codec, level: number): number {
  const [perBatch, perByte] = compressing({ codec, level });
  return 4 * (perBatch + perByte * content);
}
const read = (codec: Codec) => 4 * readWork({ codec, level: 0 }, content);
const checked = (codec: Codec) => 4 * validateWork({ codec, level: 0 }, content);

describe("a codec works", () => {
  it.each([
    ["gzip", 6],
    ["snappy", 0],
    ["lz4", 9],
    ["zstd", 3],
  ] as const)("%s: on the producer, on the leader that checks, on the consumer", (codec, level) => {
    const { compressed: packing, appended, fetched } = passed(`compression.type: ${codec}`);
    expect(packing).toBeCloseTo(compressed(codec, level), -2);
    expect(appended).toBeCloseTo(checked(codec), -2);
    expect(fetched).toBeCloseTo(read(codec), -2);
  });

  it("not where nothing is compressed", () => {
    expect(passed("compression.type: none")).toEqual({ compressed: 0, appended: 0, fetched: 0 });
  });

  it("again on the leader, where the topic has another one", () => {
    const { appended, fetched } = passed(
      "compression.type: gzip",
      "compression.type: zstd, compression.zstd.level: 7",
    );
    expect(appended).toBeCloseTo(read("gzip") + compressed("zstd", 7), -2);
    expect(fetched).toBeCloseTo(read("zstd"), -2);
    const plain = passed("compression.type: gzip", "compression.type: uncompressed");
    expect(plain.appended).toBeCloseTo(read("gzip"), -2);
    expect(plain.fetched).toBe(0);
    expect(passed("compression.type: none", "compression.type: lz4").appended).toBeCloseTo(
      compressed("lz4", 9),
      -2,
    );
  });

  it("not for another level of the same one, which the topic leaves as it is", () => {
    const { compressed: packing, appended } = passed(
      "compression.type: gzip, compression.gzip.level: 9",
      "compression.type: gzip, compression.gzip.level: 1",
    );
    expect(packing).toBeCloseTo(compressed("gzip", 9), -2);
    expect(appended).toBeCloseTo(checked("gzip"), -2);
  });
});

describe("a level", () => {
  const levelOf = (config: string) => {
    const { producers } = topologyOf(`
kafka: {topics: {t: {}}}
producers: {p: {topic: t, rate: 1/s, ${config}}}`);
    return producers.get("p")!.flows[0]!.kafka.compression.level;
  };

  it.each([
    ["config: {compression.type: gzip}", 6],
    ["config: {compression.type: gzip, compression.gzip.level: -1}", 6],
    ["config: {compression.type: gzip, compression.gzip.level: 1, compression.zstd.level: 9}", 1],
    ["config: {compression.type: zstd, compression.zstd.level: 0}", 3],
    ["config: {compression.type: zstd, compression.zstd.level: -7}", -7],
    ["client: librdkafka, config: {compression.codec: lz4}", 9],
    ["client: librdkafka, config: {compression.codec: lz4, compression.level: 1}", 9],
    ["client: librdkafka, config: {compression.codec: lz4, compression.level: 9}", 10],
    ["client: librdkafka, config: {compression.codec: gzip, compression.level: -1}", 6],
    ["client: librdkafka, config: {compression.codec: zstd, compression.level: 12}", 12],
  ])("is read: %s", (config, level) => {
    expect(levelOf(config)).toBe(level);
  });

  it("makes batches smaller or larger than the usual rate, unless the file says how small they become", () => {
    const rate = (level: number, said?: number) => compressionRate({ codec: "gzip", level }, said);
    expect(rate(6)).toBe(0.29);
    expect(rate(9)).toBeLessThan(0.29);
    expect(rate(1)).toBeGreaterThan(0.29);
    expect(rate(1, 0.5)).toBe(0.5);
    expect(compressionRate({ codec: "zstd", level: -131_072 }, undefined)).toBe(1);
  });

  it("between two measured ones lies between them, beyond the last is as that", () => {
    const [hundred, fifty] = measuredLevels.zstd;
    const { perByte } = codecLevel("zstd", -75);
    expect(perByte).toBeCloseTo((hundred![2] + fifty![2]) / 2);
    expect(codecLevel("zstd", -100_000).perByte).toBe(hundred![2]);
  });
});
