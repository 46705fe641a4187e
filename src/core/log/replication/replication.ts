import type { ClusterSettings, ReplicationSettings } from "../../model/kafka-cluster.ts";
import type { OccurrenceKind } from "../../stats/occurrence-kinds.ts";
import { stringHash } from "../assignment/java-hash.ts";
import type { Broker } from "../broker.ts";
import type { LogContext } from "../log-context.ts";
import { LogEvent } from "../log-event.ts";
import type { Partition } from "../partition.ts";
import { LostRecords } from "./lost-records.ts";
import type { Replica } from "./replica.ts";
import { ReplicaFetcher } from "./replica-fetcher.ts";
import { ReplicaSet } from "./replica-set.ts";

/** All that copies partitions from their leaders to their followers. */
export class Replication {
  readonly settings: ClusterSettings;
  /** Events name fetchers by their places in this list. */
  readonly fetchers: ReplicaFetcher[] = [];
  readonly sets: ReplicaSet[] = [];
  readonly lost: LostRecords;
  private readonly context: LogContext;
  /** By leader and follower: one for each of `num.replica.fetchers` threads. */
  private readonly byPair = new Map<Broker, Map<Broker, (ReplicaFetcher | undefined)[]>>();
  /** Fetchers that may be answered, once what happens now has happened to its end. */
  private readonly woken: ReplicaFetcher[] = [];
  private waking = false;

  constructor(context: LogContext, settings: ClusterSettings) {
    this.context = context;
    this.settings = settings;
    this.lost = new LostRecords(context);
  }

  get elections(): number {
    return this.sets.reduce((sum, { elections }) => sum + elections, 0);
  }

  /** Gives a partition its replicas: the first broker leads. */
  add(partition: Partition, brokers: readonly Broker[], settings: ReplicationSettings): void {
    partition.log.replicated = true;
    partition.replicas = new ReplicaSet(this.context, this, partition, brokers, settings);
    this.sets.push(partition.replicas);
  }

  /** Whose thread it is, its partition says. (AbstractFetcherManager.getFetcherId) */
  fetcherOf(leader: Broker, follower: Broker, { log }: Partition): ReplicaFetcher {
    let followers = this.byPair.get(leader);
    if (followers === undefined)
      this.byPair.set(leader, (followers = new Map<Broker, (ReplicaFetcher | undefined)[]>()));
    let threads = followers.get(follower);
    if (threads === undefined) followers.set(follower, (threads = []));
    const hash = (31 * stringHash(log.topic) + log.partition) | 0;
    const thread = (hash & 0x7fffffff) % this.settings.replicaFetchers;
    let fetcher = threads[thread];
    if (fetcher === undefined) {
      fetcher = new ReplicaFetcher(this.context, this, this.fetchers.length, leader, follower);
      this.fetchers.push(fetcher);
      threads[thread] = fetcher;
      fetcher.review(this.context.cluster.replicates(leader, follower));
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

  /** A follower that has caught up becomes in sync when the controllers have agreed. */
  ask(replica: Replica): void {
    const { set } = replica;
    if (set.leader === undefined || replica.fetcher?.active !== true || !set.mayJoin(replica)) return;
    if (!this.context.cluster.heard(set.leader.broker)) return;
    replica.joining = true;
    this.change(() => set.joins(replica));
  }

  /** Idle followers that have caught up fetch nothing that would tell it. */
  askAll(): void {
    for (const { replicas } of this.sets) for (const replica of replicas) this.ask(replica);
  }

  /** What the controllers have to agree to. */
  private change(change: () => void): void {
    this.context.cluster.controllers.commit(change);
  }

  /** Half of `replica.lag.time.max.ms` later leaders look after their followers. (ReplicaManager.startup) */
  start(): void {
    const { replicaLagTimeMax } = this.settings;
    if (replicaLagTimeMax > 0 && this.sets.some(({ replicas }) => replicas.length > 1))
      this.context.background(this.context.kernel.now + replicaLagTimeMax / 2, LogEvent.isrCheck);
  }

  /** Leaders ask to have those followers taken out that have lagged for too long. */
  shrink(): void {
    const { now } = this.context.kernel;
    this.start();
    for (const set of this.sets)
      for (const replica of set.lagging(now))
        if (this.context.cluster.heard(set.leader!.broker))
          this.change(() => {
            if (set.lagging(this.context.kernel.now).includes(replica))
              set.leaves(replica, "replica.lag.time.max.ms");
          });
  }

  leaderMoved(set: ReplicaSet): void {
    this.context.cluster.leaderMoved(set);
  }

  tell(kind: OccurrenceKind, set: ReplicaSet, { broker }: Replica, rule: string): void {
    this.count(kind, set, broker.number, rule);
  }

  count(kind: OccurrenceKind, { partition }: ReplicaSet, detail: number, rule: string): void {
    const { occurrences, kernel } = this.context.world;
    occurrences.add(kernel.now, kind, partition.place, detail, rule);
  }
}
