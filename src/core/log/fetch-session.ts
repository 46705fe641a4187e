import type { KafkaConsumerSettings } from "../model/topology.ts";
import { zero } from "../sim/zero.ts";
import { Station } from "../stats/trace.ts";
import type { Broker } from "./broker.ts";
import type { GroupPartition } from "./group-partition.ts";
import type { LogContext } from "./log-context.ts";
import { LogEvent } from "./log-event.ts";
import type { Member } from "./member.ts";
import type { Quota } from "./quotas.ts";

/** Bytes of a fetch answer beside its record batches: an estimate. */
const answerOverhead = 64;

/**
 * A member's fetches from one broker, of all its partitions there: one is outstanding at a time, and none is sent while
 * the client still has records of that broker in its buffer (KAFKA-17182). Where there is too little to answer it
 * waits at the broker ("parked"), at most `fetch.max.wait.ms`, and is asked again.
 */
export class FetchSession {
  readonly number: number;
  readonly broker: Broker;
  /** Its partitions with records in the client's buffer. */
  buffered = 0;
  readonly member: Member;
  private readonly context: LogContext;
  private readonly settings: KafkaConsumerSettings;
  /** Time from the start of a wait that finds nothing to the start of the next. */
  private readonly round: number;
  private readonly quota: Quota | undefined;
  private readonly requestQuota: Quota | undefined;
  private outstanding = false;
  private parked = false;
  private parkedAt = zero;
  /** Counts the waits, so that a timer knows whether its wait is still on. */
  private wait = 0;
  private timed = false;
  private closed = false;
  /** Partitions with batches that were not fetched; those that were served last are at the end. */
  private firstUnread: GroupPartition | undefined = undefined;
  private lastUnread: GroupPartition | undefined = undefined;
  private unreadBytes = 0;
  /** Those in the answer that is on its way, and how many they are. */
  private readonly answering: GroupPartition[] = [];
  private answers = 0;
  /** What decompressing its records takes the client, ns. */
  private unpacking = 0;
  /** How many ask for what is deleted, and those among the answers that say so. */
  private outOfRange = 0;
  private readonly resets: GroupPartition[] = [];

  constructor(
    context: LogContext,
    number: number,
    member: Member,
    broker: Broker,
    settings: KafkaConsumerSettings,
  ) {
    const { networkLatency, kafkaPerRequest } = context.costs;
    this.context = context;
    this.number = number;
    this.member = member;
    this.broker = broker;
    this.settings = settings;
    this.quota = context.quotas?.of(member.setup.place, broker, "fetch");
    this.requestQuota = context.quotas?.of(member.setup.place, broker, "request");
    this.round = settings.fetchMaxWait + 2 * networkLatency + kafkaPerRequest;
  }

  /** Takes over a partition with all that may be read of its log from the position on. */
  add(of: GroupPartition): void {
    const { log } = of.partition;
    of.session = this;
    if (of.buffered > 0) this.buffered++;
    for (let batch = of.batch; batch < of.view.readableBatches; batch++)
      this.appended(of, log.bytesOf(batch));
    if (of.position < log.logStart) this.expired(of, 0);
  }

  /** Somebody else leads or reads the partition: what is under way of it is fetched again there. */
  drop(of: GroupPartition): void {
    of.session = undefined;
    if (of.buffered > 0) this.buffered--;
    if (of.outOfRange) {
      of.outOfRange = false;
      this.outOfRange--;
      const reset = this.resets.indexOf(of);
      if (reset >= 0) this.resets.splice(reset, 1);
    }
    if (of.unread) this.withdraw(of);
    of.arriving = of.fetched;
    this.unreadBytes = 0;
    for (let one = this.firstUnread; one !== undefined; one = one.followingUnread) {
      const { log } = one.partition;
      for (let batch = one.batch; batch < one.view.readableBatches; batch++)
        this.unreadBytes += log.bytesOf(batch);
    }
  }

  /** A batch of one of its partitions may be read; `wake` follows. */
  appended(of: GroupPartition, bytes: number): void {
    this.unreadBytes += bytes;
    if (!of.unread) this.enter(of);
  }

  /** Unread batches of one of its partitions are deleted: its next fetch is answered with OFFSET_OUT_OF_RANGE. */
  expired(of: GroupPartition, bytes: number): void {
    this.unreadBytes -= bytes;
    if (of.outOfRange) return;
    of.outOfRange = true;
    this.outOfRange++;
    if (!of.unread) this.enter(of);
    this.wake();
  }

  /** The cleaner took bytes of what its partitions had not fetched. */
  shrunk(bytes: number): void {
    this.unreadBytes -= bytes;
  }

  /** The first record of the partition that `poll()` returned and no handler has taken up; Infinity when none is. */
  lowestHeld(of: GroupPartition): number {
    return this.member.slice.lowest(of);
  }

  fetch(): void {
    if (this.outstanding || this.buffered > 0) return;
    this.outstanding = true;
    if (!this.context.defersHop(LogEvent.fetchArrives, this.number)) this.arrives();
  }

