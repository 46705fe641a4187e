import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ConsumerFigures } from "../../../src/core/stats/consumer-figures.ts";
import { ConsumerStats } from "../../../src/core/stats/consumer-stats.ts";

/** ns: from within a bucket of a series to beyond its end. */
const gap = fc.oneof(fc.nat(5), fc.nat(2e6), fc.nat(400e6));
const delivery = fc.record({
  instance: fc.nat(1),
  work: gap,
  handedOver: gap,
  waited: gap,
  /** Its end is told late, when a later one has been. */
  late: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, gap),
  fails: fc.oneof({ weight: 20, arbitrary: fc.constant(false) }, fc.boolean()),
});

function figuresOf({
  processed,
  wait,
  latency,
  attemptLatency,
  busyBy,
  processedBy,
}: ConsumerFigures): unknown {
  const histograms = [wait, latency, attemptLatency].map((of) => [
    of.count,
    of.mean,
    of.min,
    of.max,
    of.quantile(0.5),
    of.quantile(0.9),
  ]);
  return { processed, busyBy, processedBy, histograms };
}

function seriesOf(stats: ConsumerStats, now: number): unknown {
  return [
    stats.throughputSeries.columns(),
    stats.latencySeries.columns(),
    stats.percentileSeries.columns(0.5),
    stats.percentileSeries.columns(0.99),
    stats.utilizationSeries.columns(now),
  ];
}

describe("ConsumerStats", () => {
  it.each([
    { name: "a run of unknown length", from: 0, horizon: Infinity, ranges: [] },
    { name: "a known length", from: 0, horizon: 2e9, ranges: [] },
    { name: "a warm-up", from: 300e6, horizon: Infinity, ranges: [] },
    { name: "parts of the run", from: 0, horizon: Infinity, ranges: [{ from: 100e6, to: 5e9 }] },
  ])("counts successes together as it does one after the other, with $name", ({ from, horizon, ranges }) => {
    fc.assert(
      fc.property(fc.array(delivery, { minLength: 1, maxLength: 200 }), (deliveries) => {
        const together = new ConsumerStats(2, 1, from, horizon, ranges);
        const apart = new ConsumerStats(2, 1, from, horizon, ranges);
        let now = 0;
        for (const { instance, work, handedOver, waited, late, fails } of deliveries) {
          now += work;
          const end = Math.max(now - late, 0);
          const takenUpAt = Math.max(end - work, 0);
          const deliveredAt = Math.max(takenUpAt - handedOver, 0);
          const sentAt = Math.max(deliveredAt - waited, 0);
          apart.attempt(end, instance, deliveredAt, takenUpAt);
          if (fails) together.attempt(end, instance, deliveredAt, takenUpAt);
          else {
            apart.finish(end, instance, sentAt, takenUpAt);
            together.ended.add(end, instance, deliveredAt, takenUpAt, sentAt);
          }
        }
        together.count();
        expect(figuresOf(together)).toEqual(figuresOf(apart));
        expect(together.parts.map(figuresOf)).toEqual(apart.parts.map(figuresOf));
        expect(seriesOf(together, now)).toEqual(seriesOf(apart, now));
      }),
      { numRuns: 60 },
    );
  });
});
