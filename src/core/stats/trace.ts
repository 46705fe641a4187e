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

const stationBits = 8;

interface Columns {
  readonly time: Float64Array;
  readonly message: Int32Array;
  readonly station: Uint8Array;
  readonly place: Uint16Array;
  readonly detail: Int32Array;
}

/** Rows as they come: station and place in one number. */
class Chunk {
  readonly rows: number;
  readonly time: Float64Array;
  readonly message: Int32Array;
  readonly stationAndPlace: Int32Array;
  readonly detail: Int32Array;

  constructor(rows: number) {
    this.rows = rows;
    this.time = new Float64Array(rows);
    this.message = new Int32Array(rows);
    this.stationAndPlace = new Int32Array(rows);
    this.detail = new Int32Array(rows);
  }
}

/** The journeys of the first messages of a run, one row a step, 19 bytes each in the end. Times are ns. */
export class Trace {
  rowsDropped = 0;
  private readonly budget: number;
  private readonly rowsMax: number;
  private readonly chunks: Chunk[] = [];
  private chunk = new Chunk(0);
  private used = 0;
  /** Rows in the chunks before. */
  private before = 0;

  /** Keeps the messages 0 to budget − 1, and no more rows than rowsMax; those beyond are counted. */
  constructor(budget: number, rowsMax = rowsMaxDefault) {
    this.budget = budget;
    this.rowsMax = rowsMax;
  }

  get rows(): number {
    return this.before + this.used;
  }

  wants(message: number): boolean {
    return message < this.budget;
  }

  add(time: number, message: number, station: Station, place: number, detail: number): void {
    if (this.used === this.chunk.rows && !this.extend()) return;
    const { chunk } = this;
    const row = this.used++;
    chunk.time[row] = time;
    chunk.message[row] = message;
    chunk.stationAndPlace[row] = station | (place << stationBits);
    chunk.detail[row] = detail;
  }

  columns(): Columns & { readonly rows: number; readonly rowsDropped: number } {
    const { rows, rowsDropped } = this;
    const time = new Float64Array(rows);
    const message = new Int32Array(rows);
    const station = new Uint8Array(rows);
    const place = new Uint16Array(rows);
    const detail = new Int32Array(rows);
    let at = 0;
    for (const chunk of this.chunks) {
      const { stationAndPlace } = chunk;
      const length = Math.min(chunk.rows, rows - at);
      time.set(chunk.time.subarray(0, length), at);
      message.set(chunk.message.subarray(0, length), at);
      detail.set(chunk.detail.subarray(0, length), at);
      for (let row = 0; row < length; row++, at++) {
        station[at] = stationAndPlace[row]!;
        place[at] = stationAndPlace[row]! >> stationBits;
      }
    }
    return { time, message, station, place, detail, rows, rowsDropped };
  }

  /** A row that found no room counts as dropped. */
  private extend(): boolean {
    const { rows } = this;
    const room = this.rowsMax - rows;
    if (room <= 0) {
      this.rowsDropped++;
      return false;
    }
    this.before = rows;
    this.chunk = new Chunk(Math.min(room, rows < chunkRows ? Math.max(rows, firstChunkRows) : chunkRows));
    this.chunks.push(this.chunk);
    this.used = 0;
    return true;
  }
}
