import type { ClusterSettings, ReplicationSettings } from "../../model/kafka-cluster.ts";
import type { Broker } from "../broker.ts";
import type { LogContext } from "../log-context.ts";
import type { Partition } from "../partition.ts";
import { ReplicaFetcher } from "./replica-fetcher.ts";
import { ReplicaSet } from "./replica-set.ts";

/** All that copies partitions from their leaders to their followers. */
export class Replication {
  /** Events name fetchers by their places in this list. */
  readonly fetchers: ReplicaFetcher[] = [];
  private readonly context: LogContext;
  private readonly settings: ClusterSettings;
  private readonly byPair = new Map<Broker, Map<Broker, ReplicaFetcher>>();
  /** Fetchers that may be answered, once what happens now has happened to its end. */
  private readonly woken: ReplicaFetcher[] = [];
  private waking = false;

  constructor(context: LogContext, settings: ClusterSettings) {
    this.context = context;
    this.settings = settings;
  }

  /** Gives a partition its replicas: the first broker leads. */
  add(partition: Partition, brokers: readonly Broker[], settings: ReplicationSettings): void {
    partition.log.replicated = true;
    partition.replicas = new ReplicaSet(this.context, this, partition, brokers, settings);
  }

  fetcherOf(leader: Broker, follower: Broker): ReplicaFetcher {
    let followers = this.byPair.get(leader);
    if (followers === undefined) this.byPair.set(leader, (followers = new Map<Broker, ReplicaFetcher>()));
    let fetcher = followers.get(follower);
    if (fetcher === undefined) {
      fetcher = new ReplicaFetcher(this.context, this.fetchers.length, leader, follower, this.settings);
      this.fetchers.push(fetcher);
      followers.set(follower, fetcher);
    }
    return fetcher;
  }

  /** `wake` follows. */
  wakes(fetcher: ReplicaFetcher): void {
    if (!this.woken.includes(fetcher)) this.woken.push(fetcher);
  }

  /** All of a produce request is appended. */
  wake(): void {
    if (this.waking) return;
    this.waking = true;
    for (let fetcher = this.woken.shift(); fetcher !== undefined; fetcher = this.woken.shift())
      fetcher.wake();
    this.waking = false;
  }
}
