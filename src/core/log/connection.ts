import type { Accumulator } from "./accumulator.ts";
import type { Broker } from "./broker.ts";

/** A producer client's requests to one broker, and the accumulators whose batches will go there. */
export class Connection {
  readonly broker: Broker;
  /** Requests without an answer. */
  inFlight = 0;
  /** Accumulators with a batch that may leave: one is enough for a request. */
  ready = 0;
  /** A connection's requests are handled one after the other. */
  handledUntil = 0;
  readonly doneLane: number;
  /** Accumulators with batches, those that have waited longest first. */
  private first: Accumulator | undefined;
  private last: Accumulator | undefined;

  constructor(broker: Broker, doneLane: number) {
    this.broker = broker;
    this.doneLane = doneLane;
  }

  /** It got its first batch. */
  enter(accumulator: Accumulator): void {
    accumulator.following = undefined;
    if (this.last === undefined) this.first = accumulator;
    else this.last.following = accumulator;
    this.last = accumulator;
  }

  /** Its readiness may have changed. */
  review(accumulator: Accumulator): void {
    if (accumulator.ready === accumulator.countedReady) return;
    accumulator.countedReady = accumulator.ready;
    this.ready += accumulator.ready ? 1 : -1;
  }

  get head(): Accumulator | undefined {
    return this.first;
  }

  get tail(): Accumulator | undefined {
    return this.last;
  }

  /** The first one has given a batch: it lines up again while it has more. */
  rotate(): void {
    const accumulator = this.first!;
    this.first = accumulator.following;
    if (this.first === undefined) this.last = undefined;
    if (accumulator.batches > 0) this.enter(accumulator);
    this.review(accumulator);
  }
}
