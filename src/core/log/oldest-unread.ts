import type { World } from "../sim/world.ts";
import { LevelSeries } from "../stats/series.ts";

/**
 * How old the oldest message is that a group has not read: the time since it was sent, the largest of the group's
 * partitions. Each partition has a place, and the least time of all stands at the top of a tree over them.
 */
export class OldestUnread {
  readonly age: LevelSeries;
  /** A heap of pairs: the entry at i is the least of those at 2i and 2i + 1, and places begin in the middle. */
  private times = new Float64Array(2).fill(Infinity);
  private places = 0;

  constructor({ horizon, window, ranges }: World) {
    this.age = new LevelSeries(horizon, undefined, window.from, ranges);
  }

  /** A further partition; answers with its place. */
  enter(): number {
    if (2 * this.places === this.times.length) this.grow();
    return this.places++;
  }

  /** When the oldest unread message was sent, ns; Infinity where all is read. */
  get least(): number {
    return this.times[1]!;
  }

  /**
   * When the first unread record of a place was sent, ns; Infinity where there is none. Answers with what it is from now on: of what
   * nobody will read any more (`left`) the first one stays so, and may be forgotten.
   */
  set(place: number, sentAt: number, left: boolean, now: number): number {
    const { times } = this;
    let at = times.length / 2 + place;
    const before = times[at]!;
    if (before === sentAt || (left && before < Infinity && sentAt < Infinity)) return before;
    times[at] = sentAt;
    for (; at > 1; at >>= 1) {
      const least = Math.min(times[at]!, times[at ^ 1]!);
      if (times[at >> 1] === least) return sentAt;
      times[at >> 1] = least;
    }
    this.age.age(now, times[1]!);
    return sentAt;
  }

  private grow(): void {
    const { times } = this;
    const half = times.length / 2;
    const leaves = times.subarray(half);
    this.times = new Float64Array(4 * half).fill(Infinity);
    this.times.set(leaves, 2 * half);
    for (let at = 2 * half - 1; at > 0; at--)
      this.times[at] = Math.min(this.times[2 * at]!, this.times[2 * at + 1]!);
  }
}
