import { zero } from "../../sim/zero.ts";
import { Station } from "../../stats/trace.ts";
import type { Broker } from "../broker.ts";
import type { LogContext } from "../log-context.ts";
import { LogEvent } from "../log-event.ts";
import { Acknowledgements } from "./acknowledgements.ts";
import { AcquiredRuns } from "./acquired-runs.ts";
import type { ShareMember } from "./share-member.ts";
import type { SharePartition } from "./share-partition.ts";

/** Bytes of a fetch answer beside its record batches: an estimate. */
const answerOverhead = 64;
/** What is refused at once comes again no sooner, ns. */
const leastRound = 1e6;

/**
 * A member's share session with a broker: ShareFetch, one outstanding at a time and only while `poll()` waits, takes
 * acknowledgements along; ShareAcknowledge carries those of a `poll()` that found records in the client's buffer.
 */
export class ShareSession {
  readonly number: number;
  readonly member: ShareMember;
  readonly broker: Broker;
  readonly partitions: SharePartition[] = [];
  /** The client uses it no more. */
  closed = false;
  parked = false;
  private readonly context: LogContext;
  /** Time from the start of a wait that finds nothing to the start of the next. */
  private readonly round: number;
  private outstanding = false;
  /** The broker keeps it. */
  private kept = false;
  private told = false;
  private parkedAt = zero;
  private wait = 0;
  private timed = false;
  /** The partition that the next fetch begins with. */
  private turn = 0;
  private writtenAt = zero;
  private pending = new Acknowledgements();
  /** On their way to the broker: with the fetch, and in requests of their own. */
  private riding: Acknowledgements | undefined = undefined;
  private readonly requests: Acknowledgements[] = [];
  private readonly writing: Acknowledgements[] = [];
  private readonly answering = new AcquiredRuns();

  constructor(context: LogContext, number: number, member: ShareMember, broker: Broker) {
    const { networkLatency, kafkaPerRequest } = context.costs;
    this.context = context;
    this.number = number;
    this.member = member;
    this.broker = broker;
    this.round = member.setup.settings.fetchMaxWait + 2 * networkLatency + kafkaPerRequest;
  }

  add(of: SharePartition): void {
    this.partitions.push(of);
    of.group.reads(of);
    this.renew();
  }

  drop(of: SharePartition): void {
    this.partitions.splice(this.partitions.indexOf(of), 1);
    of.group.readsNoMore(of);
  }

  /** What became of a record that it acquired. */
  acknowledge(of: SharePartition, offset: number, lock: number, type: 1 | 2 | 3): void {
    if (!this.closed) this.pending.add(of, offset, lock, type);
  }

  /** `poll()` has nothing: ShareFetch. */
  fetch(): void {
    if (this.outstanding || this.closed || (this.partitions.length === 0 && this.pending.count === 0)) return;
    this.outstanding = true;
    this.riding = this.takePending();
    if (!this.context.defersHop(LogEvent.shareFetchArrives, this.number)) this.arrives();
  }

  /** `poll()` had records: ShareAcknowledge, beside them. */
  send(): void {
    const acknowledgements = this.takePending();
    if (acknowledgements === undefined) return;
    this.requests.push(acknowledgements);
    if (!this.context.defersHop(LogEvent.shareAcknowledgeArrives, this.number)) this.acknowledgeArrives();
  }

  arrives(): void {
    const { context, riding } = this;
    const { kernel, costs } = context;
    this.riding = undefined;
    this.writtenAt = 0;
    if (riding !== undefined && this.broker.alive) this.write(riding);
    if (this.closed) return;
    this.broker.work(kernel.now, costs.kafkaPerRequest);
    if (!this.isKept()) {
      this.context.background(
        kernel.now + Math.max(this.round, leastRound),
        LogEvent.shareFetchArrives,
        this.number,
      );
      return;
    }
    this.parked = true;
    this.parkedAt = kernel.now;
    this.timed = false;
    this.wait++;
    if (this.enough()) this.answer();
    else {
      this.member.group.park(this);
      if (this.partitions.some((of) => of.acquirable)) this.limitWait(0);
    }
  }

  acknowledgeArrives(): void {
    const acknowledgements = this.requests.shift();
    if (acknowledgements === undefined || !this.broker.alive) return;
    this.broker.work(this.context.kernel.now, this.context.costs.kafkaPerRequest);
    this.write(acknowledgements);
  }

  /** The share coordinator has written what came first. */
  written(): void {
    const first = this.writing.shift();
    if (this.broker.alive) first?.apply();
  }

  /** Records came, or are available again. A wait that found nothing is computed, as a consumer's fetch. */
  wake(): void {
    if (!this.parked) return;
    const { now } = this.context.kernel;
    const parked = now - this.parkedAt;
    const into = this.timed || this.round === 0 ? 0 : parked < this.round ? parked : parked % this.round;
    if (into > this.member.setup.settings.fetchMaxWait) this.comesAgain(this.round - into);
    else if (this.enough()) this.answer();
    else this.limitWait(into);
  }

  /** `fetch.max.wait.ms` is over: what there is, is sent. */
  waited(wait: number): void {
    if (this.parked && wait === this.wait) this.answer();
  }

  answered(): void {
    if (this.closed) return;
    this.outstanding = false;
    this.stampAll();
    this.answering.moveTo(this.member.buffer, Infinity);
    this.member.pump();
  }

  /** The member leaves cleanly: its last acknowledgements go out, and the session ends with them. */
  finish(): void {
    this.unpark();
    this.discard();
    this.send();
    this.ends();
    this.closes();
  }

  /** The member's process is gone: what it has sent arrives, then the end of its connection. */
  crash(): void {
    this.unpark();
    this.discard();
    this.pending = new Acknowledgements();
    this.ends();
    this.closes();
  }

