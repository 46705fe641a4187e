import type { WindowRule } from "../model/consumer-work.ts";
import { EventList } from "../sim/event-list.ts";
import { assert } from "../sim/invariant.ts";
import { LimitReached } from "../sim/limit.ts";
import { noKey, widened } from "../sim/messages.ts";
import type { DeliveryEnd, World } from "../sim/world.ts";
import type { Tally } from "../stats/occurrences.ts";
import type { WindowStats } from "../stats/window-stats.ts";
import type { Changelog } from "./changelog.ts";
import type { StreamOperator } from "./sending-on.ts";
import { column, TaskRows, type TaskState } from "./task-rows.ts";

const nanosPerMilli = 1e6;

/** A window as the changelog has it. */
export interface LoggedWindow {
  readonly start: number;
  readonly end: number;
  readonly rootAt: number;
  readonly key: number;
  readonly count: number;
  readonly routingKey: string;
}

/** The windows of one task; each is among `rows` by its end as it was when it got there. */
interface Task extends TaskState {
  /** The first open window of each key; they are linked by `next`, the earliest first. */
  readonly byKey: Map<number, number>;
}

/**
 * The open windows of one instance, a column each. Time is that of the messages: a window takes in what was sent before its
 * end, and closes when its task has seen a message that was sent `grace` after it, so that the last one waits for what
 * comes later. (KStreamWindowAggregate, KStreamSessionWindowAggregate; results as of `EmitStrategy.onWindowClose()`)
 */
export class Windows extends TaskRows<Task, LoggedWindow> implements StreamOperator {
  readonly keepsBytes = false;
  private readonly rule: WindowRule;
  private readonly stats: WindowStats;
  private readonly keepsRoutingKey: boolean;
  private late: Tally | undefined = undefined;
  private keyless: Tally | undefined = undefined;
  /** Of a session its first and its last message; else the window's bounds, the end not within it. */
  private start = column(Float64Array);
  private end = column(Float64Array);
  /** When the earliest of what its messages go back to was sent. */
  private rootAt = column(Float64Array);
  private key = column(Int32Array);
  /** Messages in it; 0 for a session that has become part of another. */
  private count = column(Int32Array);
  /** Of its latest message. */
  private readonly routingKey: string[] = [];

  constructor(
    world: World,
    of: {
      readonly rule: WindowRule;
      readonly stats: WindowStats;
      readonly place: number;
      readonly keepsRoutingKey: boolean;
      readonly changelog: Changelog<LoggedWindow> | undefined;
    },
  ) {
    super(world, of.place, of.changelog);
    this.rule = of.rule;
    this.stats = of.stats;
    this.keepsRoutingKey = of.keepsRoutingKey;
  }

  /** A message of a task goes into its windows. */
  enter(of: DeliveryEnd): boolean {
    const { rule } = this;
    if (rule.byKey && of.key === noKey) {
      this.lackKey();
      return true;
    }
    if (this.isForeign(of.task)) {
      this.undo(this.windowsOf(of.sentAt));
      return true;
    }
    const task = this.taskOf(of.task);
    if (of.sentAt > task.streamTime) task.streamTime = of.sentAt;
    const key = rule.byKey ? of.key : noKey;
    if (rule.kind === "session") this.enterSession(task, key, rule.gap, of);
    else this.enterEach(task, key, rule.size, rule.every, of);
    return true;
  }

  /** Takes out the next window of its task that stream time closes. */
  yields(of: DeliveryEnd, into: DeliveryEnd): boolean {
    const { rule, end, count } = this;
    const task = this.tasks.get(of.task);
    if (task === undefined) return false;
    const { rows } = task;
    const bound = task.streamTime - rule.grace - (rule.kind === "session" ? rule.gap : 0);
    // A session ends with its last message, other windows before their end.
    while (rule.kind === "session" ? rows.peekTime() < bound : rows.peekTime() <= bound) {
      rows.pop();
      const { a: slot, time } = rows;
      if (count[slot] === 0) this.release(slot);
      else if (end[slot]! > time) rows.push(end[slot]!, 0, slot, 0);
      else {
        this.takeOut(task, slot, into);
        return true;
      }
    }
    return false;
  }

  protected newTask(): Task {
    return { streamTime: -Infinity, byKey: new Map(), rows: new EventList() };
  }

  protected messagesIn(row: number): number {
    return this.count[row]!;
  }

  protected messagesOf({ count }: LoggedWindow): number {
    return count;
  }

  protected lose(messages: number): void {
    this.stats.lose(messages);
  }

  protected gain(messages: number): void {
    this.stats.kept += messages;
  }

  protected isOver({ end }: LoggedWindow, streamTime: number): boolean {
    const { rule } = this;
    return rule.kind === "session"
      ? end < streamTime - rule.grace - rule.gap
      : end <= streamTime - rule.grace;
  }

  protected addBack(task: Task, { start, end, rootAt, key, count, routingKey }: LoggedWindow): void {
    let before = -1;
    let at = task.byKey.get(key) ?? -1;
    for (; at >= 0 && this.end[at]! < end; at = this.next[at]!) before = at;
    const slot = this.open(task, key, start, end, before, at);
    this.rootAt[slot] = rootAt;
    this.count[slot] = count;
    if (this.keepsRoutingKey) this.routingKey[slot] = routingKey;
  }

  /** Windows that a message of this time is in. */
  private windowsOf(sentAt: number): number {
    const { rule } = this;
    if (rule.kind === "session") return 1;
    return Math.floor(sentAt / rule.every) - Math.floor((sentAt - rule.size) / rule.every);
  }

