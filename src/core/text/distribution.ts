/**
 * A distribution of durations (ns), sizes (bytes) or plain numbers, in the unit of the key that holds it.
 * `lognormal` is given by its median and 99th percentile, `normal` is drawn again while below 0.
 */
export type Distribution =
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "exponential"; readonly mean: number }
  | { readonly kind: "uniform"; readonly from: number; readonly to: number }
  | { readonly kind: "normal"; readonly mean: number; readonly deviation: number }
  | { readonly kind: "lognormal"; readonly median: number; readonly p99: number }
  | { readonly kind: "erlang"; readonly shape: number; readonly mean: number }
  | { readonly kind: "pareto"; readonly minimum: number; readonly shape: number }
  | { readonly kind: "empirical"; readonly values: readonly number[]; readonly weights: readonly number[] };
