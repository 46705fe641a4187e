import type { Result, Topology } from "../core/index.ts";
import type { FromWorker, ToWorker } from "../protocol/run.ts";

/** Cancel is polled at least once in so many events. */
export const eventsPerSlice = 10_000;

/** Progress is told at most 20 times a second. */
const progressIntervalMs = 50;

/** What a session asks of the engine: `Repeats` of `core/run.ts`. */
export interface Engine {
  /** Handles at most so many events; true when the run is over. */
  advance(maxEvents: number): boolean;
  /** 0 to 1. */
  readonly share: number;
  readonly nowMs: number;
  readonly events: number;
  result(): Result;
}

/** What a session asks of the thread that it runs in. */
export interface Thread {
  readonly start: (topology: Topology, seed: number | undefined) => Engine;
  readonly post: (message: FromWorker, transfer: readonly ArrayBuffer[]) => void;
  /** Resolves in a later macrotask, after the messages that are waiting have been received. */
  readonly breathe: () => Promise<void>;
  /** Wall clock in milliseconds. */
  readonly clock: () => number;
}

/** Runs one simulation at a time, in slices between which messages are received. A newer run cancels the older one. */
export class Session {
  private readonly thread: Thread;
  /** The run that may go on; every other one stops at its next poll. */
  private wanted: number | undefined;

  constructor(thread: Thread) {
    this.thread = thread;
  }

  receive(message: ToWorker): void {
    switch (message.type) {
      case "run":
        this.wanted = message.run;
        void this.run(message.run, message.topology, message.seed);
        break;
      case "cancel":
        if (this.wanted === message.run) this.wanted = undefined;
        break;
    }
  }

  private async run(run: number, topology: Topology, seed: number | undefined): Promise<void> {
    const { clock, post, breathe, start } = this.thread;
    const started = clock();
    let told = started;
    let polledAt = 0;
    let pollsMissed = 0;
    try {
      const engine = start(topology, seed);
      let over = false;
      while (!over) {
        await breathe();
        if (engine.events - polledAt > eventsPerSlice) pollsMissed++;
        polledAt = engine.events;
        if (this.wanted !== run) {
          post({ type: "cancelled", run, events: engine.events, pollsMissed }, []);
          return;
        }
        const now = clock();
        if (now - told >= progressIntervalMs) {
          told = now;
          post(
            { type: "progress", run, share: engine.share, simulatedMs: engine.nowMs, events: engine.events },
            [],
          );
        }
        over = engine.advance(eventsPerSlice);
      }
      const result = engine.result();
      post({ type: "done", run, result, wallMs: clock() - started }, buffersOf(result));
    } catch (error) {
      post({ type: "failed", run, message: error instanceof Error ? error.message : String(error) }, []);
    } finally {
      if (this.wanted === run) this.wanted = undefined;
    }
  }
}

/** Columns may share a buffer (the series share their times), and a buffer can be transferred once only. */
function buffersOf({ series, trace, occurrences }: Result): ArrayBuffer[] {
  const columns: ArrayBufferView[] = [trace.time, trace.message, trace.station, trace.place, trace.detail];
  const { time, kind, place, detail, rule } = occurrences;
  columns.push(time, kind, place, detail, rule);
  for (const { time, mean, max } of series) columns.push(time, mean, max);
  return [...new Set(columns.map(({ buffer }) => buffer))].filter((buffer) => buffer instanceof ArrayBuffer);
}