  /** The changelog gets the window as it is, or hears that it is gone. */
  private record(number: number, slot: number, gone: boolean): void {
    if (this.changelog === undefined) return;
    const { keys } = this.world;
    const key = this.key[slot]!;
    const start = this.start[slot]!;
    const end = this.end[slot]!;
    const text = key === noKey ? "" : keys.textOf(key);
    const times =
      this.rule.kind === "session"
        ? `${start / nanosPerMilli}-${end / nanosPerMilli}`
        : start / nanosPerMilli;
    const row = {
      start,
      end,
      rootAt: this.rootAt[slot]!,
      key,
      count: this.count[slot]!,
      routingKey: this.routingKey[slot] ?? "",
    };
    this.log(number, keys.idOf(`${text}@${times}`), gone ? undefined : row);
  }

  /** The message is in each window that spans its time and is open still. */
  private enterEach(task: Task, key: number, size: number, every: number, of: DeliveryEnd): void {
    const bound = task.streamTime - this.rule.grace;
    const last = Math.floor(of.sentAt / every);
    let before = -1;
    let at = task.byKey.get(key) ?? -1;
    for (let number = Math.floor((of.sentAt - size) / every) + 1; number <= last; number++) {
      const start = number * every;
      if (start + size <= bound) {
        this.comeLate(bound - start - size);
        continue;
      }
      for (; at >= 0 && this.end[at]! < start + size; at = this.next[at]!) before = at;
      if (at < 0 || this.end[at] !== start + size) at = this.open(task, key, start, start + size, before, at);
      this.take(at, of);
      this.record(of.task, at, false);
    }
  }

  /** The message begins a session, or makes one longer, or brings several together. */
  private enterSession(task: Task, key: number, gap: number, of: DeliveryEnd): void {
    const { sentAt } = of;
    let before = -1;
    let at = task.byKey.get(key) ?? -1;
    for (; at >= 0 && this.end[at]! < sentAt - gap; at = this.next[at]!) before = at;
    if (at < 0 || this.start[at]! > sentAt + gap) {
      const bound = task.streamTime - this.rule.grace - gap;
      if (sentAt < bound) this.comeLate(bound - sentAt);
      else {
        const slot = this.open(task, key, sentAt, sentAt, before, at);
        this.take(slot, of);
        this.record(of.task, slot, false);
      }
      return;
    }
    // What is brought together has been known by other times.
    const following = this.next[at]!;
    const grows =
      this.start[at] !== sentAt ||
      this.end[at] !== sentAt ||
      (following >= 0 && this.start[following]! <= sentAt + gap);
    if (grows) this.record(of.task, at, true);
    this.start[at] = Math.min(this.start[at]!, sentAt);
    this.end[at] = Math.max(this.end[at]!, sentAt);
    this.take(at, of);
    for (let other = this.next[at]!; other >= 0 && this.start[other]! <= sentAt + gap;) {
      this.record(of.task, other, true);
      this.end[at] = Math.max(this.end[at]!, this.end[other]!);
      this.rootAt[at] = Math.min(this.rootAt[at]!, this.rootAt[other]!);
      this.count[at]! += this.count[other]!;
      this.count[other] = 0;
      other = this.next[at] = this.next[other]!;
    }
    this.record(of.task, at, false);
  }

  private comeLate(by: number): void {
    const { occurrences, kernel } = this.world;
    this.stats.comeLate(kernel.now);
    this.late ??= occurrences.tally("tooLate", this.place, "grace");
    this.late.happened(kernel.now, by / nanosPerMilli);
  }

  private lackKey(): void {
    const { occurrences, kernel } = this.world;
    this.stats.lackKey(kernel.now);
    this.keyless ??= occurrences.tally("keyless", this.place, "by: key");
    this.keyless.happened(kernel.now);
  }

  private take(slot: number, { rootAt, routingKey }: DeliveryEnd): void {
    this.stats.kept++;
    this.count[slot]!++;
    if (rootAt < this.rootAt[slot]!) this.rootAt[slot] = rootAt;
    if (this.keepsRoutingKey) this.routingKey[slot] = routingKey;
  }

  /** Earlier windows of a key close first. */
  private takeOut(task: Task, slot: number, into: DeliveryEnd): void {
    const key = this.key[slot]!;
    assert(task.byKey.get(key) === slot, "the earliest window of a key closes first");
    if (this.next[slot]! < 0) task.byKey.delete(key);
    else task.byKey.set(key, this.next[slot]!);
    into.key = key;
    const rootAt = this.rootAt[slot]!;
    into.rootAt = rootAt < Infinity ? rootAt : NaN;
    into.rootId = -1;
    into.sentAt = this.end[slot]!;
    into.routingKey = this.routingKey[slot] ?? "";
    this.stats.close(this.world.kernel.now, this.count[slot]!);
    this.release(slot);
  }

  /** A new window, between two others of its key. */
  private open(task: Task, key: number, start: number, end: number, before: number, after: number): number {
    const slot = this.takeRow();
    this.start[slot] = start;
    this.end[slot] = end;
    this.rootAt[slot] = Infinity;
    this.key[slot] = key;
    this.count[slot] = 0;
    this.next[slot] = after;
    if (before < 0) task.byKey.set(key, slot);
    else this.next[before] = slot;
    task.rows.push(end, 0, slot, 0);
    return slot;
  }

  protected widen(capacity: number): void {
    this.start = widened(new Float64Array(capacity), this.start);
    this.end = widened(new Float64Array(capacity), this.end);
    this.rootAt = widened(new Float64Array(capacity), this.rootAt);
    this.key = widened(new Int32Array(capacity), this.key);
    this.count = widened(new Int32Array(capacity), this.count);
  }

  protected tooMany(rows: number): LimitReached {
    return new LimitReached(
      "windows",
      `${rows} windows are open at one instance of a consumer; let them be shorter, or start less often.`,
    );
  }
}
