import type { Name, Span } from "../text/span.ts";

export type MetricUnit = "count" | "ms" | "share" | "per second" | "bytes";

/** One line of `expect`. Bounds are in the metric's own unit, as `simulate --json` prints it. */
export interface Expectation {
  readonly metric: Name;
  readonly unit: MetricUnit;
  readonly of: ExpectationTarget | undefined;
  readonly bound: Bound;
  /** Nanoseconds of simulated time, [from, to): only this part of the run counts. */
  readonly during: { readonly from: number; readonly to: number } | undefined;
  /** Share, of the interval that must keep the bound where the file is run several times. */
  readonly confidence: number;
  readonly span: Span;
}

export interface ExpectationTarget {
  readonly kind: "consumer" | "producer" | "group" | "queue" | "topic" | "exchange";
  readonly name: Name;
}

export type Bound =
  | { readonly kind: "equals"; readonly value: number }
  | { readonly kind: "below"; readonly value: number }
  | { readonly kind: "above"; readonly value: number }
  | { readonly kind: "within"; readonly low: number; readonly high: number };
