import { Uri } from "vscode";
import type { Result } from "../core/index.ts";
import type { RunLine } from "../protocol/panel.ts";
import type { Outcome } from "../report/outcome.ts";
import { StoredFiles } from "./stored-files.ts";

/** A run of a file: what it was and what came out, without its columns. */
export interface KeptRun extends Pick<Result, "summary" | "findings"> {
  /** Counts up in each file. */
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly text: string;
}

export type Columns = Pick<Result, "series" | "graph" | "summary">;

/** Raised with every change of what is kept: what another version has written is not read. */
const format = 1;

/** Of each file. */
const runsKept = 10;
/** Characters of all runs of a file together: older ones make way, the newest stays. */
const charactersKept = 4_000_000;
const filesKept = 16;
/** Runs whose columns stay in memory, all of one file. */
const columnsKept = 2;

/** The last runs of each file: in memory, and on disk for a window that is opened again. Columns are in memory alone. */
export class RunHistory {
  private readonly files: StoredFiles;
  /** By file, the newest run first; the file that was used last is the last one. */
  private readonly byUri = new Map<string, readonly KeptRun[]>();
  private columns: { readonly uri: string; readonly id: number; readonly of: Columns }[] = [];

  constructor(storage: Uri) {
    this.files = new StoredFiles(Uri.joinPath(storage, "runs"), "json", filesKept);
  }

  /** The runs of a file, the newest first. */
  async of(uri: string): Promise<readonly KeptRun[]> {
    const stored = this.byUri.has(uri) ? [] : await this.read(uri);
    // What was kept while the disk was read is newer than what stands there.
    const runs = this.byUri.get(uri) ?? stored;
    this.remember(uri, runs);
    return runs;
  }

  async keep({ uri, text, result }: Outcome): Promise<void> {
    const before = await this.of(uri);
    const { summary, findings, series, graph } = result;
    const run: KeptRun = { id: (before[0]?.id ?? 0) + 1, at: Date.now(), text, summary, findings };
    const columns = { uri, id: run.id, of: { series, graph, summary } };
    this.columns = [columns, ...this.columns.filter((one) => one.uri === uri)].slice(0, columnsKept);
    const written = fitting([run, ...before]);
    this.remember(uri, [run, ...before].slice(0, written.length));
    const file = `{"format":${format},"uri":${JSON.stringify(uri)},"runs":[${written.join(",")}]}`;
    await this.files.write(uri, new TextEncoder().encode(file));
  }

  columnsOf(uri: string, id: number): Columns | undefined {
    return this.columns.find((one) => one.uri === uri && one.id === id)?.of;
  }

  private remember(uri: string, runs: readonly KeptRun[]): void {
    this.byUri.delete(uri);
    this.byUri.set(uri, runs);
    for (const oldest of this.byUri.keys()) {
      if (this.byUri.size <= filesKept) break;
      this.byUri.delete(oldest);
    }
  }

  /** None where there is no such file, or one that this version cannot read. */
  private async read(uri: string): Promise<readonly KeptRun[]> {
    try {
      const stored = JSON.parse(new TextDecoder().decode(await this.files.read(uri))) as {
        readonly format: number;
        readonly uri: string;
        readonly runs: readonly KeptRun[];
      };
      return stored.format === format && stored.uri === uri ? stored.runs : [];
    } catch {
      return [];
    }
  }
}

/** As JSON, as many of the first runs as there is room for. */
function fitting(runs: readonly KeptRun[]): readonly string[] {
  const written: string[] = [];
  let left = charactersKept;
  for (const run of runs.slice(0, runsKept)) {
    const text = JSON.stringify(run);
    if (written.length > 0 && text.length > left) break;
    left -= text.length;
    written.push(text);
  }
  return written;
}

export function lineOf({ id, at, summary }: KeptRun): RunLine {
  const { seed, stopped, totals, expect } = summary;
  const holds = expect.filter((one) => one.holds).length;
  const lost = totals.lost.broker + totals.lost.consumer;
  return { id, at, seed, stopped, processed: totals.processed, lost, holds, fails: expect.length - holds };
}
