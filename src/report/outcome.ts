import type { Result } from "../core/index.ts";

/** A run of a file. */
export interface Outcome {
  readonly uri: string;
  readonly wallMs: number;
  /** The text that was run: the result is stale while the file says something else. */
  readonly text: string;
  /** The same for texts that run alike; only of runs in an editor, which shows them in the file. */
  readonly meaning?: string;
  readonly result: Result;
}
