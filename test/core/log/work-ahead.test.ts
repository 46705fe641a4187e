import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { run, simulationOf, steps } from "./run-log.ts";

const consumer = fc
  .record({
    processing: fc.constantFrom("0", "1ms", "{exponential: 4ms}", "{perMessage: 2ms, perBatch: 20ms}"),
    commit: fc.constantFrom("auto", "after", "before"),
    failures: fc.constantFrom("0%", "10%", "{share: 3%, persistent: true}"),
    onFailure: fc.constantFrom("retry", "skip"),
    times: fc.constantFrom("", ", from: 500ms", ", until: 1s", ", from: 100ms, until: 1500ms"),
    pollRecords: fc.constantFrom(1, 7, 100, 500),
  })
  .map(
    (of) =>
      `processing: ${of.processing}, commit: ${of.commit}, failures: ${of.failures}, onFailure: ${of.onFailure}${of.times}, config: {auto.offset.reset: earliest, max.poll.records: ${of.pollRecords}, auto.commit.interval.ms: 300}`,
  );

/** One instance each, so that sums are of the same numbers in the same order. */
const file = fc
  .record({
    partitions: fc.integer({ min: 1, max: 4 }),
    arrivals: fc.constantFrom("", "arrivals: constant, ", "arrivals: {bursts: {size: 200, every: 300ms}}, "),
    linger: fc.constantFrom(0, 5, 200),
    key: fc.constantFrom("none", "{values: 20}"),
    consumers: fc.array(consumer, { minLength: 1, maxLength: 2 }),
    warmup: fc.constantFrom("0s", "700ms"),
  })
  .map(
    (of) => `
kafka: {topics: {t: {partitions: ${of.partitions}}}}
producers: {p: {topic: t, ${of.arrivals.includes("bursts") ? "" : "rate: 400/s, "}${of.arrivals}key: ${of.key}, config: {linger.ms: ${of.linger}}}}
consumers:
${of.consumers.map((one, i) => `  c${i}: {topic: t, group: g${i}, ${one}}`).join("\n")}
run: {duration: 2s, warmup: ${of.warmup}, calibration: ideal}
`,
  );

describe("work that is drawn ahead", () => {
  it("comes to the same as work of which each end is an event", () => {
    fc.assert(
      fc.property(file, (text) => {
        const untraced = run(text, { trace: 0 });
        const traced = run(text, { trace: 1_000_000 });
        expect(untraced.summary).toEqual(traced.summary);
        for (const [i, { mean, max }] of traced.series.entries())
          expect({ mean: untraced.series[i]!.mean, max: untraced.series[i]!.max }).toEqual({ mean, max });
        expect(traced.trace.time).toEqual(traced.trace.time.toSorted());
      }),
      { numRuns: 40 },
    );
  });

  it("takes few events where nothing is traced, and one for each record that is", () => {
    const text = `
kafka: {topics: {t: {}}}
producers: {p: {topic: t, arrivals: {bursts: {size: 1000, every: 10s}}}}
consumers: {c: {topic: t, group: g, processing: 1ms}}
run: {duration: 9s, calibration: ideal}
`;
    const arrivals = 1000;
    expect(run(text, { trace: 0 }).events - arrivals).toBeLessThan(100);
    const half = run(text, { trace: 500 });
    expect(half.events - arrivals).toBeGreaterThan(500);
    expect(half.summary.consumers["c"]!.processed).toBe(1000);
    expect(steps(half, "finished").map(({ at }) => at)).toEqual(Array.from({ length: 500 }, (_, i) => i + 1));
  });

  it("is settled up to the end of a run that cuts a stretch, at each record's own time", () => {
    const cut = run(
      `
kafka: {topics: {t: {}}}
producers: {p: {topic: t, arrivals: {bursts: {size: 50, every: 10s}}, config: {linger.ms: 0}}}
consumers: {c: {topic: t, group: g, processing: 10ms}}
run: {duration: 255ms, warmup: 95ms, calibration: ideal}
`,
      { trace: 0 },
    );
    const { processed, utilization, throughput } = cut.summary.consumers["c"]!;
    // Ends at 100, 110 … 250 ms lie in the window; the 26th record is in work.
    expect(processed).toBe(16);
    expect(utilization).toBeCloseTo(1, 12);
    expect(throughput).toBeCloseTo(100, 12);
    expect(cut.summary.totals.unfinished).toBe(25);
    const rates = cut.series.find(({ metric }) => metric === "throughput")!;
    const buckets = rates.mean.reduce((sum, rate) => sum + (rate > 0 ? 1 : 0), 0);
    expect(buckets).toBe(16);
  });

  it("is settled up to now for whoever asks in the middle of a stretch", () => {
    const { log } = simulationOf(`
kafka: {topics: {t: {}}}
producers: {p: {topic: t, arrivals: {bursts: {size: 50, every: 10s}}, config: {linger.ms: 0}}}
consumers: {c: {topic: t, group: g, processing: 10ms}}
run: {duration: 255ms, calibration: ideal, trace: 0}
`);
    const [member] = log.members;
    const [of] = member!.ownership.partitions;
    member!.settle();
    expect([of!.finished, of!.held, member!.slice.held, member!.handlers.busy]).toEqual([25, 25, 24, 1]);
    expect(member!.handlers.takenUpAt[0]).toBe(250e6);
    expect(member!.open(of!)).toBe(25);
  });

  it("goes on after an interruption with the record in work, then with what is drawn anew", () => {
    const { log, instruments } = simulationOf(`
kafka: {topics: {t: {}}}
producers: {p: {topic: t, arrivals: {bursts: {size: 50, every: 10s}}, config: {linger.ms: 0}}}
consumers: {c: {topic: t, group: g, processing: 10ms}}
run: {duration: 255ms, calibration: ideal, trace: 0}
`);
    const { kernel } = instruments.world;
    const [member] = log.members;
    const [of] = member!.ownership.partitions;
    member!.interrupt();
    member!.interrupt();
    const finishedAt = (ms: number) => {
      kernel.advance(Infinity, ms * 1e6);
      member!.settle();
      return of!.finished;
    };
    expect([255, 259, 260, 269, 270, 499, 500, 600].map(finishedAt)).toEqual([
      25, 25, 26, 26, 27, 49, 50, 50,
    ]);
    expect(of!.held).toBe(0);
  });
});
