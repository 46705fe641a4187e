import { zero } from "../../sim/zero.ts";
import type { Broker } from "../broker.ts";
import { Unflushed } from "../unflushed.ts";
import type { ReplicaFetcher } from "./replica-fetcher.ts";
import type { ReplicaSet } from "./replica-set.ts";

/** One broker's copy of a partition. Its log is the beginning of the leader's: where it ends says all. */
export class Replica {
  readonly set: ReplicaSet;
  readonly broker: Broker;
  /** Batches that the leader knows it to have, and the offset after them: what it asked for last begins there. */
  end = 0;
  endOffset = zero;
  /** What it has. */
  held = 0;
  heldOffset = zero;
  /** End of the answer on its way to it. */
  arriving = 0;
  arrivingOffset = zero;
  /** Batches below the high watermark as its leader told it last, and as it knows it. */
  told = 0;
  known = 0;
  private readonly unflushed = new Unflushed();
  inSync = true;
  /** Its leader has asked the controllers to count it as in sync: the high watermark waits for it already. */
  joining = false;
  /** It left when too few were in sync, so it has all that was ever confirmed. (KIP-966) */
  eligible = false;
  /** When it last had all that its leader had. */
  caughtUpAt = zero;
  /** Its last fetch: when it came, and how many batches the leader had. */
  fetchedAt = zero;
  leaderEnd = 0;
  /** Fetches from the partition's leader; undefined for the leader itself, and without one. */
  fetcher: ReplicaFetcher | undefined = undefined;
  /** In the line of its fetcher: the leader has batches for it. */
  unread = false;
  followingUnread: Replica | undefined = undefined;

  constructor(set: ReplicaSet, broker: Broker) {
    this.set = set;
    this.broker = broker;
  }

  /** A fetch of this replica is at the leader, which has so many batches. (Replica.updateFetchStateOrThrow) */
  fetches(now: number, batches: number): void {
    if (this.end >= batches) this.caughtUpAt = now;
    else if (this.end >= this.leaderEnd) this.caughtUpAt = Math.max(this.caughtUpAt, this.fetchedAt);
    this.fetchedAt = now;
    this.leaderEnd = batches;
  }

  /** What an answer brought is appended: whether that flushes its log. */
  flushes(): boolean {
    return this.unflushed.append(this.arrivingOffset - this.heldOffset, this.set.partition.flushEvery);
  }

  /** It has exactly this. */
  holds(batches: number, offset: number): void {
    this.end = this.held = this.arriving = this.told = this.known = batches;
    this.endOffset = this.heldOffset = this.arrivingOffset = offset;
  }
}
