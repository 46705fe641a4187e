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

const firstRows = 1024;
/** Up to here the room doubles; more of it follows from how much of the run has passed. */
const doubledRows = 65_536;
/** Beyond what is expected. */
const reserve = 1.125;
/** 38 MB at 19 bytes a row. */
const rowsMaxDefault = 2_000_000;

interface Columns {
  readonly time: Float64Array;
  readonly message: Int32Array;
  readonly station: Uint8Array;
  readonly place: Uint16Array;
  readonly detail: Int32Array;
}

function columnsFor(rows: number): Columns {
  return {
    time: new Float64Array(rows),
    message: new Int32Array(rows),
    station: new Uint8Array(rows),
    place: new Uint16Array(rows),
    detail: new Int32Array(rows),
  };
}

/** Rows go to the same places in other columns. */
function copyRows(source: Columns, target: Columns, from: number, to: number): void {
  target.time.set(source.time.subarray(from, to), from);
  target.message.set(source.message.subarray(from, to), from);
  target.station.set(source.station.subarray(from, to), from);
  target.place.set(source.place.subarray(from, to), from);
  target.detail.set(source.detail.subarray(from, to), from);
}

/**
 * The journeys of the first messages of a run, one row a step, 19 bytes each. Times are ns. Rows that outgrow their columns go
 * on in larger ones, which have room for the earlier rows as well: those are copied once, in the end.
 */
export class Trace {
  rows = 0;
  rowsDropped = 0;
  private readonly budget: number;
  private readonly horizon: number;
  private readonly rowsMax: number;
  private held = columnsFor(0);
  private room = 0;
  /** Columns that were outgrown, and where the rows end that they hold: each begins where the one before it ends. */
  private readonly outgrown: { readonly held: Columns; readonly end: number }[] = [];

  /** Keeps the messages 0 to budget − 1 of a run that ends at `horizon`, ns, and no more rows than rowsMax; those beyond are counted. */
  constructor(budget: number, horizon = Infinity, rowsMax = rowsMaxDefault) {
    this.budget = budget;
    this.horizon = horizon;
    this.rowsMax = rowsMax;
  }

  wants(message: number): boolean {
    return message < this.budget;
  }

  add(time: number, message: number, station: Station, place: number, detail: number): void {
    const row = this.rows;
    if (row === this.room && !this.grow(time, message)) return;
    const { held } = this;
    held.time[row] = time;
    held.message[row] = message;
    held.station[row] = station;
    held.place[row] = place;
    held.detail[row] = detail;
    this.rows = row + 1;
  }

  /** All rows; further ones may not follow where their buffers are transferred. */
  columns(): Columns & { readonly rows: number; readonly rowsDropped: number } {
    const { held, rows, rowsDropped } = this;
    let from = 0;
    for (const { held: earlier, end } of this.outgrown.splice(0)) {
      copyRows(earlier, held, from, end);
      from = end;
    }
    // A buffer is transferred whole, with the room that is left in it.
    const cut = 2 * rows < this.room ? "slice" : "subarray";
    return {
      time: held.time[cut](0, rows),
      message: held.message[cut](0, rows),
      station: held.station[cut](0, rows),
      place: held.place[cut](0, rows),
      detail: held.detail[cut](0, rows),
      rows,
      rowsDropped,
    };
  }

  /** A row that finds no room counts as dropped. */
  private grow(time: number, message: number): boolean {
    const { rows, rowsMax } = this;
    if (rows >= rowsMax) {
      this.rowsDropped++;
      return false;
    }
    if (rows > 0) this.outgrown.push({ held: this.held, end: rows });
    const share = Math.max(time / this.horizon, (message + 1) / this.budget);
    const expected = rows < doubledRows ? firstRows : (reserve * rows) / share;
    this.room = Math.min(rowsMax, Math.ceil(Math.max(expected, 2 * rows)));
    this.held = columnsFor(this.room);
    return true;
  }
}
