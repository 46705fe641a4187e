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

/** Rows that are written stay in the processor's cache, 39 kB, until they go to the others together. */
const recentMax = 2048;
/** Up to here the room doubles; more of it follows from how much of the run has passed. */
const doubledRows = 65_536;
/** Beyond what is expected. */
const reserve = 1.125;
/** 38 MB at 19 bytes a row. */
const rowsMaxDefault = 2_000_000;

/** What time it is, ns. */
interface Clock {
  readonly now: number;
}

class Columns {
  readonly time: Float64Array;
  readonly message: Int32Array;
  readonly station: Uint8Array;
  readonly place: Uint16Array;
  readonly detail: Int32Array;

  constructor(rows: number) {
    this.time = new Float64Array(rows);
    this.message = new Int32Array(rows);
    this.station = new Uint8Array(rows);
    this.place = new Uint16Array(rows);
    this.detail = new Int32Array(rows);
  }

  /** Takes the rows of others between two, to begin at a row of its own. */
  take(rows: Columns, from: number, to: number, at: number): void {
    this.time.set(rows.time.subarray(from, to), at);
    this.message.set(rows.message.subarray(from, to), at);
    this.station.set(rows.station.subarray(from, to), at);
    this.place.set(rows.place.subarray(from, to), at);
    this.detail.set(rows.detail.subarray(from, to), at);
  }
}

/**
 * The journeys of the first messages of a run, one row a step, 19 bytes each. Times are ns. Rows that outgrow their columns go
 * on in larger ones, which have room for the earlier rows as well: those are copied once, in the end.
 */
export class Trace {
  private rowsDropped = 0;
  private readonly clock: Clock;
  private readonly budget: number;
  private readonly horizon: number;
  private readonly rowsMax: number;
  private readonly recent: Columns;
  private recentRows = 0;
  private kept = new Columns(0);
  private keptRows = 0;
  private room = 0;
  /** Columns that were outgrown, and where the rows end that they hold: each begins where the one before it ends. */
  private readonly outgrown: { readonly kept: Columns; readonly end: number }[] = [];

  /** Keeps the messages 0 to budget − 1 of a run that ends at `horizon`, ns, and no more rows than rowsMax; those beyond are counted. */
  constructor(clock: Clock, budget: number, horizon = Infinity, rowsMax = rowsMaxDefault) {
    this.clock = clock;
    this.budget = budget;
    this.horizon = horizon;
    this.rowsMax = rowsMax;
    this.recent = new Columns(budget > 0 ? recentMax : 0);
  }

  wants(message: number): boolean {
    return message < this.budget;
  }

  add(message: number, station: Station, place: number, detail: number): void {
    if (this.recentRows === recentMax) this.keep();
    const { recent, recentRows: row } = this;
    recent.time[row] = this.clock.now;
    recent.message[row] = message;
    recent.station[row] = station;
    recent.place[row] = place;
    recent.detail[row] = detail;
    this.recentRows = row + 1;
  }

  /** A step that belongs to another time than now, ns. */
  addAt(time: number, message: number, station: Station, place: number, detail: number): void {
    this.add(message, station, place, detail);
    this.recent.time[this.recentRows - 1] = time;
  }

  /** All rows; further ones may not follow where their buffers are transferred. */
  columns(): Omit<Columns, "take"> & { readonly rows: number; readonly rowsDropped: number } {
    this.keep();
    const { kept, keptRows: rows, rowsDropped } = this;
    let from = 0;
    for (const { kept: earlier, end } of this.outgrown.splice(0)) {
      kept.take(earlier, from, end, from);
      from = end;
    }
    // A buffer is transferred whole, with the room that is left in it.
    const cut = 2 * rows < this.room ? "slice" : "subarray";
    return {
      time: kept.time[cut](0, rows),
      message: kept.message[cut](0, rows),
      station: kept.station[cut](0, rows),
      place: kept.place[cut](0, rows),
      detail: kept.detail[cut](0, rows),
      rows,
      rowsDropped,
    };
  }

  /** Rows that find no room count as dropped. */
  private keep(): void {
    const { recent, recentRows, keptRows, rowsMax } = this;
    const end = Math.min(keptRows + recentRows, rowsMax);
    if (end > this.room) this.grow(end);
    this.kept.take(recent, 0, end - keptRows, keptRows);
    this.rowsDropped += keptRows + recentRows - end;
    this.keptRows = end;
    this.recentRows = 0;
  }

  private grow(needed: number): void {
    const { recent, keptRows, horizon, budget } = this;
    if (keptRows > 0) this.outgrown.push({ kept: this.kept, end: keptRows });
    const last = this.recentRows - 1;
    const share = Math.max(recent.time[last]! / horizon, (recent.message[last]! + 1) / budget);
    const expected = needed < doubledRows ? 2 * keptRows : (reserve * needed) / share;
    this.room = Math.min(this.rowsMax, Math.ceil(Math.max(expected, needed)));
    this.kept = new Columns(this.room);
  }
}
