import type { Result } from "../core/index.ts";

/** A run of a file. */
export interface Outcome {
  readonly uri: string;
  readonly wallMs: number;
  /** The text that was run: the result is stale while the file says something else. */
  readonly text: string;
  readonly result: Result;
}
