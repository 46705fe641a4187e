import { CoordinatorLog } from "../coordination/coordinator-log.ts";
import { coordinatorsOf } from "../coordination/coordinators.ts";
import type { ClusterSettings } from "../../model/kafka-cluster.ts";
import type { Broker } from "../broker.ts";
import type { LogContext } from "../log-context.ts";
import { LogEvent } from "../log-event.ts";
import type { Partition } from "../partition.ts";
import { TransactionState, type PendingOffsets } from "./transaction.ts";
import type { TransactionalProducer } from "./transactional-producer.ts";

/** `add.partitions.to.txn.retry.backoff.ms`, ns. */
export const retryBackoff = 20e6;
/** How soon a marker is sent again to a partition without a leader, ns: an estimate. */
const markerBackoff = 100e6;

/** Why a transaction is aborted, for people; the setting where it is one. */
export type AbortReason =
  "transaction.timeout.ms" | "transactional.id" | "a failure" | "a rebalance" | "a refusal";

interface Marker {
  readonly of: TransactionState;
  readonly partition: Partition;
  readonly committed: boolean;
  readonly epoch: number;
  /** Where the leader has it; −1 before. */
  offset: number;
  /** How often leaders had cut the log by then. */
  cuts: number;
}

/**
 * The transaction coordinators of all brokers. A decision is theirs alone: once it is in their log, the markers follow,
 * whatever becomes of the producer. (TransactionCoordinator, KIP-98, KIP-890)
 */
export class TransactionCoordinator {
  readonly producers: TransactionalProducer[] = [];
  private readonly context: LogContext;
  private readonly settings: ClusterSettings;
  private readonly states = new Map<string, TransactionState>();
  private readonly byNumber: TransactionState[] = [];
  private readonly markers = new Map<number, Marker>();
  private nextMarker = 0;

  constructor(context: LogContext, settings: ClusterSettings) {
    this.context = context;
    this.settings = settings;
  }

  /** Of a `transactional.id`; the first to ask makes it. */
  state(
    id: string,
    timeout: number,
    place: number,
  ): { readonly state: TransactionState; readonly first: boolean } {
    const { brokers } = this.context.cluster;
    const known = this.states.get(id);
    if (known !== undefined) return { state: known, first: false };
    const { transactionState } = this.settings;
    const replicas = coordinatorsOf(id, brokers, transactionState);
    const log = new CoordinatorLog(this.context, replicas, transactionState.minInSync);
    // During the run its first leader may be away.
    log.elect();
    log.review();
    const state = new TransactionState(this.states.size, id, log, timeout, place);
    if (this.states.size === 0) {
      this.schedule();
      this.scheduleExpiry();
    }
    state.updatedAt = this.context.kernel.now;
    this.states.set(id, state);
    this.byNumber.push(state);
    return { state, first: true };
  }

  /** Brokers have been fenced, or may lead again: the next one has what the log holds. */
  elect(): void {
    const { kernel, world } = this.context;
    for (const { log, place } of this.states.values())
      if (log.elect())
        world.occurrences.add(
          kernel.now,
          "coordinatorElected",
          place,
          log.broker.number,
          "__transaction_state",
        );
  }

  /** What the coordinator's log takes to have a change: its followers fetch it. */
  get writing(): number {
    const { cluster, costs } = this.context;
    return cluster.brokers.length > 1 ? 2 * costs.networkLatency : 0;
  }

  /** A leader asks for its partition to be in the producer's transaction, which begins if none is open; how long that takes, ns. */
  enlist(of: TransactionState, partition: Partition, leader: Broker): number {
    this.begin(of);
    if (of.partitions.has(partition)) return 0;
    of.partitions.add(partition);
    of.updatedAt = this.context.kernel.now;
    const { kernel, costs } = this.context;
    const { broker } = of.log;
    const way = leader === broker ? 0 : 2 * costs.networkLatency;
    return broker.work(kernel.now, costs.kafkaPerRequest) - kernel.now + way + this.writing;
  }

  /** The group's coordinator has the offsets of the producer's transaction. */
  addOffsets(of: TransactionState, offsets: PendingOffsets): void {
    this.begin(of);
    of.offsets = offsets;
    of.updatedAt = this.context.kernel.now;
  }

