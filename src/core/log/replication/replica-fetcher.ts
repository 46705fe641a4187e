import type { ClusterSettings } from "../../model/kafka-cluster.ts";
import type { Broker } from "../broker.ts";
import type { LogContext } from "../log-context.ts";
import { LogEvent } from "../log-event.ts";
import type { FollowerRead } from "./follower-read.ts";
import type { Replica } from "./replica.ts";
import type { Replication } from "./replication.ts";

type PairEvent =
  typeof LogEvent.replicaFetched | typeof LogEvent.highWatermarkLearned | typeof LogEvent.replicaFetchArrives;

/** Bytes of a fetch answer beside its record batches: an estimate. */
const answerOverhead = 64;

/**
 * A follower's fetches from one leader, of all partitions that they share: one is outstanding at a time. It waits at
 * the leader ("parked") until there is something, and the next one tells the leader what the follower has.
 */
export class ReplicaFetcher {
  readonly number: number;
  readonly leader: Broker;
  readonly follower: Broker;
  /** What members read at the follower. */
  readonly reads: FollowerRead[] = [];
  private readonly context: LogContext;
  private readonly replication: Replication;
  private readonly settings: ClusterSettings;
  /** Time from the start of a wait that finds nothing to the start of the next. */
  private readonly round: number;
  /** Leader and follower run and reach each other. */
  active = true;
  private parked = true;
  private parkedAt: number;
  private stoppedAt = 0;
  /** Whether its end was the follower's: one that starts fetches at once. */
  private followerEnded = false;
  /** Counts the times that it was started, so that an event knows whether it is still about this. */
  private life = 0;
  /** Counts the waits, so that a timer knows whether its wait is still on. */
  private wait = 0;
  private timed = false;
  /** Replicas with batches to fetch; those that were served last are at the end. */
  private firstUnread: Replica | undefined = undefined;
  private lastUnread: Replica | undefined = undefined;
  /** What the answer on its way, or the request on its way back, holds. */
  private carried: Replica[] = [];
  private carriedBytes = 0;
  private carriedBatches = 0;

  constructor(
    context: LogContext,
    replication: Replication,
    number: number,
    leader: Broker,
    follower: Broker,
  ) {
    const { networkLatency, kafkaPerRequest } = context.costs;
    this.context = context;
    this.number = number;
    this.leader = leader;
    this.follower = follower;
    this.replication = replication;
    const settings = (this.settings = replication.settings);
    this.round = settings.replicaFetchWaitMax + 2 * networkLatency + kafkaPerRequest;
    this.parkedAt = context.kernel.now;
  }

  /** The leader has batches that this replica lacks. */
  enter(replica: Replica): void {
    replica.unread = true;
    replica.followingUnread = undefined;
    if (this.lastUnread === undefined) this.firstUnread = replica;
    else this.lastUnread.followingUnread = replica;
    this.lastUnread = replica;
  }

  /** The replica does not fetch from this leader any more. */
  leave(replica: Replica): void {
    replica.arriving = replica.end;
    replica.arrivingOffset = replica.endOffset;
    this.carried = this.carried.filter((one) => one !== replica);
    if (replica.unread) this.leaveLine(replica);
  }

  private leaveLine(replica: Replica): void {
    replica.unread = false;
    let before: Replica | undefined;
    for (let one = this.firstUnread; one !== undefined && one !== replica; one = one.followingUnread)
      before = one;
    if (before === undefined) this.firstUnread = replica.followingUnread;
    else before.followingUnread = replica.followingUnread;
    if (this.lastUnread === replica) this.lastUnread = before;
  }

  /** Starts or stops as leader, follower and network let it; a failed fetch is tried again every `replica.fetch.backoff.ms`. */
  review(possible: boolean): void {
    if (possible === this.active) return;
    const { kernel, costs } = this.context;
    this.active = possible;
    this.life++;
    if (!possible) {
      this.parked = false;
      this.stoppedAt = kernel.now;
      this.followerEnded = !this.follower.alive;
      for (const replica of this.carried) this.takesBack(replica);
      this.carried = [];
      return;
    }
    const { replicaFetchBackoff: backoff } = this.settings;
    const wait = backoff > 0 && !this.followerEnded ? backoff - ((kernel.now - this.stoppedAt) % backoff) : 0;
    this.schedule(kernel.now + wait + 2 * costs.networkLatency, LogEvent.replicaFetchArrives);
  }

