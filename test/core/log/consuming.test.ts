import { describe, expect, it } from "vitest";
import { run, steps, timesAt } from "./run-log.ts";

/** One partition, a record a schedule, and a group of one. */
function consumed(
  producer: string,
  consumer: string,
  { costs = "{preset: ideal}", topic = "{}", duration = "20s" } = {},
) {
  return run(`
kafka: {topics: {t: ${topic}}}
producers: {p: {topic: t, ${producer}}}
consumers: {c: {topic: t, group: g, ${consumer}}}
run: {duration: ${duration}, calibration: ${costs}}
`);
}

const eachAlone = "config: {linger.ms: 0}";

describe("a group member", () => {
  it("passes each station at its cost", () => {
    const result = consumed(
      `arrivals: {schedule: [100ms]}, size: 100, config: {linger.ms: 5}`,
      "processing: 50ms, commit: after",
      { costs: "{preset: ideal, networkLatency: 10ms, kafkaPerRequest: 1ms, kafkaPerBatch: 2ms}" },
    );
    // Appended at 105 + 10 + 3. The fetch waits there: a batch, a hop, no unpacking.
    // The handler's end; the poll that follows commits: 10 there and 1 of work.
    expect(steps(result).map(({ station, at, place }) => [station, at, place])).toEqual([
      ["sent", 100, "p"],
      ["clientDone", 100, "p"],
      ["batchClosed", 105, "p"],
      ["requestSent", 105, "p"],
      ["brokerReceived", 115, "p"],
      ["appended", 118, "t/0"],
      ["acknowledged", 128, "p"],
      ["fetched", 130, "t/0"],
      ["takenUp", 130, "c/1"],
      ["finished", 180, "c/1"],
      ["committed", 191, "t/0"],
    ]);
    expect(result.summary.consumers["c"]!.wait.mean).toBe(30);
    expect(result.summary.consumers["c"]!.latency.mean).toBe(80);
  });

  it("visits every station under ideal as well, in no time", () => {
    const result = consumed(`arrivals: {schedule: [1s]}, ${eachAlone}`, "processing: 0, commit: after");
    expect(steps(result).map(({ station }) => station)).toEqual([
      "sent",
      "clientDone",
      "batchClosed",
      "requestSent",
      "brokerReceived",
      "appended",
      "fetched",
      "takenUp",
      "acknowledged",
      "finished",
      "committed",
    ]);
    expect(new Set(steps(result).map(({ at }) => at))).toEqual(new Set([1000]));
  });

  it.each([
    { wait: "500ms", minBytes: 1, fetched: [100, 200, 300] },
    // Parked since 0: what is too little goes when the wait that is under way is over.
    { wait: "500ms", minBytes: 100_000, fetched: [500, 500, 500] },
    { wait: "150ms", minBytes: 100_000, fetched: [150, 300, 300] },
    // Two records of 168 bytes are enough, the third waits from 200 on.
    { wait: "500ms", minBytes: 300, fetched: [200, 200, 700] },
    { wait: "0ms", minBytes: 100_000, fetched: [100, 200, 300] },
  ])("fetches $minBytes bytes or waits $wait", ({ wait, minBytes, fetched }) => {
    const result = consumed(
      `arrivals: {schedule: [100ms, 200ms, 300ms]}, size: 100, ${eachAlone}`,
      `processing: 0, config: {fetch.min.bytes: ${minBytes}, fetch.max.wait.ms: ${wait}}`,
    );
    expect(timesAt(result, "fetched")).toEqual(fetched);
  });

  it("asks again after an empty answer, and finds what came while it was under way", () => {
    // Waits from 10 to 110 ms, then 10 back and 10 there: what comes at 115 waits until 130.
    const result = consumed(
      `arrivals: {schedule: [105ms]}, ${eachAlone}`,
      "processing: 0, config: {fetch.max.wait.ms: 100}",
      { costs: "{preset: ideal, networkLatency: 10ms}" },
    );
    expect(timesAt(result, "appended")).toEqual([115]);
    expect(timesAt(result, "fetched")).toEqual([140]);
  });

  it("gets max.poll.records at a time, and perBatch is paid for each poll", () => {
    const result = consumed(
      "arrivals: {bursts: {size: 7, every: 1h}}, config: {linger.ms: 5}",
      "processing: {perMessage: 1ms, perBatch: 10ms}, config: {max.poll.records: 3}",
    );
    expect(timesAt(result, "finished")).toEqual([16, 17, 18, 29, 30, 31, 42]);
  });

  it("fetches no more of a partition than max.partition.fetch.bytes, but one batch in any case", () => {
    const fetched = (bytes: number) =>
      new Set(
        timesAt(
          consumed(
            "arrivals: {bursts: {size: 6, every: 1h}}, size: 1000, config: {linger.ms: 0}",
            `processing: 1ms, config: {max.partition.fetch.bytes: ${bytes}}`,
            { costs: "{preset: ideal, networkLatency: 1ms}" },
          ),
          "fetched",
        ),
      ).size;
    // Batches of 1069 bytes: the first arrives alone, four wait for the next fetch, the sixth for its slot in flight.
    expect([fetched(1_000_000), fetched(2500), fetched(10)]).toEqual([3, 4, 6]);
  });

  it("serves the partitions that fetch.max.bytes left out first at the next fetch", () => {
    const result = consumed(
      "arrivals: {bursts: {size: 40, every: 1h}}, key: unique, size: 1000, config: {linger.ms: 5}",
      "processing: 0, config: {fetch.max.bytes: 1, max.poll.records: 1000}",
      { topic: "{partitions: 4}", costs: "{preset: ideal, networkLatency: 1ms}" },
    );
    const order = steps(result, "fetched").map(({ place }) => place);
    expect(new Set(order).size).toBe(4);
    // Each partition's batch is answered once before any is answered again.
    expect(new Set(steps(result, "fetched").map(({ at }) => at)).size).toBe(4);
  });

  it("commits every interval inside poll() what earlier polls returned", () => {
    const result = consumed(
      `arrivals: {schedule: [1s, 2s, 6s, 12s]}, ${eachAlone}`,
      "processing: 100ms, config: {auto.commit.interval.ms: 5s}",
    );
    expect(timesAt(result, "committed")).toEqual([5000, 5000, 10_000, 15_000]);
  });

  it.each([
    { commit: "after", committed: [1200, 1400, 1600] },
    { commit: "before", committed: [1000, 1200, 1400] },
  ])("commits $commit processing", ({ commit, committed }) => {
    const result = consumed(
      `arrivals: {schedule: [1s, 1100ms, 1100ms]}, ${eachAlone}`,
      `processing: {perMessage: 100ms, perBatch: 100ms}, commit: ${commit}`,
    );
    // The second record was in the client's buffer when the third came: each poll returns one.
    expect(timesAt(result, "finished")).toEqual([1200, 1400, 1600]);
    expect(timesAt(result, "committed")).toEqual(committed);
  });

  it("holds the next poll until a commit is answered", () => {
    const result = consumed(
      "arrivals: {bursts: {size: 2, every: 1h}}, config: {linger.ms: 5}",
      "processing: 10ms, commit: after, config: {max.poll.records: 1}",
      { costs: "{preset: ideal, networkLatency: 10ms}" },
    );
    const [first, second] = timesAt(result, "takenUp");
    expect(second! - first!).toBe(10 + 20);
  });

  it("tries a record again until it succeeds, or skips it", () => {
    const failing = (onFailure: string) =>
      consumed(
        "rate: 10/s, arrivals: constant, messages: 100, config: {linger.ms: 0}",
        `processing: 10ms, failures: 30%, onFailure: ${onFailure}`,
      ).summary.consumers["c"]!;
    const retried = failing("retry");
    expect(retried.processed).toBe(100);
    expect(retried.failed).toBeGreaterThan(20);
    expect(retried.redelivered).toBe(retried.failed);
    expect(retried.delivered).toBe(100 + retried.failed);
    expect(retried.attemptLatency).toMatchObject({ count: retried.delivered, max: 10 });
    const skipped = failing("skip");
    expect(skipped.skipped).toBe(skipped.failed);
    expect(skipped.processed + skipped.skipped).toBe(100);
    expect(skipped.redelivered).toBe(0);
  });

  it("hangs for ever on a poisoned record unless it skips it", () => {
    const poisoned = (onFailure: string) =>
      consumed(
        "rate: 10/s, arrivals: constant, messages: 100, config: {linger.ms: 0}",
        `processing: 10ms, commit: after, failures: {share: 10%, persistent: true}, onFailure: ${onFailure}`,
      ).summary;
    const skipped = poisoned("skip").consumers["c"]!;
    expect(skipped.skipped).toBeGreaterThan(0);
    expect(skipped.processed + skipped.skipped).toBe(100);
    const { consumers, totals, groups } = poisoned("retry");
    expect(consumers["c"]!.processed).toBeLessThan(100);
    expect(totals.unfinished).toBe(100 - consumers["c"]!.processed);
    expect(groups["g"]!.lag.end).toBe(totals.unfinished);
  });
});

