import { describe, expect, it } from "vitest";
import { logEnds, run, steps, timesAt } from "./run-log.ts";

/** Costs that are easy to add up: 1 ms a message, 10 a hop, 5 a request, 2 a batch. */
const costs = `calibration: {preset: ideal, networkLatency: 10ms, kafkaClientPerMessage: 1ms, kafkaPerRequest: 5ms,
  kafkaPerBatch: 2ms}`;

function produced(producer: string, topic = "{}", more = "", duration = "10s") {
  return run(`
kafka: {topics: {t: ${topic}}}
producers: {p: {topic: t, ${producer}}}
${more}
run: {duration: ${duration}, ${costs}}
`);
}

describe("a producer client", () => {
  it("passes each station at its cost", () => {
    const result = produced("arrivals: {schedule: [100ms]}, config: {linger.ms: 30}");
    expect(steps(result).map(({ station, at, place }) => [station, at, place])).toEqual([
      ["sent", 100, "p"],
      ["clientDone", 101, "p"],
      ["batchClosed", 131, "p"],
      ["requestSent", 131, "p"],
      ["brokerReceived", 141, "p"],
      ["appended", 148, "t/0"],
      ["acknowledged", 158, "p"],
    ]);
  });

  it("lets its thread take one record after the other", () => {
    const result = produced("arrivals: {bursts: {size: 3, every: 1h}}, config: {linger.ms: 0}");
    expect(timesAt(result, "clientDone")).toEqual([1, 2, 3]);
  });

  it("closes a batch when linger is over, counted from its first record", () => {
    const result = produced("arrivals: {schedule: [0, 10, 20, 40]}, config: {linger.ms: 30}");
    expect(timesAt(result, "batchClosed")).toEqual([31, 31, 31, 71]);
    expect(steps(result, "batchClosed").map(({ detail }) => detail)).toEqual([3, 3, 3, 1]);
  });

  it("closes a batch when it is full, before linger is over", () => {
    // 61 bytes of header and 109 each: the ninth does not fit into 1024.
    const result = produced(
      "arrivals: {bursts: {size: 9, every: 1h}}, key: {constant: ''}, size: 100, config: {linger.ms: 30, batch.size: 1024}",
    );
    // Its opening makes the first batch ready, and the request takes one batch of a partition.
    expect(timesAt(result, "batchClosed")).toEqual([9, 9, 9, 9, 9, 9, 9, 9, 39]);
  });

  it("sends a record that is larger than a batch alone", () => {
    const result = produced("arrivals: {bursts: {size: 2, every: 1h}}, size: 20kB, config: {linger.ms: 30}");
    expect(steps(result, "batchClosed").map(({ at, detail }) => [at, detail])).toEqual([
      [1, 1],
      [2, 1],
    ]);
    expect(result.summary.topics["t"]!.partitions[0]!.bytes).toBe(2 * (61 + 20_011));
  });

  it("takes the batches of a broker's other partitions along, though they have not lingered", () => {
    const result = produced(
      "arrivals: {schedule: [0, 10]}, key: unique, config: {linger.ms: 30}",
      "{partitions: 4}",
    );
    // Keys 0 and 1 lie in different partitions, and their batches leave in one request.
    expect(new Set(steps(result, "appended").map(({ place }) => place)).size).toBe(2);
    expect(timesAt(result, "batchClosed")).toEqual([31, 31]);
    // One request of two batches: 10 + 5 + 2 × 2.
    expect(timesAt(result, "appended")).toEqual([50, 50]);
  });

  it("leaves the other partitions to a next request above max.request.size", () => {
    const result = produced(
      "arrivals: {schedule: [0, 10]}, key: unique, size: 100, config: {linger.ms: 30, max.request.size: 200}",
      "{partitions: 4}",
    );
    expect(timesAt(result, "batchClosed")).toEqual([31, 41]);
  });

  it.each([
    { inFlight: 1, sent: [1, 28, 28, 28] },
    { inFlight: 2, sent: [1, 2, 28, 28] },
    { inFlight: 5, sent: [1, 2, 3, 4] },
  ])("has at most $inFlight requests without an answer", ({ inFlight, sent }) => {
    const result = produced(`arrivals: {bursts: {size: 4, every: 1h}},
      config: {linger.ms: 0, max.in.flight.requests.per.connection: ${inFlight}}`);
    // 10 there, 7 at the broker, 10 back; what waits goes in one batch.
    expect(timesAt(result, "requestSent")).toEqual(sent);
  });

  it("does not wait for answers with acks 0, and hears nothing", () => {
    const result = produced(`arrivals: {bursts: {size: 3, every: 1h}},
      config: {acks: 0, linger.ms: 0, max.in.flight.requests.per.connection: 1}`);
    expect(timesAt(result, "requestSent")).toEqual([1, 2, 3]);
    expect(result.summary.producers["p"]).toMatchObject({ sent: 3, accepted: 3, underWay: 0 });
  });

  it("appends to a partition, and handles the requests of a connection, one after the other", () => {
    const result = produced("arrivals: {bursts: {size: 3, every: 1h}}, config: {linger.ms: 0}");
    expect(timesAt(result, "appended")).toEqual([18, 25, 32]);
  });

  it("asks each broker on a connection of its own", () => {
    const result = run(`
kafka: {brokers: 3, topics: {t: {partitions: 3}}}
producers: {p: {topic: t, arrivals: {bursts: {size: 30, every: 1h}}, key: unique, config: {linger.ms: 5}}}
run: {duration: 1s, calibration: {preset: ideal, kafkaPerRequest: 5ms}}
`);
    expect(result.summary.topics["t"]!.partitions.map(({ leader }) => leader)).toEqual([1, 2, 3]);
    expect(new Set(timesAt(result, "batchClosed"))).toEqual(new Set([5]));
    expect(new Set(timesAt(result, "appended"))).toEqual(new Set([10]));
  });

  it("places keys by their hash unless it is told to ignore them", () => {
    const placed = (config: string) =>
      logEnds(
        run(`
kafka: {topics: {t: {partitions: 4}}}
producers: {p: {topic: t, arrivals: {bursts: {size: 400, every: 1h}}, key: {constant: a}, size: 100, config: {${config}}}}
run: {duration: 1s, calibration: ideal}
`),
      ).filter((end) => end > 0);
    expect(placed("linger.ms: 0")).toEqual([400]);
    expect(placed("batch.size: 1024, partitioner.ignore.keys: true").length).toBeGreaterThan(1);
  });

  it("deals records in turn under RoundRobinPartitioner, whatever their keys", () => {
    const result = run(`
kafka: {topics: {t: {partitions: 4}}}
producers: {p: {topic: t, arrivals: {bursts: {size: 400, every: 1h}}, key: {constant: a}, config: {partitioner.class: RoundRobinPartitioner}}}
run: {duration: 1s, calibration: ideal}
`);
    expect(logEnds(result)).toEqual([100, 100, 100, 100]);
  });
});

it("gives up a batch that fails after the last look at what waits", () => {
  const result = run(`
kafka: {topics: {t: {}}}
producers:
  p:
    topic: t
    arrivals: {schedule: [1s, 15s]}
    config: {linger.ms: 5, delivery.timeout.ms: 20s, request.timeout.ms: 8s}
consumers: {c: {topic: t, group: g}}
run: {duration: 60s, calibration: {preset: ideal, networkLatency: 1ms}}
timeline: [{at: 10s, isolate: {brokers: [1]}}]
`);
  expect(result.summary.producers["p"]).toMatchObject({ accepted: 1, timedOut: 1 });
  expect(steps(result, "dropped").map(({ message, at }) => [message, at])).toEqual([[1, 35_000]]);
});