  /** A fetch that found nothing is sent anew after its wait; no event is spent on these rounds, as for consumers. */
  wake(): void {
    if (!this.parked || !this.anyUnread()) return;
    const { into } = this;
    if (into <= this.settings.replicaFetchWaitMax && this.enough) {
      this.parked = false;
      this.answer(0);
    } else this.limitWait(into);
  }

  /**
   * A high watermark that has moved is no reason to answer, but goes with the next answer, at the latest with the empty one
   * at the end of the wait. (KAFKA-9952)
   */
  tellsLater(): void {
    if (!this.parked) return;
    for (const { behind } of this.reads)
      if (behind) {
        this.limitWait(this.into);
        return;
      }
  }

  /** Batches of the replica below the high watermark that its broker knows: answers that brought nothing told it too. */
  knownOf(replica: Replica): number {
    const { kernel, costs } = this.context;
    const emptyAnswer = this.settings.replicaFetchWaitMax + costs.networkLatency;
    return this.parked && kernel.now - this.parkedAt > emptyAnswer
      ? replica.set.partition.log.readableBatches
      : replica.known;
  }

  /** How long ago its wait began. */
  private get into(): number {
    const { timed, round, parkedAt } = this;
    return timed || round === 0 ? 0 : (this.context.kernel.now - parkedAt) % round;
  }

  /** It is answered when its wait is over, which began `into` ago; where it is between two waits, it arrives anew. */
  private limitWait(into: number): void {
    const { now } = this.context.kernel;
    const { replicaFetchWaitMax } = this.settings;
    if (into > replicaFetchWaitMax) {
      this.parked = false;
      this.schedule(now + this.round - into, LogEvent.replicaFetchArrives);
    } else if (!this.timed) {
      this.timed = true;
      const end = now + replicaFetchWaitMax - into;
      this.context.timer(end, LogEvent.replicaFetchWaited, this.number, this.wait);
    }
  }

  /** An event of the pair; those of a life that is over come to nothing. */
  handle(kind: PairEvent, life: number): void {
    if (life !== this.life) return;
    if (kind === LogEvent.replicaFetched) this.fetched();
    else if (kind === LogEvent.highWatermarkLearned) for (const read of [...this.reads]) read.learn();
    else this.arrives();
  }

  /** `replica.fetch.wait.max.ms` is over. */
  waited(wait: number): void {
    if (!this.parked || wait !== this.wait) return;
    this.parked = false;
    this.answer(0);
  }

  /** The answer is at the follower: it appends, and asks for what follows. */
  private fetched(): void {
    const { kernel, costs } = this.context;
    let flushing = 0;
    for (const replica of this.carried) {
      if (this.context.flushes && replica.flushes()) flushing += costs.diskFlush * this.follower.slowness;
      replica.held = replica.arriving;
      replica.heldOffset = replica.arrivingOffset;
      replica.known = replica.told;
    }
    this.follower.appended += this.carriedBytes;
    const cost = this.carriedBatches * costs.kafkaPerBatch + this.carriedBytes * costs.brokerPerByte;
    const done = this.follower.work(kernel.now, cost) + flushing;
    if (this.reads.length > 0) this.schedule(done, LogEvent.highWatermarkLearned);
    this.schedule(done + costs.networkLatency, LogEvent.replicaFetchArrives);
  }

  /** The next fetch is at the leader and says what the follower has. */
  private arrives(): void {
    const { carried } = this;
    const { kernel, costs } = this.context;
    this.carried = [];
    for (const replica of carried) {
      replica.end = replica.arriving;
      replica.endOffset = replica.arrivingOffset;
      replica.fetches(kernel.now, replica.set.partition.log.batchEnd);
    }
    for (const replica of carried) {
      if (replica.fetcher !== this) continue;
      replica.set.advance();
      if (!replica.inSync) this.replication.ask(replica);
    }
    if (!this.active) return;
    if (this.anyUnread() && this.enough) {
      this.answer(costs.kafkaPerRequest);
      return;
    }
    this.leader.work(kernel.now, costs.kafkaPerRequest);
    this.parked = true;
    this.parkedAt = kernel.now;
    this.timed = false;
    this.wait++;
    this.wake();
    this.tellsLater();
  }

