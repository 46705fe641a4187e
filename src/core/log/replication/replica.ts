import type { Broker } from "../broker.ts";
import type { ReplicaFetcher } from "./replica-fetcher.ts";
import type { ReplicaSet } from "./replica-set.ts";

/** One broker's copy of a partition. Its log is the beginning of the leader's: a number of batches says all. */
export class Replica {
  readonly set: ReplicaSet;
  readonly broker: Broker;
  /** Batches that the leader knows it to have: what it asked for last begins there. */
  end = 0;
  /** End of the answer on its way to it. */
  arriving = 0;
  inSync = true;
  /** Fetches from the partition's leader; undefined for the leader itself. */
  fetcher: ReplicaFetcher | undefined;
  /** In the line of its fetcher: the leader has batches for it. */
  unread = false;
  followingUnread: Replica | undefined;

  constructor(set: ReplicaSet, broker: Broker) {
    this.set = set;
    this.broker = broker;
  }
}
