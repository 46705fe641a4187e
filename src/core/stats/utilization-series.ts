import { LevelSeries } from "./level-series.ts";
import { mergeSums, SeriesGrid, type SeriesColumns } from "./series-grid.ts";

/** Share of their time that the handlers of a consumer work, in each bucket: of the instances that are there. Times are ns. */
export class UtilizationSeries {
  private readonly grid: SeriesGrid;
  /** Handlers × ns. */
  private readonly work: Float64Array;
  private readonly present: LevelSeries;
  private readonly concurrency: number;

  constructor(horizon: number, concurrency: number) {
    this.grid = new SeriesGrid(horizon, () => mergeSums(this.work));
    this.work = new Float64Array(this.grid.buckets);
    this.present = new LevelSeries(horizon);
    this.concurrency = concurrency;
  }

  /** A handler worked between these times. */
  add(from: number, to: number): void {
    let bucket = this.grid.at(to);
    let end = to;
    for (; bucket > 0 && from < bucket * this.grid.width; bucket--) {
      const start = bucket * this.grid.width;
      this.work[bucket]! += end - start;
      end = start;
    }
    this.work[bucket]! += end - from;
  }

  /** As `add` of so many stretches of work, in the order of their ends. */
  addAll(from: Float64Array, to: Float64Array, count: number): void {
    const { work } = this;
    for (let first = 0; first < count;) {
      const bucket = this.grid.at(to[first]!);
      const start = bucket * this.grid.width;
      const end = this.grid.stretch(to, first, count);
      for (let i = first; i < end; i++)
        if (from[i]! >= start) work[bucket]! += to[i]! - from[i]!;
        else this.add(from[i]!, to[i]!);
      first = end;
    }
  }

  /** Instances come or go. */
  change(now: number, by: 1 | -1): void {
    this.present.add(now, by);
  }

  /** 0 where nobody is there; `max` is the same. */
  columns(now: number): SeriesColumns {
    this.present.finish(now);
    this.grid.reach(now);
    const { time, mean: instances } = this.present.columns();
    const mean = instances.map((present, bucket) => {
      const room = present * this.concurrency * this.grid.covered(bucket, now);
      return room > 0 ? Math.min(1, this.work[bucket]! / room) : 0;
    });
    return { time, mean, max: mean.slice() };
  }
}