  /** At the broker: answered at once if there is enough, else parked. */
  arrives(): void {
    if (this.closed) return;
    const { costs, kernel } = this.context;
    if (this.enough) {
      this.answer(costs.kafkaPerRequest);
      return;
    }
    this.broker.work(kernel.now, costs.kafkaPerRequest);
    this.parked = true;
    this.parkedAt = kernel.now;
    this.timed = false;
    this.wait++;
    if (this.unreadBytes > 0) this.limitWait(0);
  }

  /**
   * All of a produce request is appended. A fetch that found nothing comes back empty after its wait and is sent anew;
   * no event is spent on these rounds: where this moment falls in a round is computed.
   */
  wake(): void {
    if (!this.parked) return;
    const { now } = this.context.kernel;
    const parked = now - this.parkedAt;
    const into = this.timed || this.round === 0 ? 0 : parked < this.round ? parked : parked % this.round;
    if (into > this.settings.fetchMaxWait) {
      this.parked = false;
      if (!this.context.defersAnyTime(now + this.round - into, LogEvent.fetchArrives, this.number))
        this.arrives();
    } else if (this.enough) {
      this.parked = false;
      this.answer(0);
    } else this.limitWait(into);
  }

  /** A partition came along while a fetch waits, which does not ask for it: the next one does. */
  renew(): void {
    if (!this.parked || this.unreadBytes === 0) return;
    const { now } = this.context.kernel;
    const into = this.round === 0 ? 0 : (now - this.parkedAt) % this.round;
    this.parked = false;
    if (!this.context.defersAnyTime(now + this.round - into, LogEvent.fetchArrives, this.number))
      this.arrives();
  }

  /** `fetch.max.wait.ms` is over: what there is, is sent. */
  waited(wait: number): void {
    if (!this.parked || wait !== this.wait) return;
    this.parked = false;
    this.answer(0);
  }

  /** The answer is in the client's buffer. */
  answered(): void {
    if (this.closed) return;
    this.outstanding = false;
    for (let i = 0; i < this.answers; i++) {
      const of = this.answering[i]!;
      if (of.session !== this || of.arriving === of.fetched) continue;
      this.stamp(of);
      of.fetched = of.arriving;
      this.buffered++;
      this.member.buffer.enter(of);
    }
    this.answers = 0;
    while (this.resets.length > 0) this.reset(this.resets.pop()!);
    this.member.pump();
  }

  /** The member leaves: what is under way is of no use any more. */
  close(): void {
    this.closed = true;
    this.parked = false;
  }

  private get bytesMax(): number {
    const { cluster } = this.member.group.setup;
    const fetchMaxBytes = Math.min(this.settings.fetchMaxBytes, cluster.fetchMaxBytes);
    return this.quota === undefined ? fetchMaxBytes : Math.min(fetchMaxBytes, this.quota.bytesMax);
  }

  private get enough(): boolean {
    const { fetchMinBytes, fetchMaxWait } = this.settings;
    if (this.outOfRange > 0) return true;
    return this.unreadBytes > 0 && (this.unreadBytes >= fetchMinBytes || fetchMaxWait === 0);
  }

  /** There is something, but less than `fetch.min.bytes`: it is sent when the wait is over, which began `into` ago. */
  private limitWait(into: number): void {
    if (this.timed) return;
    this.timed = true;
    const end = this.context.kernel.now + this.settings.fetchMaxWait - into;
    this.context.timer(end, LogEvent.fetchWaited, this.number, this.wait);
  }

  /** Costs are paid for what is sent. */
  private answer(requestCost: number): void {
    if (this.throttled()) return;
    const { context, broker } = this;
    const { costs, kernel } = context;
    let bytes = 0;
    let batches = 0;
    let records = 0;
    let diskBytes = 0;
    this.unpacking = 0;
    let remote = false;
    const end = this.lastUnread;
    for (let of = this.firstUnread; of !== undefined; of = this.firstUnread) {
      if (of.outOfRange) {
        this.shift(of);
        this.resets.push(of);
        if (of === end) break;
        continue;
      }
      const first = of.batch;
      const taken = this.takeBatches(of, bytes);
      if (of.batch === first) break;
      bytes += taken;
      batches += of.batch - first;
      records += of.view.count(of.fetched, of.arriving);
      if (of.partition.storage !== undefined && of.fetched < of.partition.storage.localStart) remote = true;
      else if (of.partition.outsidePageCache(of.fetched, costs.pageCache)) diskBytes += taken;
      this.answering[this.answers++] = of;
      this.rotate(of);
      if (of === end) break;
    }
    this.unreadBytes -= bytes;
    const cost = batches * costs.kafkaPerBatch + bytes * costs.brokerPerByte;
    let ready = broker.work(kernel.now, requestCost + cost);
    this.requestQuota?.record(kernel.now, (costs.kafkaPerRequest + cost) * broker.slowness);
    if (diskBytes > 0) ready = broker.read(ready, diskBytes);
    let arrival = broker.out.send(ready, bytes + answerOverhead);
    if (remote) arrival += costs.remoteFetch;
    // The member asks where the log begins or ends.
    if (this.resets.length > 0) arrival += 2 * costs.networkLatency + costs.kafkaPerRequest;
    const unpacked = this.member.unpacked(arrival, records, this.unpacking);
    if (!context.defersAnyTime(unpacked, LogEvent.fetchAnswered, this.number)) this.answered();
  }

