import type { KafkaConsumerSettings } from "../model/topology.ts";
import { Station } from "../stats/trace.ts";
import type { Broker } from "./broker.ts";
import type { GroupPartition } from "./group-partition.ts";
import { LogEvent, type LogContext } from "./log-context.ts";
import type { Member } from "./member.ts";

/** Bytes of a fetch answer beside its record batches, and of each partition in it: an estimate. */
const answerOverhead = 64;

/**
 * A member's fetches from one broker: one is outstanding at a time. Where there is too little to answer it waits at
 * the broker ("parked"), at most `fetch.max.wait.ms`, and is asked again.
 */
export class FetchSession {
  readonly number: number;
  readonly member: Member;
  readonly broker: Broker;
  readonly partitions: GroupPartition[] = [];
  private readonly context: LogContext;
  private readonly settings: KafkaConsumerSettings;
  private outstanding = false;
  private parked = false;
  private parkedAt = 0;
  /** Counts the waits, so that a timer knows whether its wait is still on. */
  private wait = 0;
  private timed = false;

  constructor(
    context: LogContext,
    number: number,
    member: Member,
    broker: Broker,
    settings: KafkaConsumerSettings,
  ) {
    this.context = context;
    this.number = number;
    this.member = member;
    this.broker = broker;
    this.settings = settings;
  }

  /** Asks for every partition whose buffer is empty. */
  fetch(): void {
    if (this.outstanding) return;
    let any = false;
    for (const of of this.partitions) {
      of.requested = of.buffered === 0;
      any ||= of.requested;
    }
    if (!any) return;
    this.outstanding = true;
    this.context.hop(LogEvent.fetchArrives, this.number, 0);
  }

  /** At the broker: answered at once if there is enough, else parked. */
  arrives(): void {
    if (this.member.stopped) return;
    const { kernel } = this.context.world;
    const available = this.available();
    if (available > 0 && available >= this.settings.fetchMinBytes) {
      this.answer(this.context.costs.kafkaPerRequest);
      return;
    }
    this.broker.cores.serve(kernel.now, this.context.costs.kafkaPerRequest);
    this.parked = true;
    this.parkedAt = kernel.now;
    this.timed = false;
    this.wait++;
    if (available > 0) this.limitWait();
  }

  /** Records were appended to one of the partitions. */
  appended(of: GroupPartition): void {
    if (!this.parked || !of.requested) return;
    if (this.settings.fetchMinBytes > 1 && this.available() < this.settings.fetchMinBytes) {
      this.limitWait();
      return;
    }
    const back = this.askedAgainAt();
    this.parked = false;
    if (back > this.context.world.kernel.now) this.context.later(back, LogEvent.fetchArrives, this.number, 0);
    else this.answer(0);
  }

  waited(wait: number): void {
    if (!this.parked || wait !== this.wait) return;
    this.parked = false;
    this.answer(0);
  }

  /** The answer is in the client's buffer. */
  answered(): void {
    this.outstanding = false;
    const { kernel, trace } = this.context.world;
    for (const of of this.partitions) {
      if (!of.requested) continue;
      of.requested = false;
      const { log, place } = of.partition;
      for (let offset = of.fetched; offset < of.arriving; offset++) {
        const id = log.id[log.at(offset)]!;
        if (!trace.wants(id)) break;
        trace.add(kernel.now, id, Station.fetched, place, offset);
      }
      if (of.arriving > of.fetched) this.member.buffer(of);
      of.fetched = of.arriving;
    }
    this.member.pump();
  }

  /**
   * A fetch that finds nothing comes back empty after the wait and is sent anew; while it travels, records wait for
   * it. No event is spent on these rounds: where the moment falls in a round is computed when records come.
   */
  private askedAgainAt(): number {
    const { now } = this.context.world.kernel;
    if (this.timed) return now;
    const { costs } = this.context;
    const round = this.settings.fetchMaxWait + 2 * costs.networkLatency + costs.kafkaPerRequest;
    const into = (now - this.parkedAt) % round;
    return into <= this.settings.fetchMaxWait ? now : now + round - into;
  }

  /** There is something, but less than `fetch.min.bytes`: it is sent when the wait is over. */
  private limitWait(): void {
    if (this.timed) return;
    this.timed = true;
    const { now } = this.context.world.kernel;
    const left = this.settings.fetchMaxWait - ((now - this.parkedAt) % this.settings.fetchMaxWait);
    this.context.timer(now + left, LogEvent.fetchWaited, this.number, this.wait);
  }

  private available(): number {
    let bytes = 0;
    const enough = this.settings.fetchMinBytes;
    for (const of of this.partitions) {
      if (!of.requested) continue;
      const { log } = of.partition;
      for (let batch = of.batch; batch < log.batchEnd && bytes < enough; batch++) bytes += log.bytesOf(batch);
    }
    return bytes;
  }

  /** Whole batches, within the limits but at least one: costs are paid for what is sent. */
  private answer(requestCost: number): void {
    const { costs, world } = this.context;
    let bytes = 0;
    let batches = 0;
    let diskBytes = 0;
    for (const of of this.partitions) {
      of.arriving = of.fetched;
      if (!of.requested) continue;
      const { log } = of.partition;
      let ofPartition = 0;
      for (; of.batch < log.batchEnd; of.batch++) {
        const size = log.bytesOf(of.batch);
        if (ofPartition > 0 && ofPartition + size > this.settings.maxPartitionFetchBytes) break;
        if (bytes > 0 && bytes + size > this.settings.fetchMaxBytes) break;
        bytes += size;
        ofPartition += size;
        batches++;
        of.arriving = log.nextOffset(of.batch);
      }
      if (of.partition.outsidePageCache(of.fetched, costs.pageCache)) diskBytes += ofPartition;
    }
    const cost = requestCost + batches * costs.kafkaPerBatch + bytes * costs.brokerPerByte;
    let ready = this.broker.cores.serve(world.kernel.now, cost);
    if (diskBytes > 0) ready = this.broker.disk.serve(ready, (diskBytes * 1e9) / costs.diskBandwidth);
    const arrival = this.broker.out.send(ready, bytes + answerOverhead);
    this.context.later(
      this.member.unpacked(arrival, this.arriving()),
      LogEvent.fetchAnswered,
      this.number,
      0,
    );
  }

  private arriving(): number {
    let records = 0;
    for (const of of this.partitions) records += of.arriving - of.fetched;
    return records;
  }
}
