import type { EventList } from "../sim/event-list.ts";
import type { LimitReached } from "../sim/limit.ts";
import { widened } from "../sim/messages.ts";
import type { World } from "../sim/world.ts";

const initialCapacity = 64;
/** Rows at one instance, beyond which a run stops: 40 to 60 MB. */
const rowsMax = 1_000_000;

/** What an instance keeps of one task: Kafka Streams has one for each partition, with a time of its own. */
export interface TaskState {
  /** The latest time at which any of its messages was sent; it never goes back. */
  streamTime: number;
  /** Each of its rows once, by the time that lets it go. */
  readonly rows: EventList;
}

/** What one instance keeps by task, in rows of columns that come and go, and go with their task. */
export abstract class TaskRows<Task extends TaskState> {
  protected readonly world: World;
  protected readonly place: number;
  protected readonly tasks = new Map<number, Task>();
  /** Links rows in use as their owner wants, and the free ones. */
  protected next = new Int32Array(initialCapacity);
  private capacity = initialCapacity;
  private used = 0;
  private free = -1;

  constructor(world: World, place: number) {
    this.world = world;
    this.place = place;
  }

  /** The instance has these tasks alone from now on: what is kept of others is gone. */
  keep(tasks: readonly number[], rule: string): void {
    let lost = 0;
    for (const [number, { rows }] of this.tasks) {
      if (tasks.includes(number)) continue;
      for (; rows.size > 0; this.release(rows.a)) {
        rows.pop();
        lost += this.messagesIn(rows.a);
      }
      this.tasks.delete(number);
    }
    if (lost === 0) return;
    this.lose(lost);
    const { occurrences, kernel } = this.world;
    occurrences.add(kernel.now, "stateLost", this.place, lost, rule);
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

  protected abstract newTask(): Task;
  /** Messages that are lost with a row. */
  protected abstract messagesIn(row: number): number;
  protected abstract lose(messages: number): void;
  /** Makes room in the other columns for so many rows. */
  protected abstract widen(capacity: number): void;
  protected abstract tooMany(rows: number): LimitReached;
}

/** A column for as many rows as there is room for at first. */
export function column<Column>(of: new (length: number) => Column): Column {
  return new of(initialCapacity);
}