  /** Over its quota the answer is empty, and the client waits before it asks again. (KIP-219) */
  private throttled(): boolean {
    const { quota, requestQuota } = this;
    if (quota === undefined && requestQuota === undefined) return false;
    const { kernel, costs } = this.context;
    const { maxPartitionFetchBytes } = this.settings;
    let most = 0;
    for (let one = this.firstUnread; one !== undefined; one = one.followingUnread)
      most += maxPartitionFetchBytes;
    const bytes = Math.min(this.unreadBytes, this.bytesMax, most);
    const requestWait = requestQuota?.take(kernel.now, 0) ?? 0;
    const wait = requestWait > 0 ? requestWait : (quota?.takeUnlessThrottled(kernel.now, bytes) ?? 0);
    if (wait <= 0) return false;
    this.context.timer(kernel.now + wait + 2 * costs.networkLatency, LogEvent.fetchArrives, this.number, 0);
    return true;
  }

  /** Whole batches within the limits, after `sent` bytes of other partitions; the very first one is sent in any case. (KIP-74) */
  private takeBatches(of: GroupPartition, sent: number): number {
    const { log } = of.partition;
    const { maxPartitionFetchBytes } = this.settings;
    const fetchMaxBytes = this.bytesMax;
    let bytes = 0;
    of.arriving = of.fetched;
    const { readableBatches } = of.view;
    const { decompression } = this.context;
    for (; of.batch < readableBatches; of.batch++) {
      const more = bytes + log.bytesOf(of.batch);
      const first = sent + bytes === 0;
      if (!first && (more > maxPartitionFetchBytes || sent + more > fetchMaxBytes)) break;
      const from = of.arriving;
      of.arriving = log.nextOffset(of.batch);
      if (decompression !== undefined)
        this.unpacking += decompression.work(of.partition, from, of.arriving, more - bytes);
      bytes = more;
    }
    return bytes;
  }

  private withdraw(of: GroupPartition): void {
    of.unread = false;
    let before: GroupPartition | undefined;
    for (let one = this.firstUnread; one !== of; one = one!.followingUnread) before = one;
    if (before === undefined) this.firstUnread = of.followingUnread;
    else before.followingUnread = of.followingUnread;
    if (this.lastUnread === of) this.lastUnread = before;
  }

  private enter(of: GroupPartition): void {
    of.unread = true;
    of.followingUnread = undefined;
    if (this.lastUnread === undefined) this.firstUnread = of;
    else this.lastUnread.followingUnread = of;
    this.lastUnread = of;
  }

  /** The first one was served: it lines up again while it has more. */
  private rotate(of: GroupPartition): void {
    this.shift(of);
    if (of.batch < of.view.readableBatches) this.enter(of);
  }

  /** The first one leaves the line. */
  private shift(of: GroupPartition): void {
    this.firstUnread = of.followingUnread;
    if (this.firstUnread === undefined) this.lastUnread = undefined;
    of.unread = false;
  }

  /** OFFSET_OUT_OF_RANGE: `auto.offset.reset` says where it goes on. */
  private reset(of: GroupPartition): void {
    const { log, place } = of.partition;
    const { kernel, world } = this.context;
    if (this.settings.autoOffsetReset === "none") {
      this.member.ownership.fails(of);
      return;
    }
    const earliest = this.settings.autoOffsetReset === "earliest";
    const to = earliest ? log.logStart : of.view.highWatermark;
    world.occurrences.add(
      kernel.now,
      "offsetReset",
      place,
      to,
      `auto.offset.reset ${this.settings.autoOffsetReset}`,
    );
    this.outOfRange--;
    of.outOfRange = false;
    const lost = of.skipTo(to);
    of.lost += lost;
    this.member.setup.stats.lost += lost;
    of.position = of.fetched = of.arriving = to;
    if (!earliest)
      for (; of.batch < of.view.readableBatches; of.batch++) this.unreadBytes -= log.bytesOf(of.batch);
    this.member.commits.moved(of);
    if (of.batch < of.view.readableBatches && !of.unread) this.enter(of);
  }

  private stamp(of: GroupPartition): void {
    const { trace, kernel } = this.context;
    const { log, place } = of.partition;
    for (let offset = of.fetched; offset < of.arriving; offset++) {
      if (!of.view.holds(offset)) continue;
      const id = log.id[log.at(offset)]!;
      if (!trace.wants(id)) return;
      trace.add(kernel.now, id, Station.fetched, place, offset);
    }
  }
}