describe("a limit", () => {
  it.each([
    ["{partitions: 70000}", "rate: 1/s", "65536 partitions, queues and instances"],
    ["{}", "rate: 1/s, instances: 70000", "65536 instances of flows"],
  ])("is told before the run: topic %s, producer %s", (topic, producer, message) => {
    expect(() => consumed(producer, "processing: 1ms", { topic, duration: "1ms" })).toThrow(message);
  });

  it("stops a run in which a record fails for ever in no time", () => {
    const { summary } = consumed(
      `arrivals: {schedule: [1s]}, ${eachAlone}`,
      "processing: 0, failures: {share: 100%, persistent: true}",
    );
    expect(summary.stopped).toBe("limit:retries");
    expect(summary.problems).toHaveLength(1);
    expect(summary.window.to).toBe(1000);
  });
});

describe("order", () => {
  const shuffling = (orderedBy: string, key = "{values: 5}") =>
    consumed(
      `rate: 200/s, key: ${key}, config: {linger.ms: 0}`,
      `concurrency: 4, orderedBy: ${orderedBy}, processing: {exponential: 15ms}`,
      { topic: "{partitions: 3}", duration: "10s" },
    ).summary.consumers["c"]!;

  it("is kept by partition and by key, and broken where none is kept", () => {
    expect(shuffling("partition").order.violations).toBe(0);
    expect(shuffling("key").order.violations).toBe(0);
    expect(shuffling("none").order.violations).toBeGreaterThan(50);
  });

  it("cannot be broken where each message has a key of its own", () => {
    expect(shuffling("none", "unique").order.violations).toBe(0);
  });

  it("by key works on more at a time than by partition", () => {
    expect(shuffling("key").wait.mean!).toBeLessThan(shuffling("partition").wait.mean!);
  });
});
