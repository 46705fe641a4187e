import { LevelSeries } from "../stats/series.ts";
import type { FetchSession } from "./fetch-session.ts";
import type { Group } from "./group.ts";
import type { Partition } from "./partition.ts";

/** What a group knows of one partition: committed ≤ open records ≤ position ≤ fetched ≤ log end. All are offsets. */
export class GroupPartition {
  readonly partition: Partition;
  readonly group: Group;
  session: FetchSession | undefined;
  /** Where the group began to read. */
  start = 0;
  /** −1 before the group has a position. */
  committed = -1;
  /** Next record that `poll()` returns. */
  position = 0;
  /** End of the client's buffer: the next fetch asks from here. */
  fetched = 0;
  /** End of the answer that is on its way. */
  arriving = 0;
  /** The batch that the next fetch begins with. */
  batch = 0;
  /** Part of the fetch that is at the broker. */
  requested = false;
  /** A record of it is in work, where order is kept by partition. */
  busy = false;
  /** The offset that a commit on its way carries. */
  committing = 0;
  /** The first record that is not settled, or not committed: those before it may be forgotten. */
  needed = 0;
  finished = 0;
  skipped = 0;
  readonly lag: LevelSeries;

  constructor(partition: Partition, group: Group, horizon: number, windowFrom: number) {
    this.partition = partition;
    this.group = group;
    this.lag = new LevelSeries(horizon, undefined, windowFrom);
  }

  get buffered(): number {
    return this.fetched - this.position;
  }
}
