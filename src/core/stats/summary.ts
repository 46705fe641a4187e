import type { Histogram } from "./histogram.ts";
import type { Percentiles } from "./result.ts";
import type { SeriesColumns } from "./series-grid.ts";

const nanosPerMilli = 1e6;

/** Columns of nanoseconds. */
export function inMillis({ time, mean, max }: SeriesColumns): SeriesColumns {
  return { time, mean: mean.map((ns) => ns / nanosPerMilli), max: max.map((ns) => ns / nanosPerMilli) };
}

/** A histogram of nanoseconds as percentiles in milliseconds. */
export function summarize(histogram: Histogram): Percentiles {
  const { count } = histogram;
  if (count === 0) return { count, mean: null, p50: null, p90: null, p99: null, p999: null, max: null };
  return {
    count,
    mean: histogram.mean / nanosPerMilli,
    p50: histogram.quantile(0.5) / nanosPerMilli,
    p90: histogram.quantile(0.9) / nanosPerMilli,
    p99: histogram.quantile(0.99) / nanosPerMilli,
    p999: histogram.quantile(0.999) / nanosPerMilli,
    max: histogram.max / nanosPerMilli,
  };
}
