import type { JoinRule } from "../model/consumer-work.ts";
import { EventList } from "../sim/event-list.ts";
import { LimitReached } from "../sim/limit.ts";
import { widened } from "../sim/messages.ts";
import type { DeliveryEnd, World } from "../sim/world.ts";
import type { JoinStats } from "../stats/join-stats.ts";
import type { OccurrenceKind } from "../stats/occurrence-kinds.ts";
import type { Changelog } from "./changelog.ts";
import type { StreamOperator } from "./sending-on.ts";
import { column, TaskRows, type TaskState } from "./task-rows.ts";

const nanosPerMilli = 1e6;

/** A message that waits for partners, as the changelog has it. */
export interface LoggedMessage {
  readonly sentAt: number;
  readonly rootAt: number;
  readonly common: number;
  readonly side: number;
  /** Is not written anywhere: it is for the books alone. */
  paired: boolean;
}

interface Task extends TaskState {
  /** Of each side the first message of each key: they are a ring, in the order in which they came. */
  readonly sides: readonly [Map<number, number>, Map<number, number>];
}

/**
 * What one instance keeps of the two sources that it joins, a column each. A message makes a pair with each kept one of the
 * other side that has its key, or goes back to the same message, and was sent `within` before or after it. It is kept
 * until stream time is more than twice `within` later, as the window stores of Kafka Streams retain it without a grace
 * period. (KStreamKStreamJoin; JoinWindows.ofTimeDifferenceWithNoGrace)
 */
export class Join extends TaskRows<Task, LoggedMessage> implements StreamOperator {
  readonly keepsBytes = true;
  private readonly rule: JoinRule;
  private readonly stats: JoinStats;
  private sentAt = column(Float64Array);
  /** When what it goes back to was sent. */
  private rootAt = column(Float64Array);
  /** What it has in common with its partners. */
  private common = column(Int32Array);
  private side = column(Uint8Array);
  /** 1 once it has had a partner. */
  private paired = column(Uint8Array);
  /** Its neighbour in the ring, as `next` is on the other side. */
  private previous = column(Int32Array);
  /** Where there is a changelog. */
  private readonly logged: LoggedMessage[] = [];
  /** Of the message that has come last, and how many of them have been told. */
  private readonly partners: number[] = [];
  private told = 0;

  constructor(
    world: World,
    of: {
      readonly rule: JoinRule;
      readonly stats: JoinStats;
      readonly place: number;
      readonly changelog: Changelog<LoggedMessage> | undefined;
    },
  ) {
    super(world, of.place, of.changelog);
    this.rule = of.rule;
    this.stats = of.stats;
  }

  enter(of: DeliveryEnd): boolean {
    const { rule, stats, partners } = this;
    const side = rule.of.indexOf(of.from);
    if (side < 0) return false;
    partners.length = this.told = 0;
    const common = rule.by === "key" ? of.key : of.rootId;
    const { now } = this.world.kernel;
    if (common < 0) {
      stats.lackKey(now);
      this.happened("keyless", 0, `by: ${rule.by}`);
      return true;
    }
    if (this.isForeign(of.task)) {
      this.undo(1);
      return true;
    }
    const task = this.taskOf(of.task);
    if (of.sentAt > task.streamTime) task.streamTime = of.sentAt;
    const bound = task.streamTime - 2 * rule.within;
    this.expire(task, bound);
    this.meet(task.sides[1 - side]!.get(common) ?? -1, of.sentAt);
    const isPaired = partners.length > 0;
    stats.pair(now, partners.length);
    if (isPaired) stats.join(now);
    if (of.sentAt >= bound) this.hold(task, of, side, common, isPaired);
    else if (!isPaired) {
      stats.comeLate(now);
      this.happened("tooLate", (bound - of.sentAt) / nanosPerMilli, "within");
    }
    return true;
  }

  /** The next pair of the message that has come. */
  yields(of: DeliveryEnd, into: DeliveryEnd): boolean {
    if (this.told === this.partners.length) return false;
    const partner = this.partners[this.told++]!;
    const rootAt = this.rootAt[partner]!;
    into.key = of.key;
    into.rootAt = rootAt < of.rootAt ? rootAt : of.rootAt;
    into.rootId = of.rootId;
    into.sentAt = Math.max(of.sentAt, this.sentAt[partner]!);
    into.routingKey = of.routingKey;
    return true;
  }

