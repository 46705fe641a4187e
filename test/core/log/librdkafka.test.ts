import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { run, steps, textOf, timesAt } from "./run-log.ts";

interface Vector {
  readonly keyUtf8: string | null;
  readonly partitions: Readonly<Record<string, number>>;
  readonly fnv1aPartitions?: Readonly<Record<string, number>>;
}

function recorded(name: string): Vector[] {
  const url = new URL(`../../conformance/kafka/${name}.json`, import.meta.url);
  return (JSON.parse(readFileSync(url, "utf8")) as { vectors: Vector[] }).vectors;
}

/** The partition of each key, as the log of a run has them. */
function placed(keys: readonly string[], partitioner: string): Map<string, number> {
  const weights = keys.map((key) => `${JSON.stringify(key)}: 1`).join(", ");
  const config = partitioner === "" ? "" : `, config: {partitioner: ${partitioner}}`;
  const result = run(`
kafka: {topics: {t: {partitions: 12}}}
producers: {p: {topic: t, client: librdkafka, rate: 4000/s, key: {${weights}}${config}}}
run: {duration: 2s}
`);
  const keyOf = new Map(steps(result, "sent").map(({ message, detail }) => [message, detail]));
  const found = new Map<string, number>();
  for (const { message, place } of steps(result, "appended")) {
    const key = textOf(result, keyOf.get(message)!);
    const partition = Number(place.split("/")[1]);
    expect(found.get(key) ?? partition, "a key has one partition").toBe(partition);
    found.set(key, partition);
  }
  return found;
}

describe("librdkafka's partitioners", () => {
  const asWritten = ({ keyUtf8 }: Vector) =>
    keyUtf8 !== null && /^[\w .,:/-]+$/.test(keyUtf8) && !/^0\d|^\d{9,}$/.test(keyUtf8);

  it.each([
    ["", "partition-crc32", "partitions"],
    ["consistent", "partition-crc32", "partitions"],
    ["consistent_random", "partition-crc32", "partitions"],
    ["fnv1a", "partition-crc32", "fnv1aPartitions"],
    ["fnv1a_random", "partition-crc32", "fnv1aPartitions"],
    ["murmur2", "partition-murmur2", "partitions"],
    ["murmur2_random", "partition-murmur2", "partitions"],
  ] as const)("%s places keys as recorded", (partitioner, name, field) => {
    const vectors = recorded(name).filter(asWritten).slice(0, 60);
    const found = placed(
      vectors.map(({ keyUtf8 }) => keyUtf8!),
      partitioner,
    );
    expect(found.size).toBeGreaterThan(50);
    for (const { keyUtf8, [field]: partitions } of vectors)
      if (found.has(keyUtf8!)) expect(found.get(keyUtf8!), keyUtf8!).toBe(partitions!["12"]);
  });

  const partitions = (partitioner: string, key: string, more = "") =>
    new Set(
      steps(
        run(`
kafka: {topics: {t: {partitions: 6}}}
producers: {p: {topic: t, client: librdkafka, rate: 100/s, key: ${key}, config: {partitioner: ${partitioner}${more}}}}
run: {duration: 3s}
`),
        "appended",
      ).map(({ place }) => Number(place.split("/")[1])),
    );
  const empty = "{constant: ''}";

  it("draw a partition for records without a key, or hash them as an empty one", () => {
    for (const random of ["random", "consistent_random", "murmur2_random", "fnv1a_random"])
      expect(partitions(random, "none").size, random).toBe(6);
    const of = (name: string, field: "partitions" | "fnv1aPartitions") =>
      recorded(name).find(({ keyUtf8 }) => keyUtf8 === "")![field]!["6"];
    expect([...partitions("consistent", "none")]).toEqual([of("partition-crc32", "partitions")]);
    expect([...partitions("fnv1a", "none")]).toEqual([of("partition-crc32", "fnv1aPartitions")]);
    expect([...partitions("murmur2", "none")]).toEqual([of("partition-murmur2", "partitions")]);
  });

  it("take an empty key for none under consistent_random alone", () => {
    expect(partitions("consistent_random", empty).size).toBe(6);
    for (const one of ["consistent", "murmur2_random", "fnv1a_random"])
      expect(partitions(one, empty).size, one).toBe(1);
    expect(partitions("random", "{constant: a}").size).toBe(6);
  });

  it("stay at a partition for sticky.partitioning.linger.ms", () => {
    expect(partitions("random", "none", ", sticky.partitioning.linger.ms: 1h").size).toBe(1);
  });
});

describe("librdkafka's client", () => {
  const sent = (more: string, partitions = 4) =>
    run(`
kafka: {topics: {t: {partitions: ${partitions}}}}
producers: {p: {topic: t, client: librdkafka, ${more}}}
run: {duration: 10s, calibration: {preset: ideal, networkLatency: 10ms, kafkaPerRequest: 5ms}}
`);

  it("has linger.ms 5 and requests of one partition", () => {
    const result = sent("arrivals: {bursts: {size: 40, every: 1h}}, key: {values: 40}");
    expect(new Set(timesAt(result, "requestSent"))).toEqual(new Set([5]));
    // Each is handled for 5 ms.
    expect([...new Set(timesAt(result, "appended"))].toSorted((a, b) => a - b)).toEqual([20, 25, 30, 35]);
    expect(result.summary.producers["p"]!.accepted).toBe(40);
  });

  it("waits for the one partition that may leave, and takes no other along", () => {
    const one = (client: string) =>
      run(`
kafka: {topics: {t: {partitions: 2}}}
producers: {p: {topic: t, client: ${client}, config: {linger.ms: 100}, flows: {a: {arrivals: {schedule: [0]}, key: {constant: "0"}}, b: {arrivals: {schedule: [50ms]}, key: {constant: abc}}}}}
run: {duration: 10s, calibration: {preset: ideal}}
`);
    const places = steps(one("librdkafka"), "appended").map(({ place }) => place);
    expect(new Set(places).size, "the keys are in two partitions").toBe(2);
    expect(timesAt(one("librdkafka"), "requestSent")).toEqual([100, 150]);
  });

  it("refuses what is larger than message.max.bytes, by key and value alone", () => {
    const sized = (size: number) =>
      sent(
        `arrivals: {schedule: [0]}, size: ${size}, key: {constant: abc}, config: {message.max.bytes: 1000}`,
      );
    expect(sized(997).summary.producers["p"]).toMatchObject({ accepted: 1, refused: 0 });
    expect(sized(998).summary.producers["p"]).toMatchObject({ accepted: 0, refused: 1 });
    expect(sized(998).summary.occurrences.first[0]).toMatchObject({
      kind: "recordTooLarge",
      rule: "message.max.bytes",
    });
  });
});

