import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConsumerStats } from "../../../src/core/stats/consumer-stats.ts";
import { EndedWork } from "../../../src/core/stats/ended-work.ts";

const capacity = 64;

/** Gaps in ns: from within a bucket to beyond the end of a series that has to widen. */
const gap = fc.oneof(fc.nat(5), fc.nat(2e6), fc.nat(400e6));
const record = fc.record({ work: gap, handedOver: gap, waited: gap });

/** As the engine counts records that it does not settle together. */
function oneByOne(stats: ConsumerStats, ended: EndedWork): void {
  for (let i = 0; i < ended.count; i++) {
    stats.attempt(ended.endedAt[i]!, 0, ended.deliveredAt[i]!, ended.takenUpAt[i]!);
    stats.finish(ended.endedAt[i]!, 0, ended.sentAt[i]!, ended.takenUpAt[i]!);
  }
}

function figures(stats: ConsumerStats, now: number): unknown {
  return [stats, ...stats.parts]
    .map(({ processed, wait, latency, attemptLatency, busyBy, processedBy }) => ({
      processed,
      busyBy,
      processedBy,
      histograms: [wait, latency, attemptLatency].map((of) => [
        of.count,
        of.mean,
        of.min,
        of.max,
        of.quantile(0.5),
        of.quantile(0.9),
      ]),
    }))
    .concat([
      stats.throughputSeries.columns(),
      stats.latencySeries.columns(),
      stats.percentileSeries.columns(0.5),
      stats.percentileSeries.columns(0.99),
      stats.utilizationSeries.columns(now),
    ] as never[]);
}

describe("EndedWork", () => {
  it.each([
    { name: "a run of unknown length", from: 0, horizon: Infinity, ranges: [] },
    { name: "a known length", from: 0, horizon: 2e9, ranges: [] },
    { name: "a warm-up", from: 300e6, horizon: Infinity, ranges: [] },
    { name: "parts of the run", from: 0, horizon: Infinity, ranges: [{ from: 100e6, to: 500e6 }] },
  ])("counts for the same at one go as one after the other, with $name", ({ from, horizon, ranges }) => {
    fc.assert(
      fc.property(
        fc.array(fc.array(record, { minLength: 1, maxLength: capacity }), { minLength: 1, maxLength: 6 }),
        (goes) => {
          const atOnce = new ConsumerStats(1, 1, from, horizon, 1, ranges);
          const apart = new ConsumerStats(1, 1, from, horizon, 1, ranges);
          const ended = new EndedWork(capacity);
          let now = 0;
          for (const go of goes) {
            ended.count = 0;
            for (const { work, handedOver, waited } of go) {
              const takenUpAt = now;
              now += work;
              const deliveredAt = Math.max(takenUpAt - handedOver, 0);
              ended.add(now, takenUpAt, deliveredAt, Math.max(deliveredAt - waited, 0));
            }
            atOnce.finishAll(ended, 0);
            oneByOne(apart, ended);
          }
          expect(figures(atOnce, now)).toEqual(figures(apart, now));
        },
      ),
      { numRuns: 40 },
    );
  });
});
