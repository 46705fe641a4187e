import type { ReplicationSettings } from "../../model/kafka-cluster.ts";
import { Station } from "../../stats/trace.ts";
import { cutBack } from "../batch-sequences.ts";
import type { Broker } from "../broker.ts";
import type { LogContext } from "../log-context.ts";
import { cutOffBy } from "../loss-rules.ts";
import type { Partition } from "../partition.ts";
import { candidate, type ElectionRule } from "./election.ts";
import { Replica } from "./replica.ts";
import type { Replication } from "./replication.ts";

/** The copies of a partition: who leads, who is in sync, and the produced batches that wait for the others. */
export class ReplicaSet {
  readonly partition: Partition;
  /** In the order of preference. */
  readonly replicas: readonly Replica[];
  leader: Replica | undefined = undefined;
  readonly minInSync: number;
  elections = 0;
  /** Offsets to which the log was cut back, in the order in which that happened. */
  readonly cuts: number[] = [];
  private readonly context: LogContext;
  private readonly replication: Replication;
  private readonly unclean: boolean;
  private lastLeader: Replica;
  /** Batches that the log had when the leader began: a follower is in sync again only beyond them. */
  private leaderSince = 0;
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
    this.leader = this.lastLeader = this.replicas[0]!;
    this.unclean = settings.uncleanLeaderElection;
    // More than there are replicas can never be in sync. (Partition.effectiveMinIsr)
    this.minInSync = Math.min(settings.minInSyncReplicas, brokers.length);
    const { log } = partition;
    for (const replica of this.replicas) replica.holds(log.batchEnd, log.logEnd);
    this.follow();
  }

  get inSync(): number {
    let count = 0;
    for (const replica of this.replicas) if (replica.inSync) count++;
    return count;
  }

  /** The leader appended a batch: its followers have something to fetch. */
  appended(): void {
    const { replication, replicas, partition } = this;
    // Nobody else's fetch will move the high watermark.
    if (this.inSync === 1) this.advance();
    const { batchEnd } = partition.log;
    for (const replica of replicas) {
      const { fetcher } = replica;
      if (fetcher === undefined) continue;
      if (replica.end === batchEnd - 1 && fetcher.active) replica.caughtUpAt = this.context.kernel.now;
      if (!replica.unread) fetcher.enter(replica);
      replication.wakes(fetcher);
    }
  }

  /** What was there before the run, all have. */
  preloaded(): void {
    const { log } = this.partition;
    for (const replica of this.replicas) replica.holds(log.batchEnd, log.logEnd);
    log.expose(log.batchEnd);
  }

  /** Whether the log still holds the batch where it was appended last. */
  has(batch: number): boolean {
    const { batches } = this.context;
    const end = batches.placed[batch]! + batches.count[batch]!;
    for (let cut = batches.placedCuts[batch]!; cut < this.cuts.length; cut++)
      if (this.cuts[cut]! < end) return false;
    return true;
  }

  /** A produced batch that is answered for when the high watermark passes it. */
  await(batch: number): void {
    const { batches } = this.context;
    batches.nextWaiting[batch] = -1;
    if (this.firstWaiting < 0) this.firstWaiting = batch;
    else batches.nextWaiting[this.lastWaiting] = batch;
    this.lastWaiting = batch;
  }

  /** A batch that waits here is given up. */
  forgo(batch: number): void {
    const { batches } = this.context;
    let before = -1;
    for (let waiting = this.firstWaiting; waiting >= 0; waiting = batches.nextWaiting[waiting]!) {
      if (waiting === batch) {
        const after = batches.nextWaiting[batch]!;
        if (before < 0) this.firstWaiting = after;
        else batches.nextWaiting[before] = after;
        if (after < 0) this.lastWaiting = before;
        return;
      }
      before = waiting;
    }
  }

  /**
   * The high watermark follows the smallest end among the replicas in sync; from 4.0 on it stays while they are fewer
   * than `min.insync.replicas`. (Partition.maybeIncrementLeaderHW)
   */
  advance(): void {
    if (this.leader === undefined || !this.leader.broker.alive) return;
    const { log } = this.partition;
    let end = log.batchEnd;
    let inSync = 0;
    for (const replica of this.replicas) {
      if (replica.inSync) inSync++;
      else if (!replica.joining) continue;
      if (replica !== this.leader && replica.end < end) end = replica.end;
    }
    if (end <= log.readableBatches) return;
    if (inSync < this.minInSync && this.replication.settings.strictMinInSync) return;
    this.expose(end);
    this.answerWaiting();
  }

  /** Whether this is a message that the log holds more than once, and that the group has finished. */
  finishedBefore(group: object, id: number): boolean {
    return this.replication.lost.finishedBefore(group, id);
  }

  /** The offset up to which all replicas have it, dead ones too: what is before it need not be kept for them. */
  get common(): number {
    let common = Infinity;
    for (const replica of this.replicas)
      if (replica !== this.leader && replica.endOffset < common) common = replica.endOffset;
    return common;
  }

  replicaOn(broker: Broker): Replica | undefined {
    return this.replicas.find((replica) => replica.broker === broker);
  }

  /** A follower outside the ISR has caught up: its leader asks for it to count as in sync. (Partition.maybeExpandIsr) */
  mayJoin(replica: Replica): boolean {
    const { log } = this.partition;
    return (
      !replica.inSync &&
      !replica.joining &&
      !replica.broker.fenced &&
      replica.end >= log.readableBatches &&
      replica.end >= this.leaderSince
    );
  }

  joins(replica: Replica): void {
    if (!replica.joining) return;
    replica.joining = false;
    if (replica.broker.fenced || replica.inSync || replica === this.leader) return;
    replica.inSync = true;
    if (this.inSync >= this.minInSync) for (const one of this.replicas) one.eligible = false;
    this.replication.tell("isrExpanded", this, replica, "replica.fetch");
    this.advance();
  }

  /** Followers that have lagged for too long. (Partition.getOutOfSyncReplicas) */
  lagging(now: number): Replica[] {
    const { log } = this.partition;
    const { replicaLagTimeMax } = this.replication.settings;
    if (this.leader === undefined) return [];
    return this.replicas.filter(
      (replica) =>
        replica !== this.leader &&
        replica.inSync &&
        replica.end !== log.batchEnd &&
        now - replica.caughtUpAt > replicaLagTimeMax,
    );
  }

  /** Leaves the ISR; `clean`: its log has all that it confirmed. */
  leaves(replica: Replica, rule: string, clean = true): void {
    const { eligibleLeaderReplicas } = this.replication.settings;
    if (!clean) replica.eligible = false;
    replica.joining = false;
    if (!replica.inSync) return;
    // Without eligible leader replicas the last one stays, so that it alone can lead again.
    if (!eligibleLeaderReplicas && this.inSync === 1) return;
    replica.inSync = false;
    if (this.inSync < this.minInSync) replica.eligible = clean;
    this.replication.tell("isrShrank", this, replica, rule);
    this.advance();
  }

  /** Looks for a leader where there is none, or where its broker may not lead. */
  elect(): void {
    if (this.leader !== undefined && !this.leader.broker.fenced) return;
    const found = candidate(this.replicas, this.lastLeader, {
      eligibleLeaderReplicas: this.replication.settings.eligibleLeaderReplicas,
      unclean: this.unclean,
    });
    if (found !== undefined) this.lead(found.replica, found.rule);
    else if (this.leader !== undefined) {
      this.resign();
      this.replication.count("leaderResigned", this, 0, "unclean.leader.election.enable");
    }
  }

  /** The preferred replica leads again, if it can. */
  electPreferred(): void {
    const preferred = this.replicas[0]!;
    if (this.leader === undefined || this.leader === preferred) return;
    if (preferred.inSync && !preferred.broker.fenced) this.lead(preferred, "preferred");
  }

  private lead(replica: Replica, rule: ElectionRule): void {
    const { partition, lastLeader } = this;
    if (this.leader !== undefined) this.resign();
    this.leader = this.lastLeader = replica;
    if (rule !== "isr" && rule !== "preferred")
      for (const one of this.replicas) one.inSync = one.eligible = one.joining = false;
    replica.inSync = true;
    this.elections++;
    this.replication.tell("leaderElected", this, replica, rule);
    this.truncate(replica, rule, lastLeader);
    if (partition.broker !== replica.broker) partition.movesTo(replica.broker);
    this.leaderSince = partition.log.batchEnd;
    this.follow();
    this.advance();
    this.replication.leaderMoved(this);
  }

  /** Nobody leads any more: what waits for the others is told, unless its broker is gone. */
  private resign(): void {
    const { batches, requests } = this.context;
    const { log } = this.partition;
    this.leader!.holds(log.batchEnd, log.logEnd);
    this.leader = undefined;
    const waiting: number[] = [];
    for (let batch = this.firstWaiting; batch >= 0; batch = batches.nextWaiting[batch]!) waiting.push(batch);
    this.firstWaiting = this.lastWaiting = -1;
    this.follow();
    for (const batch of waiting) requests.leaderLost(batch);
  }

  /** What the new leader lacks is gone: followers cut their logs back to its end. */
  private truncate({ held, heldOffset, broker }: Replica, by: ElectionRule, before: Replica): void {
    const { log, groups } = this.partition;
    if (log.batchEnd > held) {
      const rule = cutOffBy(broker.number, by);
      const lost = this.replication.lost.cut(this.partition, heldOffset, rule, before.broker);
      if (lost > 0) this.replication.count("recordsCut", this, lost, "leader election");
      this.partition.truncate(held, heldOffset, this.context.kernel.now);
      this.cuts.push(heldOffset);
      for (const accumulator of this.context.accumulators)
        if (accumulator.partition === this.partition) cutBack(this.context, accumulator, heldOffset);
      for (const of of groups) of.group.truncated(of, heldOffset);
    }
    for (const replica of this.replicas)
      if (replica.held > held) replica.holds(held, heldOffset);
      else replica.holds(replica.held, replica.heldOffset);
  }

  /** Each replica fetches from the leader there is now. */
  private follow(): void {
    const { leader, replication } = this;
    const { log } = this.partition;
    const { now } = this.context.kernel;
    for (const replica of this.replicas) {
      replica.fetcher?.leave(replica);
      replica.joining = false;
      replica.caughtUpAt = replica.fetchedAt = now;
      replica.leaderEnd = log.batchEnd;
      if (leader === undefined || replica === leader) {
        replica.fetcher = undefined;
        continue;
      }
      const fetcher = replication.fetcherOf(leader.broker, replica.broker, this.partition);
      replica.fetcher = fetcher;
      if (replica.end === log.batchEnd) continue;
      fetcher.enter(replica);
      replication.wakes(fetcher);
    }
  }

  private expose(end: number): void {
    const { partition } = this;
    const { log } = partition;
    const from = log.highWatermark;
    const first = log.readableBatches;
    let offset = from;
    log.expose(end);
    for (let batch = first; batch < end; batch++) {
      const next = log.nextOffset(batch);
      for (const of of partition.unbound) of.group.appended(of, next - offset, log.bytesOf(batch));
      offset = next;
    }
    this.stamp(from, offset);
    for (const of of partition.unbound) of.wake();
    partition.transactions?.advance();
    if (partition.readers === 0) partition.forget();
  }

  private answerWaiting(): void {
    const { batches, requests } = this.context;
    const { log } = this.partition;
    while (this.firstWaiting >= 0 && batches.placedEnd[this.firstWaiting]! <= log.readableBatches) {
      const batch = this.firstWaiting;
      this.firstWaiting = batches.nextWaiting[batch]!;
      requests.replicated(batch);
    }
  }

  private stamp(from: number, end: number): void {
    const { trace } = this.context;
    const { log, place } = this.partition;
    // A log of one replica has its records where they are appended.
    if (this.replicas.length === 1) return;
    for (let offset = from; offset < end; offset++) {
      if (!log.holds(offset)) continue;
      const id = log.id[log.at(offset)]!;
      if (!trace.wants(id)) return;
      trace.add(id, Station.replicated, place, offset);
    }
  }
}
