import { zero } from "../sim/zero.ts";
import type { Accumulator } from "./accumulator.ts";
import type { Batches } from "./batches.ts";
import type { Broker } from "./broker.ts";
import type { ProducerClient } from "./producer-client.ts";
import type { Quota } from "./quotas.ts";
import type { ProducerRecovery } from "./producer-recovery.ts";

/** A producer client's requests to one broker, and the accumulators whose batches will go there. */
export class Connection {
  readonly number: number;
  readonly client: ProducerClient;
  readonly broker: Broker;
  /** Requests without an answer, by their first batches, in the order of sending. */
  readonly requests: number[] = [];
  /** The client takes it for usable. */
  up = true;
  /** Its broker does not run, or cannot be reached. */
  cut = false;
  /** Somebody looks after its oldest request. */
  guarded = false;
  /** What waits for the network to be mended: requests, and answers. */
  readonly heldRequests: number[] = [];
  readonly heldAnswers: number[] = [];
  /** Accumulators with a batch that may leave: one is enough for a request. */
  ready = 0;
  /** A connection's requests are handled one after the other. */
  handledUntil = zero;
  readonly doneLane: number;
  /** Of its application's bytes at this broker. */
  readonly quota: Quota | undefined;
  /** Of the time that the broker's threads spend on its requests; `threadTime`, on those that are not counted yet, ns. */
  readonly requestQuota: Quota | undefined;
  threadTime = zero;
  /** The broker reads nothing from it before, and its client, which has been told so, sends nothing. */
  mutedUntil = zero;
  muted = false;
  /** When it last sent something. */
  drainedAt = zero;
  /** Requests that are made, and not yet packed. */
  packing = 0;
  /** Accumulators with batches, those that have waited longest first. */
  private first: Accumulator | undefined = undefined;
  private last: Accumulator | undefined = undefined;

  constructor(
    number: number,
    client: ProducerClient,
    broker: Broker,
    doneLane: number,
    quota: Quota | undefined,
    requestQuota: Quota | undefined,
  ) {
    this.number = number;
    this.client = client;
    this.broker = broker;
    this.doneLane = doneLane;
    this.quota = quota;
    this.requestQuota = requestQuota;
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
    if (accumulator.ready) {
      if (!accumulator.countedReady) this.ready++;
      accumulator.countedReady = true;
    } else {
      if (accumulator.countedReady) this.ready--;
      accumulator.countedReady = false;
    }
  }

  /** Its broker may let it wait. */
  get limited(): boolean {
    return this.quota !== undefined || this.requestQuota !== undefined;
  }

  /** How long ago it could send what was ready, ns; 0 where it can, or has nothing. (NodeLatencyStats) */
  waitsFor(now: number): number {
    const stuck = this.ready > 0 && (!this.up || this.inFlight >= this.client.settings.maxInFlight);
    return stuck ? now - this.drainedAt : 0;
  }

  get inFlight(): number {
    return this.requests.length;
  }

  answered(first: number): void {
    const { requests } = this;
    if (requests[0] === first) requests.shift();
    else requests.splice(requests.indexOf(first), 1);
  }

  /** It is usable, and no batch waits for it. */
  get idle(): boolean {
    return this.up && this.first === undefined;
  }

  /** The accumulator's batches go elsewhere. */
  leave(accumulator: Accumulator): void {
    if (accumulator.countedReady) this.ready--;
    accumulator.countedReady = false;
    let before: Accumulator | undefined;
    for (let one = this.first; one !== undefined && one !== accumulator; one = one.following) before = one;
    const { following } = accumulator;
    if (before === undefined) this.first = following;
    else before.following = following;
    if (this.last === accumulator) this.last = before;
  }

  /**
   * A request takes the first batch of every partition of its broker, also those that have not lingered: once one may
   * leave, the others go along, up to `max.request.size`. (RecordAccumulator.drainBatchesForOneNode) With a limit of 0 it
   * takes one batch that may leave.
   */
  gather(batches: Batches, recovery: ProducerRecovery, bytesMax: number): number {
    const end = this.last;
    let first = -1;
    let last = -1;
    let bytes = 0;
    for (let accumulator = this.first; accumulator !== undefined; accumulator = this.first) {
      if (
        accumulator.backsOff ||
        accumulator.isHeldBack(batches) ||
        (bytesMax === 0 && !accumulator.ready) ||
        (batches.attempts[accumulator.first]! > 0 && recovery.outOfTurn(accumulator))
      ) {
        this.rotate();
        if (accumulator === end) break;
        continue;
      }
      bytes += batches.estimated(accumulator.first);
      if (first >= 0 && bytes > bytesMax) break;
      const batch = accumulator.takeFirst(batches);
      if (batches.sequence[batch]! < 0) {
        batches.sequence[batch] = accumulator.sequence;
        accumulator.sequence += batches.count[batch]!;
      }
      if (first < 0) first = batch;
      else batches.next[last] = batch;
      last = batch;
      this.rotate();
      if (accumulator === end) break;
    }
    return first;
  }

  /** The first one has given a batch, or none: it lines up again while it has more. */
  private rotate(): void {
    const accumulator = this.first!;
    this.first = accumulator.following;
    if (this.first === undefined) this.last = undefined;
    if (accumulator.batches > 0) this.enter(accumulator);
    this.review(accumulator);
  }
}
