import { zero } from "../../sim/zero.ts";

/** No idempotent producer wrote it. */
export const noProducer = -1;

export const Control = { none: 0, abort: 1, commit: 2 } as const;
export type Control = (typeof Control)[keyof typeof Control];

/** The header of a batch on its way into a log. It is filled anew for each append. */
export class RecordBatch {
  count = 0;
  bytes = 0;
  /** Time of its first record, and the largest. */
  baseTimestamp = zero;
  maxTimestamp = zero;
  producerId = noProducer;
  producerEpoch = -1;
  baseSequence = -1;
  transactional = false;
  control: Control = Control.none;
  leaderEpoch = 0;
  /** One of its records has no key. */
  keyless = false;

  /** A batch of a producer that is not idempotent. */
  plain(count: number, bytes: number, baseTimestamp: number, maxTimestamp: number): this {
    this.count = count;
    this.bytes = bytes;
    this.baseTimestamp = baseTimestamp;
    this.maxTimestamp = maxTimestamp;
    this.producerId = noProducer;
    this.producerEpoch = this.baseSequence = -1;
    this.transactional = false;
    this.control = Control.none;
    this.keyless = false;
    return this;
  }

  by(producerId: number, epoch: number, baseSequence: number, transactional: boolean): this {
    this.producerId = producerId;
    this.producerEpoch = epoch;
    this.baseSequence = baseSequence;
    this.transactional = transactional;
    return this;
  }

  /** The marker of a transaction. */
  marker(control: Control, producerId: number, epoch: number, bytes: number, now: number): this {
    this.plain(1, bytes, now, now).by(producerId, epoch, -1, true);
    this.control = control;
    return this;
  }
}
