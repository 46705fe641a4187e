import { Uri, workspace } from "vscode";
import type { Result } from "../core/index.ts";
import { decodeOutcome, encodeOutcome } from "./outcome-file.ts";

/** The last run of a file. */
export interface Outcome {
  readonly uri: string;
  readonly wallMs: number;
  /** The text that was run: the result is stale while the file says something else. */
  readonly text: string;
  readonly result: Result;
}

/** Keeps the last outcome of each file, and the very last one on disk, so that a reload of the window finds it again. */
export class Outcomes {
  private readonly file: Uri | undefined;
  private readonly byUri = new Map<string, Outcome>();
  private last: Outcome | undefined;

  /** `storage` is undefined in a window without a folder: then nothing is kept beyond it. */
  constructor(storage: Uri | undefined) {
    this.file = storage && Uri.joinPath(storage, "last-result.bin");
  }

  latest(uri?: string): Outcome | undefined {
    return uri === undefined ? this.last : this.byUri.get(uri);
  }

  async keep(outcome: Outcome): Promise<void> {
    this.remember(outcome);
    if (this.file !== undefined) await workspace.fs.writeFile(this.file, encodeOutcome(outcome));
  }

  /** The outcome kept by an earlier window; undefined where there is none that this version can read. */
  async restore(): Promise<Outcome | undefined> {
    if (this.last !== undefined || this.file === undefined) return this.last;
    try {
      const outcome = decodeOutcome(await workspace.fs.readFile(this.file));
      if (outcome !== undefined) this.remember(outcome);
      return outcome;
    } catch {
      return undefined;
    }
  }

  private remember(outcome: Outcome): void {
    this.byUri.set(outcome.uri, outcome);
    this.last = outcome;
  }
}
