/** Where a message can be seen on its way; the names are those of the result. */
export const Station = {
  sent: 0,
  clientDone: 1,
  batchClosed: 2,
  requestSent: 3,
  brokerReceived: 4,
  appended: 5,
  replicated: 6,
  acknowledged: 7,
  routed: 8,
  unroutable: 9,
  returned: 10,
  enqueued: 11,
  dispatched: 12,
  fetched: 13,
  received: 14,
  takenUp: 15,
  finished: 16,
  failed: 17,
  settled: 18,
  requeued: 19,
  rejected: 20,
  dropped: 21,
  committed: 22,
  skipped: 23,
  deadLettered: 24,
  lost: 25,
} as const;
export type Station = (typeof Station)[keyof typeof Station];

/** The names, by number. */
export const stations: readonly string[] = Object.keys(Station);

const chunkRows = 65_536;
const firstChunkRows = 1024;
/** 38 MB at 19 bytes a row. */
const rowsMaxDefault = 2_000_000;

interface Columns {
  readonly time: Float64Array;
  readonly message: Int32Array;
  readonly station: Uint8Array;
  readonly place: Uint16Array;
  readonly detail: Int32Array;
}

/** The journeys of the first messages of a run, one row a step, 19 bytes each. Times are ns. */
export class Trace {
  rows = 0;
  rowsDropped = 0;
  private readonly budget: number;
  private readonly rowsMax: number;
  private readonly chunks: Columns[] = [];
  private chunk = columns(0);
  private used = 0;

  /** Keeps the messages 0 to budget − 1, and no more rows than rowsMax; those beyond are counted. */
  constructor(budget: number, rowsMax = rowsMaxDefault) {
    this.budget = budget;
    this.rowsMax = rowsMax;
  }

  wants(message: number): boolean {
    return message < this.budget;
  }

  add(time: number, message: number, station: Station, place: number, detail: number): void {
    if (this.used === this.chunk.time.length && !this.extend()) return;
    const { chunk, used } = this;
    chunk.time[used] = time;
    chunk.message[used] = message;
    chunk.station[used] = station;
    chunk.place[used] = place;
    chunk.detail[used] = detail;
    this.used = used + 1;
    this.rows++;
  }

  columns(): Columns & { readonly rows: number; readonly rowsDropped: number } {
    const { rows, rowsDropped } = this;
    const all = columns(rows);
    let at = 0;
    for (const chunk of this.chunks) {
      const length = Math.min(chunk.time.length, rows - at);
      all.time.set(chunk.time.subarray(0, length), at);
      all.message.set(chunk.message.subarray(0, length), at);
      all.station.set(chunk.station.subarray(0, length), at);
      all.place.set(chunk.place.subarray(0, length), at);
      all.detail.set(chunk.detail.subarray(0, length), at);
      at += length;
    }
    return { ...all, rows, rowsDropped };
  }

  /** A row that found no room counts as dropped. */
  private extend(): boolean {
    const room = this.rowsMax - this.rows;
    if (room <= 0) {
      this.rowsDropped++;
      return false;
    }
    this.chunk = columns(
      Math.min(room, this.rows < chunkRows ? Math.max(this.rows, firstChunkRows) : chunkRows),
    );
    this.chunks.push(this.chunk);
    this.used = 0;
    return true;
  }
}

function columns(rows: number): Columns {
  return {
    time: new Float64Array(rows),
    message: new Int32Array(rows),
    station: new Uint8Array(rows),
    place: new Uint16Array(rows),
    detail: new Int32Array(rows),
  };
}