describe("what librdkafka holds at most", () => {
  const costs = "calibration: {preset: ideal, networkLatency: 10ms}";
  const produced = (config: string, size = "1000B") =>
    run(`
kafka: {topics: {t: {}}}
producers:
  p: {topic: t, client: librdkafka, arrivals: {bursts: {size: 10, every: 5s}}, size: ${size}, config: {linger.ms: 0, ${config}}}
run: {duration: 6s, ${costs}}
`);
  const refusals = (result: ReturnType<typeof run>) =>
    result.summary.occurrences.first.map(({ kind, rule }) => [kind, rule]);

  it("is counted until records have their outcome, and what exceeds it is refused at once", () => {
    const result = produced("queue.buffering.max.messages: 4");
    expect(result.summary.producers["p"]).toMatchObject({ sent: 20, accepted: 8, refused: 12 });
    expect(new Set(refusals(result).map(String))).toEqual(
      new Set(["queueFull,queue.buffering.max.messages"]),
    );
    const bytes = produced("queue.buffering.max.kbytes: 3");
    expect(bytes.summary.producers["p"]).toMatchObject({ accepted: 6, refused: 14 });
    expect(refusals(bytes)[0]).toEqual(["queueFull", "queue.buffering.max.kbytes"]);
  });

  it("and in a batch: so many records", () => {
    const counts = (config: string) =>
      steps(produced(`max.in.flight: 1, ${config}`), "batchClosed").map(({ detail }) => detail);
    expect(Math.max(...counts("batch.num.messages: 3"))).toBe(3);
    expect(Math.max(...counts("batch.num.messages: 100"))).toBe(9);
  });
});

describe("what librdkafka has tried for too long", () => {
  const producedAt = 10;
  /** 100 records a second from 0 on; the network is cut from 5 s on. */
  const cutOff = (seconds: number, config: string) =>
    run(`
kafka: {topics: {t: {}}}
producers:
  p: {topic: t, client: librdkafka, rate: 100/s, arrivals: constant, until: 25s, config: {request.timeout.ms: 3s, ${config}}}
consumers: {c: {topic: t, group: g}}
run: {duration: 60s, calibration: {preset: ideal, networkLatency: 1ms}}
timeline: [{at: 5001ms, for: ${seconds}s, isolate: {brokers: [1]}}]
`);

  // Of librdkafka 2.0.2 and a broker that was stopped for so long 374 and 399 were given up, by themselves and once a second.
  it.each([true, false])("it gives up record by record once a second (idempotence: %s)", (idempotent) => {
    const result = cutOff(14, `message.timeout.ms: 10s, enable.idempotence: ${idempotent}`);
    const { sent, accepted, timedOut } = result.summary.producers["p"]!;
    expect([sent, accepted + timedOut]).toEqual([2500, 2500]);
    const dropped = steps(result, "dropped");
    expect(dropped.length).toBe(timedOut);
    expect(timedOut).toBeGreaterThanOrEqual(300);
    expect(timedOut).toBeLessThanOrEqual(401);
    const ages = dropped.map(({ message, at }) => at - message * producedAt);
    expect(Math.min(...ages)).toBeGreaterThanOrEqual(10_000);
    expect(Math.max(...ages)).toBeLessThanOrEqual(11_000);
    expect(dropped.map(({ message }) => message)).toEqual(dropped.map((_, i) => dropped[0]!.message + i));
    expect(new Set(dropped.map(({ at }) => at)).size).toBe(5);
    const appended = steps(result, "appended").map(({ message }) => message);
    expect(appended, "in the order of sending, each once").toEqual(
      [...new Set(appended)].toSorted((a, b) => a - b),
    );
    expect(appended.length).toBe(accepted);
  });

  it("it never gives up with message.timeout.ms: 0", () => {
    const { accepted, timedOut } = cutOff(14, "message.timeout.ms: 0").summary.producers["p"]!;
    expect([accepted, timedOut]).toEqual([2500, 0]);
  });

  it("it packs what is left of a batch anew", () => {
    const config = "message.timeout.ms: 10s, compression.codec: gzip, enable.idempotence: true";
    const { accepted, timedOut } = cutOff(14, config).summary.producers["p"]!;
    expect(accepted + timedOut).toBe(2500);
    expect(timedOut).toBeLessThanOrEqual(401);

    const bytesEach = (seconds: number) => {
      const { summary } = cutOff(seconds, `${config}, linger.ms: 1500`);
      const { bytes, logEnd } = summary.topics["t"]!.partitions[0]!;
      return bytes / logEnd;
    };
    expect(bytesEach(14)).toBeCloseTo(bytesEach(0.001), 0);
  });
});
