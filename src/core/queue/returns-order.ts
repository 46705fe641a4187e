import { CopyRing } from "./copy-ring.ts";
import type { Ready } from "./ready-order.ts";
import type { Release } from "./release.ts";

/** Of the messages with normal and high priority so many high ones go out for a normal one. */
const highForOneNormal = 2;
/** From this priority on a message is a high one. */
const highFrom = 5;
const strictLevels = 32;
const strictDefault = 4;

/**
 * The ready copies of a quorum queue: what was returned goes out first, in the order in which it was returned, without
 * its priority. Before 4.0 all others follow in the order of publishing; 4.0 to 4.2 serve two high ones to a normal one,
 * 4.3 has 32 levels. (Recorded from RabbitMQ 3.10; priorities from the documentation)
 */
export class ReturnsOrder implements Ready {
  private readonly returned = new CopyRing();
  /** By level, the lowest first. */
  private readonly levels: readonly CopyRing[];
  private readonly levelOf: (copy: number) => number;
  private readonly weighted: boolean;
  /** High ones that went out since the last normal one. */
  private highRun = 0;

  constructor(priorities: Release["quorumPriorities"], priorityOf: (copy: number) => number | undefined) {
    const count = priorities === "strict" ? strictLevels : priorities === "two" ? 2 : 1;
    this.levels = Array.from({ length: count }, () => new CopyRing());
    this.weighted = priorities === "two";
    this.levelOf =
      priorities === "strict"
        ? (copy) => Math.min(priorityOf(copy) ?? strictDefault, strictLevels - 1)
        : priorities === "two"
          ? (copy) => ((priorityOf(copy) ?? strictDefault) < highFrom ? 0 : 1)
          : () => 0;
  }

  get size(): number {
    let size = this.returned.length;
    for (const level of this.levels) size += level.length;
    return size;
  }

  push(copy: number): void {
    this.levels[this.levelOf(copy)]!.push(copy);
  }

  peek(): number {
    return this.returned.length > 0 ? this.returned.peek() : this.next().peek();
  }

  take(): number {
    if (this.returned.length > 0) return this.returned.shift();
    const level = this.next();
    if (this.weighted) this.highRun = level === this.levels[1] ? this.highRun + 1 : 0;
    return level.shift();
  }

  putBack(copy: number): void {
    this.returned.push(copy);
  }

  /** All copies from the front on; those of different levels level by level. */
  *[Symbol.iterator](): Iterable<number> & Iterator<number> {
    yield* this.returned;
    for (const level of this.levels.toReversed()) yield* level;
  }

  private next(): CopyRing {
    if (this.weighted) {
      const [normal, high] = this.levels as readonly [CopyRing, CopyRing];
      return high.length > 0 && (normal.length === 0 || this.highRun < highForOneNormal) ? high : normal;
    }
    return this.levels.findLast((level) => level.length > 0) ?? this.levels[0]!;
  }
}
