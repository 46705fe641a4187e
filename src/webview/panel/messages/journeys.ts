import { models, type Result } from "../result.ts";

type Trace = Result["trace"];

/** What befell a message on its way; one message may have met several of these. */
export const Fate = {
  finished: 1,
  failed: 2,
  redelivered: 4,
  duplicated: 8,
  deadLettered: 16,
  unroutable: 32,
  dropped: 64,
  skipped: 128,
  disordered: 256,
  lost: 512,
} as const;

/** Of a message by its `Fate`s: nobody has finished it, and nothing else has ended its way. */
export function isUnderWay(fates: number): boolean {
  return !(fates & (Fate.finished | Fate.unroutable | Fate.dropped | Fate.skipped | Fate.lost));
}

const nanosPerMilli = 1e6;
const firstText = 0x4000_0000;

/** The text of a key, a routing key or a reason by its id; undefined where there is none. */
export function textOf({ texts }: Trace, id: number): string | undefined {
  if (id < 0) return undefined;
  return id < firstText ? String(id) : texts[id - firstText];
}

/** The traced messages, each with its rows of the trace in the order of time. Made in a few passes over the columns. */
export class Journeys {
  readonly trace: Trace;
  /** Messages whose journeys were kept: 0 to `count` − 1. */
  readonly count: number;
  /** `Fate`s of each message. */
  readonly fates: Uint16Array;
  /** Milliseconds. */
  readonly sent: Float64Array;
  /** Milliseconds from the intent to send to the last end of processing; NaN for what nobody finished. */
  readonly latency: Float64Array;
  /** Ids of their keys (see `textOf`). */
  readonly key: Int32Array;
  /** Places of their producers. */
  readonly producer: Uint16Array;
  private readonly first: Int32Array;
  private readonly rows: Int32Array;
  private readonly numbers: ReadonlyMap<string, number>;

  constructor(result: Result) {
    const { trace } = result;
    this.trace = trace;
    this.numbers = new Map(trace.stations.map((name, number) => [name, number]));
    let last = -1;
    for (const message of trace.message) if (message > last) last = message;
    this.count = last + 1;
    this.fates = new Uint16Array(this.count);
    this.sent = new Float64Array(this.count).fill(NaN);
    this.latency = new Float64Array(this.count).fill(NaN);
    this.key = new Int32Array(this.count).fill(-1);
    this.producer = new Uint16Array(this.count);
    [this.first, this.rows] = byMessage(trace, this.count);
    this.read();
    this.findDisorder(result);
  }

  /** Rows of the trace, in the order of time. */
  rowsOf(message: number): Int32Array {
    return this.rows.subarray(this.first[message], this.first[message + 1]);
  }

  station(name: string): number {
    return this.numbers.get(name) ?? -1;
  }

  private read(): void {
    const { trace, fates, sent, latency } = this;
    const met = new Map<number, number>(
      Object.entries(Fate).map(([name, fate]) => [this.station(name), fate] as const),
    );
    const [start, finished] = [this.station("sent"), this.station("finished")];
    const again = new Set([this.station("dispatched"), this.station("received")]);
    for (let row = 0; row < trace.rows; row++) {
      const message = trace.message[row]!;
      const station = trace.station[row]!;
      fates[message]! |= met.get(station) ?? 0;
      if (station === start) {
        sent[message] = trace.time[row]! / nanosPerMilli;
        this.key[message] = trace.detail[row]!;
        this.producer[message] = trace.place[row]!;
      } else if (station === finished) {
        latency[message] = Math.max(latency[message] || 0, trace.time[row]! / nanosPerMilli - sent[message]!);
      } else if (
        again.has(station) &&
        trace.detail[row]! > 0 &&
        trace.places[trace.place[row]!]?.kind !== "topic"
      )
        fates[message]! |= Fate.redelivered;
    }
  }

  /**
   * Finished more than once by the same consumer; and finished after one of the same key (of the same partition or queue,
   * where there are no keys) that its consumer had to finish later.
   */
  private findDisorder(result: Result): void {
    const { trace, fates } = this;
    const { graph } = result;
    const logs = models(graph);
    const finished = this.station("finished");
    const entered = new Set([this.station("appended"), this.station("enqueued")]);
    const latest = new Map<string, number>();
    for (let message = 0; message < this.count; message++) {
      const ends = new Map<string, number>();
      let entry = 0;
      for (const row of this.rowsOf(message)) {
        if (entered.has(trace.station[row]!)) entry = trace.place[row]!;
        if (trace.station[row] !== finished) continue;
        const { name = "" } = trace.places[trace.place[row]!] ?? {};
        if (ends.has(name)) fates[message]! |= Fate.duplicated;
        else ends.set(name, trace.time[row]!);
      }
      for (const [name, end] of ends) {
        const key = this.key[message]!;
        const lane = key >= 0 ? `key ${key}` : logs.get(`consumer:${name}`) === "log" ? entry : "";
        const line = `${name}\n${lane}\n${this.producer[message]}`;
        const before = latest.get(line) ?? -1;
        if (before > end) fates[message]! |= Fate.disordered;
        else latest.set(line, end);
      }
    }
  }
}

/** Where each message's rows begin, and the rows by message and time. */
function byMessage({ rows, message, time }: Trace, count: number): [Int32Array, Int32Array] {
  const first = new Int32Array(count + 1);
  for (let row = 0; row < rows; row++) first[message[row]! + 1]!++;
  for (let at = 0; at < count; at++) first[at + 1]! += first[at]!;
  const next = first.slice();
  const sorted = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    // Rows come nearly in the order of time: a step that was known ahead stands early.
    const from = first[message[row]!]!;
    let at = next[message[row]!]!++;
    while (at > from && time[sorted[at - 1]!]! > time[row]!) {
      sorted[at] = sorted[at - 1]!;
      at--;
    }
    sorted[at] = row;
  }
  return [first, sorted];
}
