import { describe, expect, it } from "vitest";
import { RandomStream } from "../../../src/core/sim/random.ts";
import { StickyPartitioner } from "../../../src/core/log/sticky-partitioner.ts";
import { run, timesAt } from "./run-log.ts";

describe("partitioner.availability.timeout.ms", () => {
  const line = (batches: number, unavailable = false) => ({ batches, full: true, unavailable });
  /** Which partitions are drawn in a thousand draws. */
  const drawn = (lines: ReturnType<typeof line>[], leavesOut: boolean) => {
    const partitioner = new StickyPartitioner(new RandomStream(1, "draws"), lines, 0, true, leavesOut);
    const partitions = new Set<number>();
    for (let i = 0; i < 1000; i++) {
      partitions.add(partitioner.partition());
      partitioner.appended(1);
    }
    return [...partitions].sort((a, b) => a - b);
  };

  it("leaves out partitions whose broker takes nothing, unless all are so", () => {
    const lines = [line(1), line(1, true), line(1)];
    expect(drawn(lines, true)).toEqual([0, 2]);
    expect(drawn(lines, false)).toEqual([0, 1, 2]);
    expect(drawn([line(3, true), line(1, true)], true)).toEqual([0, 1]);
  });

  it("counts while there is something to send, and the broker is away or has too much in flight", () => {
    /** Records without a key that are under way at the end; the broker of one of the two partitions goes at 5 s. */
    const stuck = (config: string) => {
      const { summary } = run(`
kafka: {brokers: 2, topics: {t: {partitions: 2}}}
producers: {p: {topic: t, rate: 500/s, until: 30s, config: {batch.size: 2KiB, ${config}}}}
run: {duration: 40s, calibration: ideal}
timeline: [{at: 5s, crash: {broker: 1}}]`);
      return summary.producers["p"]!.underWay;
    };
    const without = stuck("partitioner.availability.timeout.ms: 0");
    const short = stuck("partitioner.availability.timeout.ms: 50");
    expect(short).toBeLessThan(without);
    expect(stuck("partitioner.availability.timeout.ms: 60s")).toBe(without);
  });
});

describe("queue.buffering.backpressure.threshold", () => {
  /** Instants at which one client closes batches of its 100 records. */
  const batches = (config: string) => {
    const result = run(`
kafka: {topics: {t: {}}}
producers:
  p: {topic: t, rate: 1000/s, arrivals: constant, messages: 100, client: librdkafka, config: {linger.ms: 0, ${config}}}
run: {duration: 20s, calibration: lan}`);
    return new Set(timesAt(result, "batchClosed")).size;
  };
  const slow = "compression.type: zstd, compression.level: 12";

  it("lets a batch fill while requests before it are being compressed", () => {
    expect(batches(`${slow}, queue.buffering.backpressure.threshold: 1`)).toBeLessThan(20);
    expect(batches(`${slow}, queue.buffering.backpressure.threshold: 1000`)).toBe(100);
    expect(batches(slow)).toBe(batches(`${slow}, queue.buffering.backpressure.threshold: 1`));
  });

  it("is nothing to a client that does not compress", () => {
    expect(batches("queue.buffering.backpressure.threshold: 1")).toBe(100);
  });
});

describe("enable.gapless.guarantee", () => {
  const cut = (config: string) =>
    run(`
kafka: {topics: {t: {}}}
producers:
  p: {topic: t, rate: 100/s, arrivals: constant, until: 10s, client: librdkafka, config: {message.timeout.ms: 1500ms, request.timeout.ms: 1s, ${config}}}
run: {duration: 30s, calibration: lan}
timeline: [{at: 3s, for: 1600ms, isolate: {producers: [p]}}]`);
  const failed = ({ summary }: ReturnType<typeof run>) =>
    summary.occurrences.first.filter(({ kind }) => kind === "producerFailed").length;

  it("gives up all that waits once something that was sent is given up, and goes on with another client", () => {
    const gapless = cut("enable.idempotence: true, enable.gapless.guarantee: true");
    const { accepted, timedOut, sent } = gapless.summary.producers["p"]!;
    expect(failed(gapless)).toBe(1);
    expect(timedOut).toBeGreaterThan(140);
    expect(accepted + timedOut).toBe(sent);
    expect(accepted).toBeGreaterThan(800);
  });

  it("needs idempotence", () => {
    expect(failed(cut("enable.idempotence: true"))).toBe(0);
    expect(failed(cut("enable.gapless.guarantee: true"))).toBe(0);
  });
});