  private get enough(): boolean {
    const { replicaFetchMinBytes, replicaFetchWaitMax } = this.settings;
    if (replicaFetchMinBytes <= 1 || replicaFetchWaitMax === 0) return true;
    let bytes = 0;
    for (let replica = this.firstUnread; replica !== undefined; replica = replica.followingUnread) {
      const { log } = replica.set.partition;
      for (let batch = replica.end; batch < log.batchEnd; batch++) {
        bytes += log.bytesOf(batch);
        if (bytes >= replicaFetchMinBytes) return true;
      }
    }
    return false;
  }

  /** Whether a replica lacks something; those in the line that lack nothing any more leave it. */
  private anyUnread(): boolean {
    for (let replica = this.firstUnread; replica !== undefined; replica = this.firstUnread) {
      if (replica.end < replica.set.partition.log.batchEnd) return true;
      this.leaveLine(replica);
    }
    return false;
  }

  /** Costs are paid for what is sent. */
  private answer(requestCost: number): void {
    const { context, leader } = this;
    const { costs, kernel } = context;
    let bytes = 0;
    let batches = 0;
    let diskBytes = 0;
    const end = this.lastUnread;
    for (let replica = this.firstUnread; replica !== undefined; replica = this.firstUnread) {
      const { partition } = replica.set;
      const taken = this.takeBatches(replica, bytes);
      if (taken === 0 && replica.end < partition.log.batchEnd) break;
      const last = replica === end;
      if (taken === 0) {
        this.leaveLine(replica);
        if (last) break;
        continue;
      }
      bytes += taken;
      partition.network.add(kernel.now, taken);
      batches += replica.arriving - replica.end;
      if (partition.outsidePageCache(replica.endOffset, costs.pageCache)) diskBytes += taken;
      this.carried.push(replica);
      replica.told = partition.log.readableBatches;
      this.rotate(replica);
      if (last) break;
    }
    for (const read of this.reads) read.tell();
    this.carriedBytes = bytes;
    this.carriedBatches = batches;
    const cost = requestCost + batches * costs.kafkaPerBatch + bytes * costs.brokerPerByte;
    let ready = leader.work(kernel.now, cost);
    if (diskBytes > 0) ready = leader.read(ready, diskBytes);
    this.schedule(leader.out.send(ready, bytes + answerOverhead), LogEvent.replicaFetched);
  }

  /** Whole batches within the limits, after `sent` bytes of other partitions; the very first one in any case. */
  private takeBatches(replica: Replica, sent: number): number {
    const { log } = replica.set.partition;
    const { replicaFetchMaxBytes, replicaFetchResponseMaxBytes } = this.settings;
    let bytes = 0;
    let batch = replica.end;
    for (; batch < log.batchEnd; batch++) {
      const more = bytes + log.bytesOf(batch);
      const first = sent + bytes === 0;
      if (!first && (more > replicaFetchMaxBytes || sent + more > replicaFetchResponseMaxBytes)) break;
      bytes = more;
    }
    replica.arriving = batch;
    if (bytes > 0) replica.arrivingOffset = log.nextOffset(batch - 1);
    return bytes;
  }

  /** The first one was served: it lines up again while it has more. */
  private rotate(replica: Replica): void {
    this.firstUnread = replica.followingUnread;
    if (this.firstUnread === undefined) this.lastUnread = undefined;
    replica.unread = false;
    if (replica.arriving < replica.set.partition.log.batchEnd) this.enter(replica);
  }

  /** What an answer on its way held is fetched again. */
  private takesBack(replica: Replica): void {
    replica.arriving = replica.end;
    replica.arrivingOffset = replica.endOffset;
    if (!replica.unread) this.enter(replica);
  }

  private schedule(time: number, kind: PairEvent): void {
    if (time > this.context.kernel.now) this.context.timer(time, kind, this.number, this.life);
    else this.handle(kind, this.life);
  }
}
