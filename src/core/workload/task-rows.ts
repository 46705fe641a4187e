import type { EventList } from "../sim/event-list.ts";
import type { LimitReached } from "../sim/limit.ts";
import { widened } from "../sim/messages.ts";
import type { LoggedState, ReadBack, StateMark, World } from "../sim/world.ts";
import type { Changelog } from "./changelog.ts";

const initialCapacity = 64;
/** Rows at one instance, beyond which a run stops: 40 to 60 MB. */
const rowsMax = 1_000_000;
const nanosPerMilli = 1e6;

/** What an instance keeps of one task: Kafka Streams has one for each partition, with a time of its own. */
export interface TaskState {
  /** The latest time at which any of its messages was sent; it never goes back. */
  streamTime: number;
  /** Each of its rows once, by the time that lets it go. */
  readonly rows: EventList;
}

/** Sends one record to the changelog's partition of a task; `bytes`: of its value, where they are not drawn. */
export type RecordSender = (
  task: number,
  key: number | undefined,
  bytes: number | undefined,
  gone: boolean,
) => number;

/** What one instance keeps by task, in rows of columns that come and go, and go with their task unless a changelog has them. */
export abstract class TaskRows<Task extends TaskState, Row> implements LoggedState {
  abstract readonly keepsBytes: boolean;
  protected readonly world: World;
  protected readonly place: number;
  protected readonly tasks = new Map<number, Task>();
  /** Undefined where state is in memory alone. */
  protected readonly changelog: Changelog<Row> | undefined;
  /** Links rows in use as their owner wants, and the free ones. */
  protected next = new Int32Array(initialCapacity);
  private sendRecord: RecordSender | undefined = undefined;
  private capacity = initialCapacity;
  private used = 0;
  private free = -1;

  constructor(world: World, place: number, changelog?: Changelog<Row>) {
    this.world = world;
    this.place = place;
    this.changelog = changelog;
  }

  get state(): LoggedState | undefined {
    return this.changelog === undefined ? undefined : this;
  }

  get topic(): string {
    return this.changelog!.topic;
  }

  logsBy(sendRecord: RecordSender): void {
    this.sendRecord = sendRecord;
  }

  /** The instance has these tasks alone from now on: what is kept of others is gone. */
  keep(tasks: readonly number[], rule: string): void {
    let lost = 0;
    for (const number of this.tasks.keys()) if (!tasks.includes(number)) lost += this.drop(number, rule);
    if (lost === 0) return;
    this.lose(lost);
    const { occurrences, kernel } = this.world;
    occurrences.add(kernel.now, "stateLost", this.place, lost, rule);
  }

  lacks(task: number): boolean {
    return !this.tasks.has(task);
  }

  mark(task: number): StateMark {
    const { last, streamTime } = this.changelog!.task(task);
    return { last, streamTime: this.tasks.get(task)?.streamTime ?? streamTime };
  }

  committed(task: number, mark: StateMark): void {
    this.changelog!.committed(task, mark, (row, streamTime) => this.isOver(row, streamTime));
  }

  restore(number: number, { readable, present, records, waited }: ReadBack): void {
    const { stats } = this.changelog!;
    const logged = this.changelog!.task(number);
    if (logged.holder instanceof TaskRows && logged.holder !== this) logged.holder.drop(number, "rebalance");
    logged.holder = this;
    const task = this.taskOf(number);
    task.streamTime = logged.streamTime;
    let back = 0;
    let lost = 0;
    const needed = (row: Row | undefined): row is Row & {} =>
      row !== undefined && !this.isOver(row, task.streamTime);
    for (const [key, versions] of logged.rows) {
      const found = versions.findLast(({ id }) => readable.has(id));
      const kept = versions.findLast(({ id }) => id <= logged.committed);
      if (found === undefined) logged.rows.delete(key);
      else logged.rows.set(key, [found]);
      const messages = needed(found?.row) ? this.messagesOf(found.row) : 0;
      if (needed(found?.row)) this.addBack(task, found.row, key);
      back += messages;
      // What it came of is committed, and will not be read again.
      const isGone = kept !== undefined && kept.id > (found?.id ?? -1) && !present.has(kept.id);
      if (isGone && needed(kept.row)) lost += Math.max(this.messagesOf(kept.row) - messages, 0);
    }
    logged.fresh = logged.fresh.filter(({ id, key }) => logged.rows.get(key)?.[0]?.id === id);
    const more = back + lost - logged.away;
    logged.away = 0;
    this.gain(more);
    if (more > 0) stats.reopened += more;
    else stats.undone -= more;
    const { occurrences, kernel } = this.world;
    if (lost > 0) {
      this.lose(lost);
      occurrences.add(kernel.now, "stateLost", this.place, lost, "changelog");
    }
    if (records === 0) return;
    stats.restore(kernel.now, records, waited);
    occurrences.add(kernel.now, "stateRestored", this.place, waited / nanosPerMilli, logged.rule);
  }

  /** Others have the task by now: they read again what is in work here. */
  protected isForeign(task: number): boolean {
    return this.changelog !== undefined && !this.tasks.has(task);
  }

  /** So many messages are to be read again. */
  protected undo(messages: number): void {
    this.changelog!.stats.undone += messages;
  }

  /** The changelog has the row from now on, or (`undefined`) has it no more; answers its key. */
  protected log(task: number, key: number | undefined, row: Row | undefined, bytes?: number): number {
    const { changelog } = this;
    const id = this.sendRecord!(task, key, bytes, row === undefined);
    changelog!.stats.write(this.world.kernel.now);
    changelog!.write(task, key ?? id, id, row);
    return key ?? id;
  }

  protected taskOf(number: number): Task {
    let task = this.tasks.get(number);
    if (task === undefined) this.tasks.set(number, (task = this.newTask()));
    return task;
  }

  protected takeRow(): number {
    const row = this.free;
    if (row >= 0) {
      this.free = this.next[row]!;
      return row;
    }
    if (this.used === this.capacity) {
      if (this.used >= rowsMax) throw this.tooMany(rowsMax);
      this.widen(2 * this.capacity);
      this.capacity *= 2;
      this.next = widened(new Int32Array(this.capacity), this.next);
    }
    return this.used++;
  }

  protected release(row: number): void {
    this.next[row] = this.free;
    this.free = row;
  }

  /** Answers how many messages are lost with it. */
  private drop(number: number, rule: string): number {
    const { rows } = this.tasks.get(number)!;
    let messages = 0;
    for (; rows.size > 0; this.release(rows.a)) {
      rows.pop();
      messages += this.messagesIn(rows.a);
    }
    this.tasks.delete(number);
    if (this.changelog === undefined) return messages;
    const logged = this.changelog.task(number);
    logged.away += messages;
    logged.rule = rule;
    if (logged.holder === this) logged.holder = undefined;
    return 0;
  }

  protected abstract newTask(): Task;
  /** Messages that are lost with a row. */
  protected abstract messagesIn(row: number): number;
  protected abstract messagesOf(row: Row): number;
  protected abstract lose(messages: number): void;
  /** So many more are kept, or fewer. */
  protected abstract gain(messages: number): void;
  /** Whether a row has been let go by this stream time. */
  protected abstract isOver(row: Row, streamTime: number): boolean;
  /** A row as the changelog has it. */
  protected abstract addBack(task: Task, row: Row, key: number): void;
  /** Makes room in the other columns for so many rows. */
  protected abstract widen(capacity: number): void;
  protected abstract tooMany(rows: number): LimitReached;
}

/** A column for as many rows as there is room for at first. */
export function column<Column>(of: new (length: number) => Column): Column {
  return new of(initialCapacity);
}
