import type { StateMark } from "../sim/world.ts";
import type { ChangelogStats } from "../stats/changelog-stats.ts";

/** What a record of the changelog says: how a row is from then on, or that it is gone. */
interface Version<Row> {
  /** Of the record. */
  readonly id: number;
  readonly row: Row | undefined;
}

/** What is written of one task: a key for each of its rows. */
interface LoggedTask<Row> {
  /** Who has its state. */
  holder: object | undefined;
  /** As of the last commit, and the last record that it covered. */
  streamTime: number;
  committed: number;
  /** The last record. */
  last: number;
  /** By key, the oldest first: the newest that is committed, and those after it. */
  readonly rows: Map<number, Version<Row>[]>;
  /** Records since the commit. */
  fresh: { readonly id: number; readonly key: number }[];
  /** Messages in the rows of whoever had it last, until somebody has read it again. */
  away: number;
  /** Why it had to be given up. */
  rule: string;
  /** So many keys make it look for those that nobody needs any more. */
  pruneAt: number;
}

const initialPrune = 256;

/** What a consumer has written to its changelog: all its instances know it, in place of the records' values. */
export class Changelog<Row> {
  readonly topic: string;
  readonly stats: ChangelogStats;
  private readonly tasks = new Map<number, LoggedTask<Row>>();

  constructor(topic: string, stats: ChangelogStats) {
    this.topic = topic;
    this.stats = stats;
  }

  task(number: number): LoggedTask<Row> {
    let task = this.tasks.get(number);
    if (task === undefined) {
      task = {
        holder: undefined,
        streamTime: -Infinity,
        committed: -1,
        last: -1,
        rows: new Map(),
        fresh: [],
        away: 0,
        rule: "start",
        pruneAt: initialPrune,
      };
      this.tasks.set(number, task);
    }
    return task;
  }

  write(number: number, key: number, id: number, row: Row | undefined): void {
    const task = this.task(number);
    const versions = task.rows.get(key);
    if (versions === undefined) task.rows.set(key, [{ id, row }]);
    else versions.push({ id, row });
    task.fresh.push({ id, key });
    task.last = id;
  }

  /** What the mark covers is there to stay, and hides what it replaced. `isOver`: nobody needs the row any more. */
  committed(number: number, mark: StateMark, isOver: (row: Row, streamTime: number) => boolean): void {
    const task = this.task(number);
    if (mark.last < task.committed) return;
    task.committed = mark.last;
    task.streamTime = mark.streamTime;
    const { rows, fresh } = task;
    let covered = 0;
    for (; covered < fresh.length && fresh[covered]!.id <= mark.last; covered++) {
      const { key } = fresh[covered]!;
      const versions = rows.get(key);
      if (versions === undefined) continue;
      let newest = versions.length - 1;
      while (newest > 0 && versions[newest]!.id > mark.last) newest--;
      if (newest > 0) versions.splice(0, newest);
      if (versions.length === 1 && versions[0]!.row === undefined) rows.delete(key);
    }
    fresh.splice(0, covered);
    if (rows.size < task.pruneAt) return;
    for (const [key, versions] of rows) {
      const { id, row } = versions.at(-1)!;
      if (id <= mark.last && (row === undefined || isOver(row, mark.streamTime))) rows.delete(key);
    }
    task.pruneAt = Math.max(2 * rows.size, initialPrune);
  }
}