  protected newTask(): Task {
    return { streamTime: -Infinity, sides: [new Map(), new Map()], rows: new EventList() };
  }

  protected messagesIn(row: number): number {
    return 1 - this.paired[row]!;
  }

  protected messagesOf({ paired }: LoggedMessage): number {
    return paired ? 0 : 1;
  }

  protected lose(messages: number): void {
    this.stats.lose(messages);
  }

  protected gain(messages: number): void {
    this.stats.kept += messages;
  }

  protected isOver({ sentAt }: LoggedMessage, streamTime: number): boolean {
    return sentAt < streamTime - 2 * this.rule.within;
  }

  protected addBack(task: Task, message: LoggedMessage): void {
    this.logged[this.insert(task, message)] = message;
  }

  /** Finds the partners among those of the other side. */
  private meet(first: number, sentAt: number): void {
    if (first < 0) return;
    const { within } = this.rule;
    const { now } = this.world.kernel;
    let at = first;
    do {
      if (Math.abs(this.sentAt[at]! - sentAt) <= within) {
        this.partners.push(at);
        if (this.paired[at] === 0) {
          this.paired[at] = 1;
          if (this.changelog !== undefined) this.logged[at]!.paired = true;
          this.stats.kept--;
          this.stats.join(now);
        }
      }
      at = this.next[at]!;
    } while (at !== first);
  }

  /** Those that were sent before `bound` go, with a partner or without. */
  private expire({ rows, sides }: Task, bound: number): void {
    while (rows.peekTime() < bound) {
      rows.pop();
      const { a: slot } = rows;
      const side = sides[this.side[slot]!]!;
      const common = this.common[slot]!;
      const next = this.next[slot]!;
      if (next === slot) side.delete(common);
      else {
        this.next[this.previous[slot]!] = next;
        this.previous[next] = this.previous[slot]!;
        if (side.get(common) === slot) side.set(common, next);
      }
      if (this.paired[slot] === 0) {
        this.stats.expire(this.world.kernel.now);
        this.happened("unpaired", 0, "within");
      }
      this.release(slot);
    }
  }

  private hold(task: Task, of: DeliveryEnd, side: number, common: number, paired: boolean): void {
    const { sentAt, rootAt } = of;
    const message = { sentAt, rootAt, common, side, paired };
    const slot = this.insert(task, message);
    if (!paired) this.stats.kept++;
    if (this.changelog === undefined) return;
    this.logged[slot] = message;
    this.log(of.task, undefined, message, of.bytes);
  }

  /** At the end of its ring. */
  private insert(task: Task, { sentAt, rootAt, common, side, paired }: LoggedMessage): number {
    const slot = this.takeRow();
    const ring = task.sides[side]!;
    const first = ring.get(common);
    this.sentAt[slot] = sentAt;
    this.rootAt[slot] = rootAt;
    this.common[slot] = common;
    this.side[slot] = side;
    this.paired[slot] = paired ? 1 : 0;
    if (first === undefined) {
      ring.set(common, slot);
      this.next[slot] = this.previous[slot] = slot;
    } else {
      const last = this.previous[first]!;
      this.next[last] = this.previous[first] = slot;
      this.next[slot] = first;
      this.previous[slot] = last;
    }
    task.rows.push(sentAt, 0, slot, 0);
    return slot;
  }

  private happened(kind: OccurrenceKind, detail: number, rule: string): void {
    const { occurrences, kernel } = this.world;
    occurrences.add(kernel.now, kind, this.place, detail, rule);
  }

  protected widen(capacity: number): void {
    this.sentAt = widened(new Float64Array(capacity), this.sentAt);
    this.rootAt = widened(new Float64Array(capacity), this.rootAt);
    this.common = widened(new Int32Array(capacity), this.common);
    this.side = widened(new Uint8Array(capacity), this.side);
    this.paired = widened(new Uint8Array(capacity), this.paired);
    this.previous = widened(new Int32Array(capacity), this.previous);
  }

  protected tooMany(rows: number): LimitReached {
    return new LimitReached(
      "join",
      `${rows} messages wait for partners at one instance of a consumer; let \`within\` be shorter.`,
    );
  }
}
