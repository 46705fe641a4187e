import type { KafkaConsumerSettings } from "../model/topology.ts";
import { zero } from "../sim/zero.ts";
import { Station } from "../stats/trace.ts";
import type { Broker } from "./broker.ts";
import { FetchCoverage } from "./fetch-coverage.ts";
import type { GroupPartition } from "./group-partition.ts";
import type { LogContext } from "./log-context.ts";
import { LogEvent } from "./log-event.ts";
import { outOfRange } from "./loss-rules.ts";
import type { Member } from "./member.ts";
import type { Quota } from "./quotas.ts";
import { UnreadLine } from "./unread-line.ts";
import { loseRecord } from "./unread-records.ts";

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
  /** When the request that is outstanding was sent, or will be. */
  private sentAt = zero;
  private readonly coverage = new FetchCoverage(this);
  /** How many partitions it reads, and since when it reads none. */
  private partitions = 0;
  private emptySince = zero;
  /** Counts the waits, so that a timer knows whether its wait is still on. */
  private wait = 0;
  private timed = false;
  protected closed = false;
  private readonly line = new UnreadLine();
  private unreadBytes = 0;
  /** Those in the answer that is on its way, and how many they are. */
  private readonly answering: GroupPartition[] = [];
  private answers = 0;
  /** What decompressing its records takes the client, ns. */
  private unpacking = 0;
  /** How many ask for what is deleted, and those among the answers that say so. */
  private outOfRange = 0;
  private readonly resets: GroupPartition[] = [];

  constructor(context: LogContext, member: Member, broker: Broker) {
    const { networkLatency, kafkaPerRequest } = context.costs;
    this.context = context;
    this.number = context.sessions.length;
    this.member = member;
    this.broker = broker;
    this.settings = member.setup.settings;
    this.quota = context.quotas?.of(member.setup.place, broker, "fetch");
    this.requestQuota = context.quotas?.of(member.setup.place, broker, "request");
    this.round = this.settings.fetchMaxWait + 2 * networkLatency + kafkaPerRequest;
  }

  /** Takes over a partition with all that may be read of its log from the position on. */
  add(of: GroupPartition): void {
    const { log } = of.partition;
    if (this.partitions++ === 0) this.endIdle();
    of.session = this;
    if (this.outstanding) this.coverage.added(of, this.context.kernel.now);
    if (of.buffered > 0) this.buffered++;
    for (let batch = of.batch; batch < of.readableBatches; batch++) this.appended(of, log.bytesOf(batch));
    if (of.position < log.logStart) this.expired(of, 0);
    else if (this.unreadBytes > 0) this.wake();
  }

  /** Somebody else leads or reads the partition: what is under way of it is fetched again there. */
  drop(of: GroupPartition): void {
    const { now } = this.context.kernel;
    of.session = undefined;
    if (--this.partitions === 0) this.emptySince = now;
    // NOT_LEADER_OR_FOLLOWER has ended the wait.
    if (!this.serves(of)) this.failed();
    else if (this.outstanding) this.coverage.dropped(of, now);
    if (of.buffered > 0) this.buffered--;
    if (of.outOfRange) {
      of.outOfRange = false;
      this.outOfRange--;
      const reset = this.resets.indexOf(of);
      if (reset >= 0) this.resets.splice(reset, 1);
    }
    if (of.unread) this.line.withdraw(of);
    of.arriving = of.fetched;
    this.unreadBytes = 0;
    for (let one = this.line.first; one !== undefined; one = one.followingUnread)
      this.unreadBytes += one.unreadBytes;
  }

  /** A batch of one of its partitions may be read; `wake` follows. */
  appended(of: GroupPartition, bytes: number): void {
    this.unreadBytes += bytes;
    if (!of.unread) this.line.enter(of);
  }

  /** Unread batches of one of its partitions are deleted: its next fetch is answered with OFFSET_OUT_OF_RANGE. */
  expired(of: GroupPartition, bytes: number): void {
    this.unreadBytes -= bytes;
    if (of.outOfRange) return;
    of.outOfRange = true;
    this.outOfRange++;
    if (!of.unread) this.line.enter(of);
    this.wake();
  }

  /** The cleaner took bytes of what its partitions had not fetched. */
  shrunk(bytes: number): void {
    this.unreadBytes -= bytes;
  }

  fetch(): void {
    if (this.outstanding || this.buffered > 0 || this.partitions === 0) return;
    this.outstanding = true;
    this.sentAt = this.context.kernel.now;
    if (!this.context.defersHop(LogEvent.fetchArrives, this.number)) this.arrives();
  }

  /** At the broker: answered at once if there is enough, else parked. */
  arrives(): void {
    if (this.closed) return;
    const { costs, kernel } = this.context;
    this.coverage.sent(this.sentAt);
    if (this.enough) {
      this.answer(costs.kafkaPerRequest);
      return;
    }
    this.broker.work(kernel.now, costs.kafkaPerRequest);
    this.parked = true;
    this.parkedAt = kernel.now;
    this.timed = false;
    this.wait++;
    this.limitWait(0);
  }

  /**
   * All of a produce request is appended, or it reads more. A fetch that found nothing comes back empty after its wait
   * and is sent anew; no event is spent on these rounds: where this moment falls in a round is computed.
   */
  wake(): void {
    if (!this.parked) return;
    const { context, settings, round } = this;
    const { kernel, costs } = context;
    const into = this.timed ? 0 : this.intoRound(kernel.now);
    const begun = kernel.now - into;
    const back = settings.fetchMaxWait + costs.networkLatency;
    if (!this.timed && begun > this.parkedAt) this.sentAt = begun - round + back;
    this.coverage.sent(this.sentAt);
    if (into > settings.fetchMaxWait) {
      this.parked = false;
      this.sentAt = begun + back;
      if (!context.defersAnyTime(begun + round, LogEvent.fetchArrives, this.number)) this.arrives();
    } else if (this.enough) {
      this.parked = false;
      this.answer(0);
    } else if (this.unreadBytes > 0) this.limitWait(into);
  }

  /** `fetch.max.wait.ms` is over: what there is, is sent. */
  waited(wait: number): void {
    if (!this.parked || wait !== this.wait) return;
    this.parked = false;
    this.answer(0);
  }

  /** Its wait ended with an error, of which the client has heard. */
  failed(): void {
    if (this.parked) this.returns();
  }

  /** The answer is in the client's buffer. */
  answered(): void {
    if (this.closed) return;
    this.returns();
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
    this.returns();
  }

  /** How long ago the wait began that is on at this time, or was last. */
  private intoRound(time: number): number {
    const parked = time - this.parkedAt;
    return this.round === 0 ? 0 : parked < this.round ? parked : parked % this.round;
  }

  /** A client that reads nothing here lets its fetch come back, and sends none. */
  private endIdle(): void {
    if (!this.parked) return;
    const { emptySince } = this;
    const begun = emptySince - this.intoRound(emptySince);
    let end = begun + this.settings.fetchMaxWait + this.context.costs.networkLatency;
    if (end < emptySince) end += this.round;
    if (this.context.kernel.now >= end) this.returns();
  }

  /** The client has its answer, or no use for it. */
  private returns(): void {
    this.parked = this.outstanding = false;
    this.coverage.clear();
  }

  /** Whether fetches of the partition are answered here. */
  protected serves({ partition }: GroupPartition): boolean {
    return partition.leader === this.broker;
  }

  private get bytesMax(): number {
    const { cluster } = this.member.group.setup;
    const fetchMaxBytes = Math.min(this.settings.fetchMaxBytes, cluster.fetchMaxBytes);
    return this.quota === undefined ? fetchMaxBytes : Math.min(fetchMaxBytes, this.quota.bytesMax);
  }

  protected get enough(): boolean {
    const { fetchMinBytes, fetchMaxWait } = this.settings;
    let bytes = this.unreadBytes;
    if (this.coverage.exact) {
      if (this.outOfRange > 0) return true;
    } else {
      bytes = this.coverage.wasted(this.settings.maxPartitionFetchBytes);
      for (let one = this.line.first; one !== undefined; one = one.followingUnread) {
        if (this.coverage.lacks(one)) continue;
        if (one.outOfRange) return true;
        bytes += one.unreadBytes;
      }
    }
    return bytes > 0 && (bytes >= fetchMinBytes || fetchMaxWait === 0);
  }

  /** There is something, but less than `fetch.min.bytes`: it is sent when the wait is over, which began `into` ago. */
  private limitWait(into: number): void {
    if (this.timed || this.unreadBytes === 0) return;
    this.timed = true;
    const end = this.context.kernel.now + this.settings.fetchMaxWait - into;
    this.context.timer(end, LogEvent.fetchWaited, this.number, this.wait);
  }

  /** Costs are paid for what is sent. */
  protected answer(requestCost: number): void {
    if (this.limited && this.throttled()) return;
    const { context, broker } = this;
    const { costs, kernel } = context;
    let bytes = 0;
    let batches = 0;
    let records = 0;
    let diskBytes = 0;
    this.unpacking = 0;
    let remote = false;
    const { exact } = this.coverage;
    const end = this.line.last;
    for (let of = this.line.first; of !== undefined; of = this.line.first) {
      if (!exact && this.coverage.lacks(of)) {
        this.line.shift();
        this.line.enter(of);
        if (of === end) break;
        continue;
      }
      if (of.outOfRange) {
        this.line.shift();
        this.resets.push(of);
        if (of === end) break;
        continue;
      }
      const first = of.batch;
      const taken = this.takeBatches(of, bytes);
      if (of.batch === first) break;
      bytes += taken;
      of.partition.network.add(kernel.now, taken);
      batches += of.batch - first;
      records += of.view.count(of.fetched, of.arriving);
      if (of.partition.storage !== undefined && of.fetched < of.partition.storage.localStart) remote = true;
      else if (of.partition.outsidePageCache(of.fetched, costs.pageCache)) diskBytes += taken;
      this.answering[this.answers++] = of;
      this.line.shift();
      if (of.batch < of.readableBatches) this.line.enter(of);
      if (of === end) break;
    }
    this.unreadBytes -= bytes;
    if (!exact) bytes += this.coverage.wasted(this.settings.maxPartitionFetchBytes, kernel.now);
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

  private get limited(): boolean {
    return this.quota !== undefined || this.requestQuota !== undefined;
  }

  /** Over its quota the answer is empty, and the client waits before it asks again. (KIP-219) */
  private throttled(): boolean {
    const { quota, requestQuota } = this;
    const { kernel, costs } = this.context;
    const { maxPartitionFetchBytes } = this.settings;
    let most = 0;
    for (let one = this.line.first; one !== undefined; one = one.followingUnread)
      most += maxPartitionFetchBytes;
    const bytes = Math.min(this.unreadBytes, this.bytesMax, most);
    const requestWait = requestQuota?.take(kernel.now, 0) ?? 0;
    const wait = requestWait > 0 ? requestWait : (quota?.takeUnlessThrottled(kernel.now, bytes) ?? 0);
    if (wait <= 0) return false;
    this.sentAt = kernel.now + wait + costs.networkLatency;
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
    const { readableBatches } = of;
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
    const rule = `auto.offset.reset ${this.settings.autoOffsetReset}`;
    world.occurrences.add(kernel.now, "offsetReset", place, to, rule);
    this.outOfRange--;
    of.outOfRange = false;
    of.skipTo(to, (offset) => loseRecord(this.member, of, offset, outOfRange(this.settings.autoOffsetReset)));
    of.position = of.fetched = of.arriving = to;
    if (!earliest)
      for (; of.batch < of.readableBatches; of.batch++) this.unreadBytes -= log.bytesOf(of.batch);
    this.member.commits.moved(of);
    if (of.batch < of.readableBatches && !of.unread) this.line.enter(of);
  }

  private stamp(of: GroupPartition): void {
    const { trace } = this.context;
    const { log, place } = of.partition;
    for (let offset = of.fetched; offset < of.arriving; offset++) {
      if (!of.view.holds(offset)) continue;
      const id = log.id[log.at(offset)]!;
      if (!trace.wants(id)) return;
      trace.add(id, Station.fetched, place, offset);
    }
  }
}
