import type { Distribution } from "../text/distribution.ts";

/** Nanoseconds. `perBatch` is paid once for each slice that `poll()` returned; a queue's delivery is a batch of one. */
export interface Processing {
  readonly perMessage: Distribution;
  readonly perBatch: Distribution | undefined;
  /** In place of `perMessage` for messages of that kind; `byKey` wins over `byKind`. */
  readonly byKind: ReadonlyMap<string, Distribution>;
  readonly byKey: ReadonlyMap<string, Distribution>;
}

export interface Failures {
  /** Share of deliveries that fail after their whole processing time. */
  readonly share: number;
  /** The same message fails every time: poison. */
  readonly persistent: boolean;
}

/**
 * How a consumer gathers messages by the time at which they were sent before it sends anything on, all in nanoseconds.
 * Windows of equal length start at multiples of `every`; a session ends where `gap` passes without a message.
 */
export type WindowRule = {
  /** How much later than its end a window still takes messages. */
  readonly grace: number;
  /** Each key has windows of its own. */
  readonly byKey: boolean;
} & (
  | { readonly kind: "time"; readonly size: number; readonly every: number }
  | { readonly kind: "session"; readonly gap: number }
);

/** Which messages of two sources of a consumer make a pair, which it sends on as one. */
export interface JoinRule {
  /** Two of its sources, by their place among them. */
  readonly of: readonly [number, number];
  /** What the two have in common: their key, or the message that they go back to. */
  readonly by: "key" | "correlation";
  /** Nanoseconds between the sending of the two at most. */
  readonly within: number;
}
