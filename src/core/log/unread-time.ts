import { zero } from "../sim/zero.ts";
import type { LongestPause } from "../stats/finding.ts";
import type { Partition } from "./partition.ts";

/** Time inside the window in which a group did not read its partitions, ns. */
export class UnreadTime {
  /** Sum over the partitions. */
  total = zero;
  private readonly windowFrom: number;
  private longest: Omit<LongestPause, "group"> | undefined = undefined;

  constructor(windowFrom: number) {
    this.windowFrom = windowFrom;
  }

  /** Nobody read the partition between these times; NaN for since ever. */
  add({ log }: Partition, since: number, now: number): void {
    const from = Math.max(since, this.windowFrom);
    if (!(now > from)) return;
    this.total += now - from;
    const { longest } = this;
    if (longest === undefined || now - from > longest.to - longest.from)
      this.longest = { topic: log.topic, partition: log.partition, from, to: now };
  }

  /** Empty where every partition was read all the time. */
  longestOf(group: string): readonly LongestPause[] {
    return this.longest === undefined ? [] : [{ group, ...this.longest }];
  }
}
