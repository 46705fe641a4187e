import type { ReplicationSettings } from "../../model/kafka-cluster.ts";
import { Station } from "../../stats/trace.ts";
import type { Broker } from "../broker.ts";
import type { LogContext } from "../log-context.ts";
import type { Partition } from "../partition.ts";
import { Replica } from "./replica.ts";
import type { Replication } from "./replication.ts";

/** The copies of a partition: who leads, who is in sync, and the produce requests that wait for the others. */
export class ReplicaSet {
  readonly partition: Partition;
  /** In the order of preference. */
  readonly replicas: readonly Replica[];
  leader: Replica;
  readonly minInSync: number;
  private readonly context: LogContext;
  private readonly replication: Replication;
  /** Batches under `acks: all` that wait for the high watermark, in the order of the log; −1 ends the list. */
  private firstWaiting = -1;
  private lastWaiting = -1;

  constructor(
    context: LogContext,
    replication: Replication,
    partition: Partition,
    brokers: readonly Broker[],
    settings: ReplicationSettings,
  ) {
    this.context = context;
    this.replication = replication;
    this.partition = partition;
    this.replicas = brokers.map((broker) => new Replica(this, broker));
    this.leader = this.replicas[0]!;
    // More than there are replicas can never be in sync. (Partition.effectiveMinIsr)
    this.minInSync = Math.min(settings.minInSyncReplicas, brokers.length);
    for (const replica of this.replicas)
      if (replica !== this.leader)
        replica.fetcher = replication.fetcherOf(this.leader.broker, replica.broker);
  }

  get inSync(): number {
    let count = 0;
    for (const replica of this.replicas) if (replica.inSync) count++;
    return count;
  }

  /** The leader appended a batch: its followers have something to fetch. */
  appended(): void {
    const { replication } = this;
    for (const replica of this.replicas) {
      const { fetcher } = replica;
      if (fetcher === undefined) continue;
      if (!replica.unread) fetcher.enter(replica);
      replication.wakes(fetcher);
    }
  }

  /** What was there before the run, all have. */
  preloaded(): void {
    const { log } = this.partition;
    for (const replica of this.replicas) replica.end = replica.arriving = log.batchEnd;
    log.expose(log.batchEnd);
  }

  /** A produced batch that is answered for when the high watermark passes it. */
  await(batch: number): void {
    const { batches } = this.context;
    batches.end[batch] = this.partition.log.batchEnd;
    batches.nextWaiting[batch] = -1;
    if (this.firstWaiting < 0) this.firstWaiting = batch;
    else batches.nextWaiting[this.lastWaiting] = batch;
    this.lastWaiting = batch;
  }

  /**
   * The high watermark follows the smallest end among the replicas in sync; from 4.0 on it stays while they are fewer
   * than `min.insync.replicas`. (Partition.maybeIncrementLeaderHW)
   */
  advance(): void {
    const { log } = this.partition;
    let end = log.batchEnd;
    let inSync = 0;
    for (const replica of this.replicas) {
      if (!replica.inSync) continue;
      inSync++;
      if (replica !== this.leader && replica.end < end) end = replica.end;
    }
    if (end <= log.readableBatches || inSync < this.minInSync) return;
    this.expose(end);
    this.answerWaiting();
  }

  /** The end that all replicas have, dead ones too: what is before it need not be kept for them. */
  get common(): number {
    let end = Infinity;
    for (const replica of this.replicas) if (replica !== this.leader && replica.end < end) end = replica.end;
    return end === 0 ? 0 : end === Infinity ? Infinity : this.partition.log.nextOffset(end - 1);
  }

  private expose(end: number): void {
    const { partition } = this;
    const { log } = partition;
    const from = log.highWatermark;
    let offset = from;
    for (let batch = log.readableBatches; batch < end; batch++) {
      const next = log.nextOffset(batch);
      for (const of of partition.groups) of.group.appended(of, next - offset, log.bytesOf(batch));
      offset = next;
    }
    log.expose(end);
    this.stamp(from, offset);
    for (const of of partition.groups) of.session?.wake();
    if (partition.readers === 0) partition.forget();
  }

  private answerWaiting(): void {
    const { batches, requests } = this.context;
    const { log } = this.partition;
    while (this.firstWaiting >= 0 && batches.end[this.firstWaiting]! <= log.readableBatches) {
      const batch = this.firstWaiting;
      this.firstWaiting = batches.nextWaiting[batch]!;
      requests.replicated(batch);
    }
  }

  private stamp(from: number, end: number): void {
    const { trace, kernel } = this.context;
    const { log, place } = this.partition;
    for (let offset = from; offset < end; offset++) {
      if (!log.holds(offset)) continue;
      const id = log.id[log.at(offset)]!;
      if (!trace.wants(id)) return;
      trace.add(kernel.now, id, Station.replicated, place, offset);
    }
  }
}
