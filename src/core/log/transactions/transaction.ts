import type { CoordinatorLog } from "../coordination/coordinator-log.ts";
import type { Partition } from "../partition.ts";

/** Offsets that take effect with a transaction. */
export interface PendingOffsets {
  committed(): void;
  aborted(): void;
}

/** What a transaction coordinator knows of one `transactional.id`. */
export class TransactionState {
  readonly number: number;
  readonly id: string;
  /** Its partition of `__transaction_state`. */
  readonly log: CoordinatorLog;
  /** Nanoseconds after which an open transaction is aborted. */
  readonly timeout: number;
  /** For occurrences. */
  readonly place: number;
  /** Grows with each process of the name, and with the end of each transaction. (KIP-890) */
  epoch = 0;
  phase: "empty" | "ongoing" | "completing" = "empty";
  startedAt = 0;
  /** Messages that its consumer has finished in it, to be worked on again if it is aborted; 0 of a producer's. */
  finished = 0;
  /** When something of it was written last. */
  updatedAt = 0;
  /** The epoch at which the coordinator forgot it, after `transactional.id.expiration.ms`; −1 while it never has. */
  expiredEpoch = -1;
  expired = false;
  readonly partitions = new Set<Partition>();
  offsets: PendingOffsets | undefined = undefined;
  /** Partitions that lack the marker of the transaction that ends. */
  unmarked = 0;
  /** Produce requests of the next transaction, by their first batches: they are tried again until this one is complete. */
  readonly waiting: number[] = [];

  constructor(number: number, id: string, log: CoordinatorLog, timeout: number, place: number) {
    this.number = number;
    this.id = id;
    this.log = log;
    this.timeout = timeout;
    this.place = place;
  }

  /** As partitions know it. */
  get producerId(): number {
    return this.number;
  }
}
