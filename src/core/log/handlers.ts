import type { Lineage } from "../sim/lineage.ts";
import { noKey } from "../sim/messages.ts";
import type { GroupPartition } from "./group-partition.ts";
import type { MemberSetup } from "./member-setup.ts";
import type { Partition } from "./partition.ts";

/** The records in work at one member, a column each; a handler is its place in them. */
export class Handlers<Of extends { readonly partition: Partition } = GroupPartition> {
  /** Undefined where it is idle. */
  readonly of: (Of | undefined)[];
  readonly offset: Float64Array;
  readonly sentAt: Float64Array;
  /** When this delivery began: `poll()` returned it, or it failed and is tried again. */
  readonly deliveredAt: Float64Array;
  readonly takenUpAt: Float64Array;
  /** Since when it waits for the next attempt at its record; NaN while it works. */
  readonly waitsSince: Float64Array;
  readonly key: Int32Array;
  readonly id: Int32Array;
  readonly source: Uint16Array;
  busy = 0;
  private readonly idle: number[];

  constructor(count: number) {
    this.of = Array.from<Of | undefined>({ length: count });
    this.offset = new Float64Array(count);
    this.sentAt = new Float64Array(count);
    this.deliveredAt = new Float64Array(count);
    this.takenUpAt = new Float64Array(count);
    this.waitsSince = new Float64Array(count).fill(NaN);
    this.key = new Int32Array(count);
    this.id = new Int32Array(count);
    this.source = new Uint16Array(count);
    this.idle = Array.from({ length: count }, (_, i) => count - 1 - i);
  }

  get anyIdle(): boolean {
    return this.idle.length > 0;
  }

  takeUp(of: Of, offset: number, deliveredAt: number, now: number): number {
    const handler = this.idle.pop()!;
    this.busy++;
    this.goOn(handler, of, offset, deliveredAt, now);
    return handler;
  }

  /** The handler has this record in work now. */
  goOn(handler: number, of: Of, offset: number, deliveredAt: number, now: number): void {
    const { log } = of.partition;
    const at = log.at(offset);
    this.of[handler] = of;
    this.offset[handler] = offset;
    this.deliveredAt[handler] = deliveredAt;
    this.takenUpAt[handler] = now;
    this.sentAt[handler] = log.sentAt[at]!;
    this.key[handler] = log.key[at]!;
    this.id[handler] = log.id[at]!;
    this.source[handler] = log.source[at]!;
  }

  /** Its delivery has ended, but not in its record's first success. */
  attempt(handler: number, at: number, { stats, instance }: MemberSetup): void {
    stats.attempt(at, instance, this.deliveredAt[handler]!, this.takenUpAt[handler]!);
  }

  /** Its delivery has ended in a further success of its record. */
  finishAgain(handler: number, at: number, setup: MemberSetup, replayed = false): void {
    this.attempt(handler, at, setup);
    setup.stats.finishAgain(at, replayed);
  }

  /** Its delivery has ended in its record's first success. */
  finish(handler: number, at: number, { stats, instance }: MemberSetup, lineage: Lineage): void {
    const { deliveredAt, takenUpAt, sentAt } = this;
    stats.ended.add(at, instance, deliveredAt[handler]!, takenUpAt[handler]!, sentAt[handler]!);
    if (lineage.kept) stats.finishJourney(at, this.rootOf(handler, lineage));
  }

  /** When the message that its record goes back to was sent. */
  rootOf(handler: number, lineage: Lineage): number {
    return lineage.rootOf(this.source[handler]!, this.id[handler]!, this.sentAt[handler]!);
  }

  release(handler: number): void {
    this.of[handler] = undefined;
    this.busy--;
    this.idle.push(handler);
  }

  /** The wait before the next attempt is over. */
  endWait(handler: number, now: number, { stats, instance }: MemberSetup): void {
    stats.block(now, instance, this.waitsSince[handler]!);
    this.waitsSince[handler] = NaN;
  }

  /** Books what those in work have done until now, whose records come to no end. */
  bookOpen(now: number, setup: MemberSetup): void {
    for (let h = 0; h < this.of.length; h++) {
      if (this.of[h] === undefined) continue;
      if (this.waitsSince[h]! >= 0) this.endWait(h, now, setup);
      else setup.stats.stillBusy(now, setup.instance, this.takenUpAt[h]!);
    }
  }

  /** The process is gone in the middle of its work. */
  abandon(now: number, setup: MemberSetup): void {
    this.bookOpen(now, setup);
    for (let h = 0; h < this.of.length; h++) if (this.of[h] !== undefined) this.release(h);
  }

  inWork(of: Of, key: number): boolean {
    if (key === noKey) return false;
    for (let h = 0; h < this.of.length; h++) if (this.of[h] === of && this.key[h] === key) return true;
    return false;
  }

  /** Whether an earlier record of the same partition and key is in work; without keys, of the partition. */
  earlierInWork(handler: number): boolean {
    return this.busy > 1 && this.anyEarlier(handler);
  }

  private anyEarlier(handler: number): boolean {
    const of = this.of[handler];
    for (let h = 0; h < this.of.length; h++)
      if (this.of[h] === of && this.key[h] === this.key[handler]! && this.offset[h]! < this.offset[handler]!)
        return true;
    return false;
  }

  /** Offsets of the partition that are in work. */
  offsetsOf(of: Of): number[] {
    const offsets: number[] = [];
    for (let h = 0; h < this.of.length; h++) if (this.of[h] === of) offsets.push(this.offset[h]!);
    return offsets;
  }

  countOf(of: Of): number {
    return this.of.filter((one) => one === of).length;
  }

  lowest(of: Of): number {
    let lowest = Infinity;
    for (let h = 0; h < this.of.length; h++)
      if (this.of[h] === of && this.offset[h]! < lowest) lowest = this.offset[h]!;
    return lowest;
  }
}
