import type { Span } from "../text/span.ts";
import { Station, type Trace } from "./trace.ts";

/** Something that the timeline did, and what it did it to. */
export interface Fault {
  /** Milliseconds. */
  readonly at: number;
  /** A sentence without its time. */
  readonly says: string;
  /** Its line of the timeline. */
  readonly span: Span;
}

/** Why messages are lost, in words, with the setting that allows it. */
export interface LossRule {
  readonly says: string;
  /** Whose setting it is: that of the place where they are lost, or of the application that sent them. */
  readonly setBy: "place" | "sender";
}

/** A way in which messages of a run were lost. */
export interface Loss extends LossRule {
  /** What made it happen; null where no fault is behind it. */
  readonly fault: Fault | null;
}

const noPlaces: readonly number[] = [];

/** Marks in the journeys where messages are lost, by which rule and after which fault. Nothing is done for any other message. */
export class Losses {
  /** What the `detail` of such a step counts. */
  readonly ways: Loss[] = [];
  private readonly trace: Trace;
  private readonly numbers = new Map<string, number>();
  private readonly faults: Fault[] = [];
  /** The last fault of each place. */
  private readonly struck = new Map<number, number>();

  constructor(trace: Trace) {
    this.trace = trace;
  }

  strike(fault: Fault, places: readonly number[]): void {
    const number = this.faults.push(fault) - 1;
    for (const place of places) this.struck.set(place, number);
  }

  /** `time` is ns. `places`: those whose last fault may be behind it. */
  add(time: number, message: number, place: number, rule: LossRule, places = noPlaces): void {
    if (!this.trace.wants(message)) return;
    let fault = -1;
    for (const one of places) fault = Math.max(fault, this.struck.get(one) ?? -1);
    const key = `${fault} ${rule.says}`;
    let number = this.numbers.get(key);
    if (number === undefined) {
      number = this.ways.push({ ...rule, fault: this.faults[fault] ?? null }) - 1;
      this.numbers.set(key, number);
    }
    this.trace.addAt(time, message, Station.lost, place, number);
  }
}
