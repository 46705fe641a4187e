/** How a number is to be written: a count, milliseconds, a share of 1, something per second, or bytes. */
export type NumberForm = "count" | "duration" | "share" | "rate" | "bytes";

/** `bad`: messages or promises are gone; `warn`: somebody should look; `ok`: it went well; `note`: good to know. */
export type Mood = "bad" | "warn" | "note" | "ok";

/**
 * A piece of a sentence: our own words; a name from the file; words that carry such names; or a number, with its path in the
 * summary where it stands there.
 */
export type Piece =
  | string
  | { readonly name: string }
  | { readonly quote: string }
  | { readonly value: number; readonly as: NumberForm; readonly path?: string };

/** What a finding answers. */
export type FindingKind =
  | "expectation"
  | "run"
  | "loss"
  | "order"
  | "repetition"
  | "pause"
  | "backlog"
  | "bottleneck"
  | "idle"
  | "failure";

/** One thing that matters of a run, in one sentence with its evidence. */
export interface Finding {
  readonly kind: FindingKind;
  readonly mood: Mood;
  readonly says: readonly Piece[];
  /** When it was, ms. */
  readonly at?: number;
  /** The node of the graph that it is about. */
  readonly node?: string;
  /** Offsets of what is behind it in the file. */
  readonly about?: { readonly start: number; readonly end: number };
}

/** What a run knows that stands neither in its summary nor in its columns. Times are ns. */
export interface Evidence {
  /** The longest time in which a group did not read one of its partitions, by group. */
  readonly pauses: readonly LongestPause[];
  /** By consumer, when it first finished a message out of order. */
  readonly disorder: ReadonlyMap<string, number>;
}

export interface LongestPause {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
  readonly to: number;
}
