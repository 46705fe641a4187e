import type { ProducerIdSettings } from "../model/kafka-cluster.ts";

/**
 * Forgets the producer ids that were silent for too long. Each log is looked at every
 * `producer.id.expiration.check.interval.ms`, counted from the start of the run. (ProducerStateManager.removeExpiredProducers)
 */
export class ProducerIds {
  private readonly expiration: number;
  private readonly interval: number;

  constructor({ expiration, check }: ProducerIdSettings) {
    this.expiration = expiration;
    this.interval = check;
  }

  /** Timestamps up to this one were too old at the last look, which was at `lastCheck`. */
  oldest(now: number): number {
    return this.lastCheck(now) - this.expiration;
  }

  nextCheck(now: number): number {
    return this.lastCheck(now) + this.interval;
  }

  /** Of a producer that wrote last then: the timestamp of its batch decides, not when it was written. */
  forgotten(timestamp: number, writtenAt: number, now: number): boolean {
    return timestamp <= this.oldest(now) && writtenAt < this.lastCheck(now);
  }

  private lastCheck(now: number): number {
    return Math.floor(now / this.interval) * this.interval;
  }
}