  /** It reaches its broker no more: what is on its way is lost. */
  disconnect(): void {
    this.unpark();
    this.discard();
    this.pending = new Acknowledgements();
    this.riding = undefined;
    this.requests.length = 0;
    if (!this.broker.alive) this.forgotten();
    this.ends();
  }

  /** At the broker: what it still holds is available again. */
  closesAtBroker(): void {
    this.forgotten();
    if (!this.broker.alive) return;
    for (const of of this.member.group.partitions) of.release(this, "its share session was closed");
  }

  /** What is on its way to the member and will not arrive. */
  get underWay(): AcquiredRuns {
    return this.answering;
  }

  /**
   * A broker keeps at most so many of all groups. It answers the others after `fetch.max.wait.ms`, and they ask again.
   * (SharePartitionManager.newContext, KafkaApis.handleShareFetchRequest)
   */
  private isKept(): boolean {
    const { broker, context, member } = this;
    if (this.kept) return true;
    if (broker.shareSessions < member.group.setup.cluster.share.sessionsMax) {
      broker.shareSessions++;
      this.kept = true;
    } else if (!this.told) {
      this.told = true;
      const { occurrences } = context.world;
      occurrences.add(context.kernel.now, "shareSessionRefused", member.setup.place, broker.number);
    }
    return this.kept;
  }

  private forgotten(): void {
    if (this.kept) this.broker.shareSessions--;
    this.kept = false;
  }

  private closes(): void {
    const { kernel, costs } = this.context;
    this.context.timer(kernel.now + costs.networkLatency, LogEvent.shareSessionCloses, this.number, 0);
  }

  private ends(): void {
    this.closed = true;
    for (const of of [...this.partitions]) this.drop(of);
  }

  private discard(): void {
    for (const [of, from, end] of this.answering.stretches())
      for (let offset = from; offset < end; offset++) of.letsGo(offset);
    this.answering.clear();
  }

  private unpark(): void {
    this.parked = false;
    this.member.group.unpark(this);
  }

  private takePending(): Acknowledgements | undefined {
    if (this.pending.count === 0) return undefined;
    const { pending } = this;
    this.pending = new Acknowledgements();
    return pending;
  }

  /** The share coordinator writes the states, on another broker; the answer waits for it. */
  private write(acknowledgements: Acknowledgements): void {
    const { kernel, costs } = this.context;
    acknowledgements.arrive();
    this.writing.push(acknowledgements);
    this.writtenAt =
      kernel.now +
      this.member.group.setup.cluster.share.appendLinger +
      2 * costs.networkLatency +
      costs.kafkaPerRequest;
    if (!this.context.defersAnyTime(this.writtenAt, LogEvent.shareWritten, this.number)) this.written();
  }

  private renew(): void {
    if (!this.parked || !this.partitions.some((of) => of.acquirable)) return;
    const { now } = this.context.kernel;
    this.comesAgain(this.round === 0 ? 0 : this.round - ((now - this.parkedAt) % this.round));
  }

  private comesAgain(after: number): void {
    this.unpark();
    const { now } = this.context.kernel;
    if (!this.context.defersAnyTime(now + after, LogEvent.shareFetchArrives, this.number)) this.arrives();
  }

  private enough(): boolean {
    const { fetchMinBytes } = this.member.setup.settings;
    return this.partitions.some((of) => of.holds(fetchMinBytes));
  }

  private limitWait(into: number): void {
    if (this.timed) return;
    this.timed = true;
    const end = this.context.kernel.now + this.member.setup.settings.fetchMaxWait - into;
    this.context.timer(end, LogEvent.shareFetchWaited, this.number, this.wait);
  }

  /** Partitions take turns in being the first; each has an equal part of `fetch.max.bytes`. */
  private answer(): void {
    const { context, broker, partitions, answering, member } = this;
    const { costs, kernel } = context;
    this.unpark();
    const { maxPollRecords, fetchMaxBytes } = member.setup.settings;
    const { cluster } = member.group.setup;
    const part = Math.min(fetchMaxBytes, cluster.fetchMaxBytes) / Math.max(partitions.length, 1);
    let records = 0;
    let bytes = 0;
    let batches = 0;
    let unpacking = 0;
    let diskBytes = 0;
    const first = this.turn++;
    for (let i = 0; i < partitions.length && records < maxPollRecords; i++) {
      const of = partitions[(first + i) % partitions.length]!;
      if (!of.acquirable) continue;
      const from = of.records.startOffset;
      records += of.acquire(this, maxPollRecords - records, part, answering);
      bytes += of.takenBytes;
      of.partition.network.add(kernel.now, of.takenBytes);
      batches += of.takenBatches;
      unpacking += of.takenWork;
      if (of.partition.outsidePageCache(from, costs.pageCache)) diskBytes += of.takenBytes;
    }
    let ready = broker.work(kernel.now, batches * costs.kafkaPerBatch + bytes * costs.brokerPerByte);
    if (diskBytes > 0) ready = broker.read(ready, diskBytes);
    const arrival = broker.out.send(Math.max(ready, this.writtenAt), bytes + answerOverhead);
    const unpacked = member.unpacked(arrival, records, unpacking);
    if (!context.defersAnyTime(unpacked, LogEvent.shareFetchAnswered, this.number)) this.answered();
  }

  private stampAll(): void {
    const { trace } = this.context;
    for (const [of, from, end] of this.answering.stretches()) {
      const { log, place } = of.partition;
      for (let offset = from; offset < end; offset++) {
        const id = log.id[log.at(offset)]!;
        if (!trace.wants(id)) break;
        trace.add(id, Station.fetched, place, offset);
      }
    }
  }
}
