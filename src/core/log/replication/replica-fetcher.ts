import type { ClusterSettings } from "../../model/kafka-cluster.ts";
import type { Broker } from "../broker.ts";
import type { LogContext } from "../log-context.ts";
import { LogEvent } from "../log-event.ts";
import type { Replica } from "./replica.ts";

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
  private readonly context: LogContext;
  private readonly settings: ClusterSettings;
  /** Time from the start of a wait that finds nothing to the start of the next. */
  private readonly round: number;
  private parked = true;
  private parkedAt = 0;
  /** Counts the waits, so that a timer knows whether its wait is still on. */
  private wait = 0;
  private timed = false;
  /** Replicas with batches to fetch; those that were served last are at the end. */
  private firstUnread: Replica | undefined;
  private lastUnread: Replica | undefined;
  /** What the answer on its way, or the request on its way back, holds. */
  private carried: Replica[] = [];
  private carriedBytes = 0;
  private carriedBatches = 0;

  constructor(
    context: LogContext,
    number: number,
    leader: Broker,
    follower: Broker,
    settings: ClusterSettings,
  ) {
    const { networkLatency, kafkaPerRequest } = context.costs;
    this.context = context;
    this.number = number;
    this.leader = leader;
    this.follower = follower;
    this.settings = settings;
    this.round = settings.replicaFetchWaitMax + 2 * networkLatency + kafkaPerRequest;
  }

  /** The leader has batches that this replica lacks. */
  enter(replica: Replica): void {
    replica.unread = true;
    replica.followingUnread = undefined;
    if (this.lastUnread === undefined) this.firstUnread = replica;
    else this.lastUnread.followingUnread = replica;
    this.lastUnread = replica;
  }

  /** A fetch that found nothing is sent anew after its wait; no event is spent on these rounds, as for consumers. */
  wake(): void {
    if (!this.parked || this.firstUnread === undefined) return;
    const { now } = this.context.kernel;
    const { replicaFetchWaitMax } = this.settings;
    const into = this.timed || this.round === 0 ? 0 : (now - this.parkedAt) % this.round;
    if (into > replicaFetchWaitMax) {
      this.parked = false;
      this.schedule(now + this.round - into, LogEvent.replicaFetchArrives);
    } else if (this.enough) {
      this.parked = false;
      this.answer(0);
    } else if (!this.timed) {
      this.timed = true;
      const end = now + replicaFetchWaitMax - into;
      this.context.timer(end, LogEvent.replicaFetchWaited, this.number, this.wait);
    }
  }

  /** `replica.fetch.wait.max.ms` is over. */
  waited(wait: number): void {
    if (!this.parked || wait !== this.wait) return;
    this.parked = false;
    this.answer(0);
  }

  /** The answer is at the follower: it appends, and asks for what follows. */
  fetched(): void {
    const { kernel, costs } = this.context;
    this.follower.appended += this.carriedBytes;
    const cost = this.carriedBatches * costs.kafkaPerBatch + this.carriedBytes * costs.brokerPerByte;
    const done = this.follower.cores.serve(kernel.now, cost);
    this.schedule(done + costs.networkLatency, LogEvent.replicaFetchArrives);
  }

  /** The next fetch is at the leader and says what the follower has. */
  arrives(): void {
    const { carried } = this;
    this.carried = [];
    for (const replica of carried) replica.end = replica.arriving;
    for (const { set } of carried) set.advance();
    const { kernel, costs } = this.context;
    if (this.firstUnread !== undefined && this.enough) {
      this.answer(costs.kafkaPerRequest);
      return;
    }
    this.leader.cores.serve(kernel.now, costs.kafkaPerRequest);
    this.parked = true;
    this.parkedAt = kernel.now;
    this.timed = false;
    this.wait++;
    this.wake();
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
      if (taken === 0) break;
      bytes += taken;
      batches += replica.arriving - replica.end;
      const from = replica.end === 0 ? 0 : partition.log.nextOffset(replica.end - 1);
      if (partition.outsidePageCache(from, costs.pageCache)) diskBytes += taken;
      this.carried.push(replica);
      this.rotate(replica);
      if (replica === end) break;
    }
    this.carriedBytes = bytes;
    this.carriedBatches = batches;
    const cost = requestCost + batches * costs.kafkaPerBatch + bytes * costs.brokerPerByte;
    let ready = leader.cores.serve(kernel.now, cost);
    if (diskBytes > 0) ready = leader.disk.serve(ready, (diskBytes * 1e9) / costs.diskBandwidth);
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
    return bytes;
  }

  /** The first one was served: it lines up again while it has more. */
  private rotate(replica: Replica): void {
    this.firstUnread = replica.followingUnread;
    if (this.firstUnread === undefined) this.lastUnread = undefined;
    replica.unread = false;
    if (replica.arriving < replica.set.partition.log.batchEnd) this.enter(replica);
  }

  private schedule(
    time: number,
    kind: typeof LogEvent.replicaFetched | typeof LogEvent.replicaFetchArrives,
  ): void {
    if (this.context.defersAnyTime(time, kind, this.number)) return;
    if (kind === LogEvent.replicaFetched) this.fetched();
    else this.arrives();
  }
}
