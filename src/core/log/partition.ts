import type { TopicCompression } from "../model/compression.ts";
import type { Messages } from "../sim/messages.ts";
import { zero } from "../sim/zero.ts";
import type { MovedBytes } from "../stats/moved-bytes.ts";
import type { Broker } from "./broker.ts";
import type { PartitionLog } from "./partition-log.ts";
import type { ReplicaSet } from "./replication/replica-set.ts";
import { StoredLog } from "./storage/stored-log.ts";
import type { HeldBytes } from "./storage/held-bytes.ts";
import type { PartitionStorage } from "./storage/partition-storage.ts";
import type { ProducerClient } from "./producer-client.ts";
import type { PartitionTransactions } from "./transactions/partition-transactions.ts";
import { Unflushed } from "./unflushed.ts";

/** A group's part of a partition, as far as the partition has to know it. */
export interface PartitionReader {
  readonly group: {
    appended(of: PartitionReader, count: number, bytes: number): void;
    truncated(of: PartitionReader, end: number): void;
  };
  /** The first record that it may still need; Infinity where it needs none any more. */
  readonly needed: number;
  /** Bytes of the batches that it has not fetched and may. */
  readonly unreadBytes: number;
  /** The stretches of offsets that its members have and no handler has taken up. */
  readonly inHand: readonly (readonly [from: number, to: number])[];
  /** There is more to read: fetches of it may be waiting. */
  wake(): void;
  /** The cleaner took bytes of what it had not fetched. */
  shrunk(bytes: number): void;
  /** Whether it has finished the record of this offset. */
  finishedAt(offset: number): boolean;
  /** The log starts at this offset from now on. */
  expire(logStart: number): void;
  /** The cleaner has taken this message's record. */
  cleaned(offset: number, id: number): void;
  /** What it has not read may begin elsewhere: the log has lost records. */
  headChanged(now: number): void;
  /** Another broker leads the partition. */
  leaderMoved(): void;
}

/** How many offsets share one note of what the broker had appended by then. */
const noteEvery = 4096;

/** A partition on its leader: the log, and the groups that read it. */
export class Partition {
  readonly log: PartitionLog;
  /** Its leader, or the one that led it last. */
  broker: Broker;
  readonly place: number;
  /** The largest batch that it takes. */
  maxMessageBytes = Infinity;
  compression: TopicCompression = undefined;
  /** `flush.messages`. */
  flushEvery = Infinity;
  /** At its leader. */
  private readonly unflushed = new Unflushed();
  /** Undefined with one replica. */
  replicas: ReplicaSet | undefined = undefined;
  /** Undefined where nothing goes before the end of the run. */
  storage: PartitionStorage | undefined = undefined;
  /** By which rule its records were deleted last. */
  deletedBy = "";
  private readonly held: HeldBytes;
  /** What the network moves of its topic. */
  readonly network: MovedBytes;
  /** When the append that was admitted last is done: appends are serial in a partition. */
  appendedUntil = zero;
  /** The groups whose lag it moves; `readers` of them still read. */
  readonly groups: PartitionReader[] = [];
  /** Those that may read up to the high watermark: all, where there are no transactions. */
  readonly unbound: PartitionReader[];
  /** Undefined where no producer sends in transactions. */
  transactions: PartitionTransactions | undefined = undefined;
  readers = 0;
  /** Groups that will read it from its beginning, and have not started: nothing is forgotten before. */
  awaited = 0;
  /** Bytes that the broker had appended when each 4096th offset was written. */
  private notes: number[] = [0];

  /** `transactional`: producers may send in transactions. */
  constructor(
    log: PartitionLog,
    broker: Broker,
    place: number,
    held: HeldBytes,
    network: MovedBytes,
    transactional = false,
  ) {
    this.log = log;
    this.broker = broker;
    this.place = place;
    this.held = held;
    this.network = network;
    this.unbound = transactional ? [] : this.groups;
    held.add(this.log);
  }

  /** Whether an append of so many records flushes the log. */
  flushes(records: number): boolean {
    return this.unflushed.append(records, this.flushEvery);
  }

  /** Undefined while it has none. */
  get leader(): Broker | undefined {
    return this.replicas === undefined ? this.broker : this.replicas.leader?.broker;
  }

  append(
    messages: Messages,
    head: number,
    count: number,
    bytes: number,
    now: number,
    by?: ProducerClient,
  ): number {
    if (now >= this.held.due) this.held.note(now);
    return this.write(messages, head, count, bytes, now, by);
  }

