import { Uri, type Memento } from "vscode";
import { decodeOutcome, encodeOutcome } from "../report/outcome-file.ts";
import type { Outcome } from "../report/outcome.ts";
import { StoredFiles } from "./stored-files.ts";

/** The file that was run last in this workspace. */
const lastRun = "brokerlab.lastRun";

/** Results of so many files outlive the window. */
const filesKept = 16;

/** The last outcome of each file: in memory, and on disk for a window that is opened again. */
export class Outcomes {
  private readonly files: StoredFiles;
  private readonly state: Memento;
  private readonly byUri = new Map<string, Outcome>();

  constructor(storage: Uri, state: Memento) {
    this.files = new StoredFiles(Uri.joinPath(storage, "results"), "result", filesKept);
    this.state = state;
  }

  /** What this window has seen of a file. */
  latest(uri: string): Outcome | undefined {
    return this.byUri.get(uri);
  }

  /** The outcome of a file, else of the file that was run last; looked for on disk as well. */
  async find(uri: string | undefined): Promise<Outcome | undefined> {
    const last = this.state.get<string>(lastRun);
    return (uri && (await this.load(uri))) || (last && (await this.load(last))) || undefined;
  }

  /** Journeys are kept of the newest run alone: they are megabytes. */
  async keep(outcome: Outcome): Promise<void> {
    for (const [uri, older] of this.byUri) this.byUri.set(uri, withoutJourneys(older));
    this.byUri.set(outcome.uri, outcome);
    await this.state.update(lastRun, outcome.uri);
    await this.files.write(outcome.uri, encodeOutcome(withoutJourneys(outcome)));
  }

  private async load(uri: string): Promise<Outcome | undefined> {
    const known = this.byUri.get(uri);
    if (known !== undefined) return known;
    const stored = await this.read(uri);
    if (stored === undefined || stored.uri !== uri) return undefined;
    this.byUri.set(uri, stored);
    return stored;
  }

  /** Undefined where there is no such file, or one that this version cannot read. */
  private async read(uri: string): Promise<Outcome | undefined> {
    try {
      return decodeOutcome(await this.files.read(uri));
    } catch {
      return undefined;
    }
  }
}

function withoutJourneys(outcome: Outcome): Outcome {
  const { trace } = outcome.result;
  if (trace.rows === 0) return outcome;
  return {
    ...outcome,
    result: {
      ...outcome.result,
      trace: {
        ...trace,
        rows: 0,
        rowsDropped: trace.rowsDropped + trace.rows,
        time: new Float64Array(),
        message: new Int32Array(),
        station: new Uint8Array(),
        place: new Uint16Array(),
        detail: new Int32Array(),
        texts: [],
      },
    },
  };
}
