import { formOf, occurrenceKinds, type OccurrenceKind } from "./occurrence-kinds.ts";
import type { OccurrenceColumns, OccurrencesSummary, Place } from "./result.ts";

const rowsMaxDefault = 20_000;
/** Of what happens to single messages so many rows are kept of each kind, place and rule. */
const rowsPerTally = 3;
/** Rows that the summary spells out. */
const spelledOut = 100;
const rulesMax = 4096;
const placesMax = 65_536;
const nanosPerMilli = 1e6;
const kinds = Object.keys(occurrenceKinds) as readonly OccurrenceKind[];
const ofMessages = kinds.filter((kind) => formOf(kind).perMessage);

/** Counts what happens at one place by one rule; for a hot path it is asked for once. */
export class Tally {
  count = 0;
  private readonly log: Occurrences;
  private readonly kind: number;
  private readonly place: number;
  private readonly rule: number;
  private rowsLeft: number;

  constructor(log: Occurrences, kind: number, place: number, rule: number) {
    this.log = log;
    this.kind = kind;
    this.place = place;
    this.rule = rule;
    this.rowsLeft = formOf(kinds[kind]!).perMessage === true ? rowsPerTally : Infinity;
  }

  /** It happened at this time, ns; `times`: to so many messages at once. */
  happened(time: number, detail = 0, times = 1): void {
    this.count += times;
    if (this.rowsLeft === 0) return;
    this.rowsLeft--;
    this.log.keep(time, this.kind, this.place, detail, this.rule);
  }
}

/** What happened in a run and by which rule: a row each up to a limit, all of it counted. Times are ns. */
export class Occurrences {
  private readonly rowsMax: number;
  private readonly tallies = new Map<number, Tally>();
  private readonly rules: string[] = [""];
  private readonly ruleNumbers = new Map([["", 0]]);
  private rows = 0;
  private time = new Float64Array(64);
  private kind = new Uint8Array(64);
  private place = new Uint16Array(64);
  private detail = new Float64Array(64);
  private rule = new Uint16Array(64);

  constructor(rowsMax = rowsMaxDefault) {
    this.rowsMax = rowsMax;
  }

  /** `rule` names the setting or the broker's rule behind it, as the broker writes it. */
  add(time: number, kind: OccurrenceKind, place: number, detail = 0, rule = ""): void {
    this.tally(kind, place, rule).happened(time, detail);
  }

  tally(kind: OccurrenceKind, place: number, rule = ""): Tally {
    const number = kinds.indexOf(kind);
    const ruled = this.numberOf(rule);
    const key = (number * rulesMax + ruled) * placesMax + place;
    let tally = this.tallies.get(key);
    if (tally === undefined) this.tallies.set(key, (tally = new Tally(this, number, place, ruled)));
    return tally;
  }

  /** For `Tally` alone. */
  keep(time: number, kind: number, place: number, detail: number, rule: number): void {
    const { rows } = this;
    if (rows === this.rowsMax) return;
    if (rows === this.time.length) this.resize(Math.min(2 * rows, this.rowsMax));
    this.time[rows] = time;
    this.kind[rows] = kind;
    this.place[rows] = place;
    this.detail[rows] = detail;
    this.rule[rows] = rule;
    this.rows++;
  }

  columns(): OccurrenceColumns {
    const { rows } = this;
    this.resize(rows);
    const { time, kind, place, detail, rule, rules } = this;
    return {
      rows,
      rowsDropped: this.count - rows,
      time,
      kind,
      place,
      detail,
      rule,
      kinds,
      ofMessages,
      rules,
    };
  }

  summary(places: readonly Place[]): OccurrencesSummary {
    const byKind = new Map<string, number>();
    for (const [key, { count }] of this.tallies) {
      // A quota that throttles nobody has its tally all the same.
      if (count === 0) continue;
      const kind = kinds[Math.floor(key / (rulesMax * placesMax))]!;
      byKind.set(kind, (byKind.get(kind) ?? 0) + count);
    }
    const first = Array.from({ length: Math.min(this.rows, spelledOut) }, (_, row) => {
      const kind = kinds[this.kind[row]!]!;
      const where = places[this.place[row]!]!;
      const detail = this.detail[row]!;
      const rule = this.rules[this.rule[row]!]!;
      const message = sentenceOf(kind, where, detail, rule);
      return { at: this.time[row]! / nanosPerMilli, kind, where, detail, rule, message };
    });
    return { count: this.count, byKind: Object.fromEntries([...byKind].sort(byName)), first };
  }

  private get count(): number {
    let count = 0;
    for (const tally of this.tallies.values()) count += tally.count;
    return count;
  }

  private numberOf(rule: string): number {
    let number = this.ruleNumbers.get(rule);
    if (number === undefined) {
      // A file may have thousands of policies: beyond the limit nothing tells them apart.
      if (this.rules.length === rulesMax) return 0;
      number = this.rules.push(rule) - 1;
      this.ruleNumbers.set(rule, number);
    }
    return number;
  }

  private resize(capacity: number): void {
    const rows = Math.min(this.rows, capacity);
    this.time = resized(new Float64Array(capacity), this.time.subarray(0, rows));
    this.kind = resized(new Uint8Array(capacity), this.kind.subarray(0, rows));
    this.place = resized(new Uint16Array(capacity), this.place.subarray(0, rows));
    this.detail = resized(new Float64Array(capacity), this.detail.subarray(0, rows));
    this.rule = resized(new Uint16Array(capacity), this.rule.subarray(0, rows));
  }
}

function resized<T extends Float64Array | Uint16Array | Uint8Array>(to: T, from: T): T {
  to.set(from);
  return to;
}

function byName([a]: readonly [string, number], [b]: readonly [string, number]): number {
  return a < b ? -1 : 1;
}

/** What happened there, in a sentence without its time. */
export function sentenceOf(kind: OccurrenceKind, where: Place, detail: number, rule: string): string {
  return formOf(kind).sentence(inWords(where), detail, rule);
}

/** As sentences name it. */
export function inWords({ kind, name, number }: Place): string {
  if (name === "") return `${kind} ${number}`;
  if (number === null) return `${kind} ${name}`;
  return kind === "topic" ? `${kind} ${name} partition ${number}` : `${kind} ${name} ${number}`;
}