  /** A marker ends a producer's transaction: it takes an offset that no reader gets. */
  endTransaction(committed: boolean, producerId: number, epoch: number, now: number): void {
    const { replicas, transactions, broker } = this;
    if (now >= this.held.due) this.held.note(now);
    const bytes = transactions!.end(committed, producerId, epoch, now);
    broker.appended += bytes;
    this.noteAppended();
    if (replicas !== undefined) replicas.appended();
    else {
      for (const of of this.unbound) of.group.appended(of, 1, bytes);
      for (const of of this.unbound) of.wake();
    }
    transactions!.advance();
    if (this.readers === 0) this.forget();
  }

  /** A group reads it: `committed`, what transactions have made stable. */
  readBy(of: PartitionReader, committed = false): void {
    this.groups.push(of);
    this.readers++;
    const { transactions } = this;
    if (transactions !== undefined) (committed ? transactions.readers : this.unbound).push(of);
  }

  /** Before the run; all replicas have it. */
  preload(messages: Messages, head: number, count: number, bytes: number, time: number): void {
    this.write(messages, head, count, bytes, time);
    this.log.preloadEnd = this.log.logEnd;
    if (this.replicas !== undefined) this.replicas.preloaded();
    this.transactions?.settle();
    this.forget();
  }

  /**
   * The broker deletes or cleans: the log holds less and may start later, and what readers have in hand stays with them.
   * Before the run (`now` below 0) nobody sees it.
   */
  rewrite<T>(now: number, work: (storage: PartitionStorage) => T): T {
    const { log, groups, held } = this;
    const storage = this.storage!;
    if (now >= 0) held.note(now);
    if (log instanceof StoredLog) {
      log.pin(groups.flatMap((of) => of.inHand));
      log.stored.deleted = [];
      log.stored.taken = (offset, id) => {
        for (const of of groups) of.cleaned(offset, id);
      };
    }
    const unread = log.sparse ? groups.map((of) => of.unreadBytes) : [];
    const result = work(storage);
    if (log instanceof StoredLog) log.cleaned();
    for (const [i, bytes] of unread.entries()) groups[i]!.shrunk(bytes - groups[i]!.unreadBytes);
    log.bytes = storage.unified.bytes;
    if (now >= 0) held.note(now);
    this.startAt(storage.unified.logStart);
    if (log instanceof StoredLog) log.stored.deleted = undefined;
    if (now >= 0) this.headsChanged(now);
    return result;
  }

  /** Records before the offset cannot be read any more. */
  startAt(offset: number): void {
    const { log } = this;
    if (offset <= log.logStart) return;
    log.logStart = offset;
    const stable = this.transactions?.settle() === true;
    for (const of of this.groups) of.expire(offset);
    if (stable) for (const of of this.transactions!.readers) of.wake();
    this.forget();
  }

  /** What its groups have not read may begin elsewhere. */
  headsChanged(now: number): void {
    for (const of of this.groups) of.headChanged(now);
  }

  /** The log is cut back to so many batches, which end at this offset. */
  truncate(batches: number, end: number, now: number): void {
    const { log, held } = this;
    held.note(now);
    log.truncate(batches, end);
    this.storage?.truncated(now);
    this.transactions?.truncated();
    held.note(now);
  }

  /** Another broker leads it. How far back a record lies there is taken to be as far as it was. */
  movesTo(broker: Broker): void {
    const shift = broker.appended - this.broker.appended;
    this.notes = this.notes.slice(0, Math.floor(this.log.logEnd / noteEvery) + 1).map((note) => note + shift);
    this.broker = broker;
  }

  /** More was appended at the broker since this offset than its page cache holds. */
  outsidePageCache(offset: number, pageCache: number): boolean {
    return (
      this.broker.appended - this.notes[Math.min(Math.floor(offset / noteEvery), this.notes.length - 1)]! >
      pageCache
    );
  }

  /** Forgets records that no group, present or awaited, can read; one that comes may begin at the last stable offset. */
  forget(): void {
    const { log, transactions } = this;
    let needed = this.awaited > 0 ? log.logStart : (transactions?.lastStable ?? log.logEnd);
    for (const of of this.groups) needed = Math.min(needed, of.needed);
    if (this.replicas !== undefined) needed = Math.min(needed, this.log.highWatermark, this.replicas.common);
    this.log.forget(needed);
  }

  private write(
    messages: Messages,
    head: number,
    count: number,
    bytes: number,
    now: number,
    by?: ProducerClient,
  ): number {
    const base = this.log.append(messages, head, count, bytes);
    this.broker.appended += bytes;
    this.noteAppended();
    this.storage?.appended(messages, head, base, count, bytes, now, by);
    return base;
  }

  private noteAppended(): void {
    while (this.notes.length * noteEvery < this.log.logEnd) this.notes.push(this.broker.appended);
  }
}