  /** It is decided: markers go to all partitions, and offsets take effect or do not. The producer's epoch is over. */
  decide(of: TransactionState, committed: boolean, reason: AbortReason): void {
    of.epoch++;
    of.expired = false;
    of.updatedAt = this.context.kernel.now;
    const { kernel, costs, world } = this.context;
    const { offsets, finished } = of;
    of.finished = 0;
    // What nothing was sent for is unknown to the coordinator, and yet it begins anew.
    if (!committed && (of.phase === "ongoing" || finished > 0))
      world.occurrences.add(kernel.now, "transactionAborted", of.place, finished, reason);
    if (of.phase !== "ongoing") return;
    of.phase = "completing";
    of.offsets = undefined;
    of.unmarked = of.partitions.size;
    if (committed) offsets?.committed();
    else offsets?.aborted();
    const written = kernel.now + this.writing;
    for (const partition of of.partitions) {
      const marker = this.nextMarker++;
      this.markers.set(marker, { of, partition, committed, epoch: of.epoch, offset: -1, cuts: 0 });
      const way = partition.broker === of.log.broker ? 0 : costs.networkLatency;
      this.context.timer(written + way + costs.kafkaPerRequest, LogEvent.markerArrives, marker, 0);
    }
    if (of.unmarked === 0) this.context.timer(written, LogEvent.transactionComplete, of.number, 0);
  }

  /** A marker is at the leader, or looked after there; without a leader, or when a new one lacks it, it is sent again. */
  markerArrives(number: number): void {
    const { kernel, costs, replication } = this.context;
    const marker = this.markers.get(number)!;
    const { of, partition, committed, epoch } = marker;
    const { replicas, leader } = partition;
    const again = (after: number): void =>
      this.context.timer(kernel.now + after, LogEvent.markerArrives, number, 0);
    if (leader?.alive !== true) return again(markerBackoff);
    if (replicas !== undefined) {
      const { offset, cuts } = marker;
      const written = offset >= 0 && !replicas.cuts.slice(cuts).some((cut) => cut <= offset);
      if (written && partition.log.highWatermark <= offset) return again(Math.max(costs.networkLatency, 1e6));
      if (!written) {
        marker.offset = partition.log.logEnd;
        marker.cuts = replicas.cuts.length;
        partition.endTransaction(committed, of.producerId, epoch, kernel.now);
        replication.wake();
        return again(2 * costs.networkLatency);
      }
    } else partition.endTransaction(committed, of.producerId, epoch, kernel.now);
    this.markers.delete(number);
    if (--of.unmarked > 0) return;
    const answered = kernel.now + costs.networkLatency + this.writing;
    this.context.timer(answered, LogEvent.transactionComplete, of.number, 0);
  }

  /** All partitions have their marker: the next transaction may begin. */
  complete(number: number): void {
    const of = this.byNumber[number]!;
    of.phase = "empty";
    of.updatedAt = this.context.kernel.now;
    of.partitions.clear();
    for (const first of of.waiting.splice(0))
      this.context.timer(this.context.kernel.now + retryBackoff, LogEvent.produceArrives, first, 0);
  }

  /** Transactions that have been open for too long are aborted. (abortTimedOutTransactions) */
  checkTimeouts(): void {
    const { now } = this.context.kernel;
    for (const of of this.states.values())
      if (of.phase === "ongoing" && of.startedAt + of.timeout < now && of.log.writes)
        this.decide(of, false, "transaction.timeout.ms");
    this.schedule();
  }

  /**
   * Names that nothing was written of for so long are forgotten: what their producers send next is refused, with
   * INVALID_PRODUCER_ID_MAPPING, and they have to begin anew. (TransactionStateManager.removeExpiredTransactionalIds)
   */
  expire(): void {
    const before = this.context.kernel.now - this.settings.transactionalIdExpiration;
    for (const of of this.states.values())
      if (of.phase === "empty" && !of.expired && of.updatedAt <= before && of.log.writes) {
        of.expired = true;
        of.expiredEpoch = of.epoch++;
      }
    this.scheduleExpiry();
  }

  private begin(of: TransactionState): void {
    if (of.phase === "ongoing") return;
    of.phase = "ongoing";
    of.startedAt = this.context.kernel.now;
  }

  private scheduleExpiry(): void {
    const { kernel } = this.context;
    this.context.background(kernel.now + this.settings.transactionalIdCheck, LogEvent.transactionalIdsExpire);
  }

  private schedule(): void {
    const { transactionTimeoutCheck } = this.settings;
    this.context.background(this.context.kernel.now + transactionTimeoutCheck, LogEvent.transactionTimeouts);
  }
}
