import { SerialServer } from "../sim/station.ts";
import type { LoggedState } from "../sim/world.ts";
import type { GroupPartition } from "./group-partition.ts";
import { LogEvent } from "./log-event.ts";
import type { Member } from "./member.ts";
import type { Partition } from "./partition.ts";
import { CommittedView, type LogView } from "./transactions/committed-view.ts";

/** Bytes of a fetch answer beside its record batches: an estimate. */
const answerOverhead = 64;

/** A task whose changelog is read. */
interface Restored {
  readonly task: number;
  readonly partition: Partition;
  readonly view: LogView;
  /** Where its log ended when it was begun. */
  readonly end: number;
  /** What is to be read next. */
  offset: number;
  records: number;
}

/**
 * A member reads the state of the tasks that it has got back from their changelog, one after the other, to where that
 * ended when it began; what it reads for other tasks meanwhile, it works on. (DefaultStateUpdater, StoreChangelogReader)
 */
export class Restoration {
  private readonly member: Member;
  private readonly partitions: readonly GroupPartition[];
  /** Since when tasks wait, ns. */
  private readonly since = new Map<number, number>();
  private readonly thread = new SerialServer();
  private current: Restored | undefined = undefined;
  /** Counts them, so that answers to an earlier one are known. */
  private number = 0;
  /** It will ask in a while. */
  private waits = false;

  /** `partitions`: those that the member reads. */
  constructor(member: Member, partitions: readonly GroupPartition[]) {
    this.member = member;
    this.partitions = partitions;
  }

  /** The member reads the partition from now on, but not before it has its task's state. */
  holds(of: GroupPartition): void {
    of.restoring = this.state?.lacks(of.partition.log.partition) === true;
  }

  /** Restores what is lacking; what has nothing in its changelog goes on at once. */
  begin(): void {
    const { now } = this.member.context.kernel;
    for (const { restoring, partition } of this.partitions)
      if (restoring && !this.since.has(partition.log.partition)) this.since.set(partition.log.partition, now);
    if (this.current === undefined && !this.waits) this.asks();
  }

  /** Nobody could answer a while ago. */
  asksAgain(): void {
    this.asks();
    this.member.pump();
  }

  /** Asks for what comes next, or later, while nobody can answer. */
  private asks(): void {
    this.waits = false;
    const { member } = this;
    const { context, setup } = member;
    if (member.gone || member.stopped) return;
    for (const task of this.since.keys()) if (!this.isWanted(task)) this.since.delete(task);
    if (this.current !== undefined && !this.since.has(this.current.task)) this.current = undefined;
    while ((this.current ??= this.next()) !== undefined) {
      const { current } = this;
      if (current.offset < current.end) {
        if (!this.isReached(current.partition)) this.waitsFor(setup.settings.retryBackoff);
        else {
          const arrival = context.kernel.now + context.costs.networkLatency;
          context.timer(arrival, LogEvent.restoreArrives, setup.number, this.number);
        }
        return;
      }
      this.complete(current);
    }
    if (this.since.size > 0) this.waitsFor(setup.settings.retryBackoff);
  }

  /** At the broker. */
  arrives(number: number): void {
    const { current, member } = this;
    if (current === undefined || number !== this.number || member.gone || member.stopped) return;
    const { context, setup } = member;
    const { costs, kernel, decompression } = context;
    const { partition } = current;
    if (!this.isReached(partition)) {
      this.waitsFor(setup.settings.retryBackoff);
      return;
    }
    const { log, broker } = partition;
    const from = (current.offset = Math.max(current.offset, log.logStart));
    let bytes = 0;
    let batches = 0;
    let unpacking = 0;
    for (let batch = log.batchOf(from); current.offset < current.end && batch < log.batchEnd; batch++) {
      const more = log.bytesOf(batch);
      if (bytes > 0 && bytes + more > setup.settings.maxPartitionFetchBytes) break;
      const next = log.nextOffset(batch);
      if (decompression !== undefined) unpacking += decompression.work(partition, current.offset, next, more);
      bytes += more;
      batches++;
      current.offset = next;
    }
    // The log was cut back.
    if (batches === 0) current.offset = current.end;
    const records = batches === 0 ? 0 : log.count(from, current.offset);
    current.records += records;
    const cost = costs.kafkaPerRequest + batches * costs.kafkaPerBatch + bytes * costs.brokerPerByte;
    let ready = broker.work(kernel.now, cost);
    if (partition.outsidePageCache(from, costs.pageCache)) ready = broker.read(ready, bytes);
    partition.network.add(kernel.now, bytes);
    const arrival = broker.out.send(ready, bytes + answerOverhead);
    const read = this.thread.serve(arrival, records * costs.kafkaClientPerMessage + unpacking);
    context.timer(read, LogEvent.restoreAnswered, setup.number, number);
  }

  answered(number: number): void {
    if (this.current === undefined || number !== this.number || this.member.gone) return;
    this.asks();
    this.member.pump();
  }

  private get state(): LoggedState | undefined {
    return this.member.setup.sender?.onward.state;
  }

  /** The member has it still, and has not its state. */
  private isWanted(task: number): boolean {
    return this.partitions.some((of) => of.restoring && of.partition.log.partition === task);
  }

  /** The first whose offsets no transaction is about to move. */
  private next(): Restored | undefined {
    const { context, setup } = this.member;
    for (const task of this.since.keys()) {
      if (this.partitions.some((of) => of.partition.log.partition === task && of.pendingCommit)) continue;
      const { partitions } = context.cluster.topics.get(this.state!.topic)!;
      const partition = partitions[task % partitions.length]!;
      const { transactions, log } = partition;
      const view =
        transactions === undefined || setup.settings.commit !== "transactional"
          ? log
          : new CommittedView(transactions.log, transactions);
      this.number++;
      const end = view.highWatermark;
      // Who is there from the beginning has read it before the run.
      const offset = context.kernel.now > 0 ? log.logStart : end;
      return { task, partition, view, end, offset, records: 0 };
    }
    return undefined;
  }

  private complete({ task, partition: { log }, view, end, records }: Restored): void {
    const { member, since } = this;
    const waited = member.context.kernel.now - since.get(task)!;
    const readable = new Set<number>();
    const present = new Set<number>();
    for (
      let offset = log.nextHeld(log.logStart);
      offset < log.highWatermark;
      offset = log.nextHeld(offset + 1)
    )
      present.add(log.id[log.at(offset)]!);
    for (let offset = view.nextHeld(log.logStart); offset < end; offset = view.nextHeld(offset + 1))
      readable.add(log.id[log.at(offset)]!);
    since.delete(task);
    this.current = undefined;
    this.state!.restore(task, { readable, present, records, waited });
    for (const of of this.partitions)
      if (of.restoring && of.partition.log.partition === task) {
        of.restoring = false;
        member.sessions.add(of);
      }
  }

  private isReached({ leader }: Partition): boolean {
    return leader?.alive === true && this.member.context.cluster.network.reaches(this.member, leader);
  }

  /** It keeps no run going. */
  private waitsFor(time: number): void {
    const { context, setup } = this.member;
    this.waits = true;
    context.background(context.kernel.now + time, LogEvent.restoreAsks, setup.number);
  }
}
