import { noTimestamp } from "./log-segment.ts";
import { Refusal } from "./refusal.ts";

const batchesRemembered = 5;
const noOffset = -1;
const lastSequenceMax = 2_147_483_647;

/** What a partition remembers of one producer id: its epoch, its last five batches, its open transaction. */
export class ProducerState {
  epoch: number;
  /** The largest of the batch that it wrote last, or of its marker. */
  timestamp = noTimestamp;
  /** First offset of the open transaction; −1 while there is none. */
  transactionStart = noOffset;
  /** Batches remembered, at most five; the newest is at `newest`. */
  private batches = 0;
  private newest = batchesRemembered - 1;
  private readonly firstSequences = new Int32Array(batchesRemembered);
  private readonly lastSequences = new Int32Array(batchesRemembered);
  private readonly lastOffsets = new Float64Array(batchesRemembered);

  constructor(epoch: number) {
    this.epoch = epoch;
  }

  /** −1 while no batch of its epoch is remembered. */
  get lastSequence(): number {
    return this.batches === 0 ? -1 : this.lastSequences[this.newest]!;
  }

  get lastDataOffset(): number {
    return this.batches === 0 ? noOffset : this.lastOffsets[this.newest]!;
  }

  /** Last offset of the remembered batch with these sequences; −1 when there is none. */
  duplicate(epoch: number, first: number, last: number): number {
    if (epoch !== this.epoch) return noOffset;
    for (let i = 0; i < this.batches; i++) {
      const at = (this.newest + batchesRemembered - i) % batchesRemembered;
      if (this.firstSequences[at] === first && this.lastSequences[at] === last) return this.lastOffsets[at]!;
    }
    return noOffset;
  }

  follows(sequence: number): boolean {
    const { lastSequence } = this;
    return sequence === lastSequence + 1 || (sequence === 0 && lastSequence === lastSequenceMax);
  }

  advance(epoch: number): void {
    if (epoch !== this.epoch) this.batches = 0;
    this.epoch = epoch;
  }

  remember(first: number, last: number, lastOffset: number): void {
    this.newest = (this.newest + 1) % batchesRemembered;
    this.firstSequences[this.newest] = first;
    this.lastSequences[this.newest] = last;
    this.lastOffsets[this.newest] = lastOffset;
    if (this.batches < batchesRemembered) this.batches++;
  }
}

/** A transaction that has its marker, which is not yet below the high watermark. */
interface Completed {
  readonly firstOffset: number;
  readonly markerOffset: number;
}

/** The producers that a partition knows, and their transactions. (ProducerStateManager) */
export class ProducerStates {
  private readonly states = new Map<number, ProducerState>();
  /** First offsets of the open transactions, by producer id: in the order in which they began. */
  private readonly open = new Map<number, number>();
  private unreplicated: Completed[] = [];

  of(producerId: number): ProducerState | undefined {
    return this.states.get(producerId);
  }

  /** The first offset whose transaction is open, or complete with a marker that not all have; Infinity when none is. */
  get firstUnstable(): number {
    let first = this.firstOpen(-1);
    for (const { firstOffset } of this.unreplicated) first = Math.min(first, firstOffset);
    return first;
  }

  /** First offset of the oldest open transaction, but for this producer's; Infinity when there is none. */
  firstOpen(exceptOf: number): number {
    for (const [producerId, first] of this.open) if (producerId !== exceptOf) return first;
    return Infinity;
  }

  /** Why a client's batch is refused: 0 when it is not. (ProducerAppendInfo) */
  refusal(producerId: number, epoch: number, sequence: number, transactional: boolean): Refusal | 0 {
    const state = this.states.get(producerId);
    // An unknown producer may start anywhere: its records may have been deleted.
    if (state === undefined) return 0;
    if (epoch < state.epoch) return Refusal.invalidProducerEpoch;
    if (epoch > state.epoch ? sequence !== 0 : !state.follows(sequence)) return Refusal.outOfOrderSequence;
    return state.transactionStart >= 0 && !transactional ? Refusal.invalidTransactionState : 0;
  }

  append(
    producerId: number,
    epoch: number,
    sequence: number,
    base: number,
    count: number,
    transactional: boolean,
    timestamp: number,
  ): void {
    let state = this.states.get(producerId);
    if (state === undefined) this.states.set(producerId, (state = new ProducerState(epoch)));
    state.advance(epoch);
    state.timestamp = timestamp;
    state.remember(sequence, (sequence + count - 1) | 0, base + count - 1);
    if (transactional && state.transactionStart < 0) {
      state.transactionStart = base;
      this.open.set(producerId, base);
    }
  }

  /** The marker of a transaction is written; returns the transaction's first offset, −1 where it had no records here. */
  complete(producerId: number, epoch: number, markerOffset: number, timestamp: number): number {
    let state = this.states.get(producerId);
    if (state === undefined) this.states.set(producerId, (state = new ProducerState(epoch)));
    state.advance(epoch);
    state.timestamp = timestamp;
    const firstOffset = state.transactionStart;
    state.transactionStart = noOffset;
    this.open.delete(producerId);
    if (firstOffset >= 0) this.unreplicated.push({ firstOffset, markerOffset });
    return firstOffset;
  }

  /** Markers below the high watermark are everywhere: their transactions hold nothing back any more. */
  replicated(highWatermark: number): void {
    if (this.unreplicated.length > 0)
      this.unreplicated = this.unreplicated.filter(({ markerOffset }) => markerOffset >= highWatermark);
  }

  /** Forgets those without an open transaction that wrote nothing after this time. (removeExpiredProducers) */
  forgetUpTo(timestamp: number): void {
    for (const [producerId, state] of this.states)
      if (state.transactionStart < 0 && state.timestamp <= timestamp) this.states.delete(producerId);
  }

  clear(): void {
    this.states.clear();
    this.open.clear();
    this.unreplicated = [];
  }
}
