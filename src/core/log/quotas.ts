import type { ClientQuota, QuotaWindows } from "../model/kafka-cluster.ts";
import type { World } from "../sim/world.ts";
import type { Tally } from "../stats/occurrences.ts";
import type { Broker } from "./broker.ts";

const nanosPerMilli = 1e6;

/** Kafka's names of the limits. */
const rules = {
  produce: "producer_byte_rate",
  fetch: "consumer_byte_rate",
  request: "request_percentage",
} as const;

export type QuotaKind = keyof typeof rules;

/**
 * The bytes of one application at one broker, or the time of the broker's threads, ns, over `quota.window.num` windows of `quota.window.size.seconds`: Kafka's
 * SampledStat, its Rate and the throttle time that follows. (ClientQuotaManager)
 */
export class Quota {
  /** Per second. */
  readonly bound: number;
  /** A client waits no longer at once. */
  private readonly waitMax: number;
  private readonly windows: QuotaWindows;
  private readonly tally: Tally;
  private readonly starts: number[] = [];
  private readonly totals: number[] = [];
  private current = 0;

  constructor(bound: number, windows: QuotaWindows, tally: Tally, now: number, waitMax = Infinity) {
    this.bound = bound;
    this.waitMax = waitMax;
    this.windows = windows;
    this.tally = tally;
    this.starts.push(now);
    this.totals.push(0);
  }

  /** What a fetch may bring at most: as much as the windows allow together. */
  get bytesMax(): number {
    return (this.bound * (this.windows.count - 1) * this.windows.size) / 1e9;
  }

  /** Counts so much; answers for how long the client is to wait, ns. */
  take(now: number, amount: number): number {
    this.record(now, amount);
    const wait = Math.min(this.excess(now), this.waitMax);
    if (wait > 0) this.tally.happened(now, wait / nanosPerMilli);
    return wait;
  }

  /** As `take`; where the client has to wait it gets nothing, and nothing is counted. */
  takeUnlessThrottled(now: number, bytes: number): number {
    const wait = this.take(now, bytes);
    if (wait > 0) this.totals[this.current]! -= bytes;
    return wait;
  }

  record(now: number, amount: number): void {
    const { count, size } = this.windows;
    if (now - this.starts[this.current]! >= size) {
      this.current = (this.current + 1) % count;
      this.starts[this.current] = now;
      this.totals[this.current] = 0;
    }
    this.totals[this.current]! += amount;
  }

  /** How far the rate is above the bound, as a share of it, times the time over which it is taken. */
  private excess(now: number): number {
    const { count, size } = this.windows;
    let total = 0;
    let oldest = now;
    for (const [i, start] of this.starts.entries()) {
      if (now - start >= count * size) continue;
      total += this.totals[i]!;
      if (start < oldest) oldest = start;
    }
    // A rate over fewer windows than there are but one counts the missing ones as empty.
    const elapsed = now - oldest;
    const time = elapsed + Math.max(count - 1 - Math.floor(elapsed / size), 0) * size;
    const rate = (total / time) * 1e9;
    return rate > this.bound ? ((rate - this.bound) / this.bound) * time : 0;
  }
}

/** The quotas of all applications, one a broker: instances of an application share them. */
export class Quotas {
  private readonly world: World;
  private readonly limits: ReadonlyMap<string, ClientQuota>;
  private readonly windows: QuotaWindows;
  private readonly known = new Map<string, Quota>();

  constructor(world: World, limits: ReadonlyMap<string, ClientQuota>, windows: QuotaWindows) {
    this.world = world;
    this.limits = limits;
    this.windows = windows;
  }

  /** Of the application whose instance has this place; undefined where it has none. */
  of(place: number, broker: Broker, kind: QuotaKind): Quota | undefined {
    const { occurrences, places, kernel } = this.world;
    const { name, kind: application } = places.list[place]!;
    const bound = this.limits.get(name)?.[kind];
    if (bound === undefined) return undefined;
    const key = `${kind} ${broker.number} ${name}`;
    let quota = this.known.get(key);
    if (quota === undefined) {
      const tally = occurrences.tally("throttled", places.add(application, name, null), rules[kind]);
      // A client is held up by its requests for a window at most. (ClientRequestQuotaManager)
      const waitMax = kind === "request" ? this.windows.size : Infinity;
      quota = new Quota(bound, this.windows, tally, kernel.now, waitMax);
      this.known.set(key, quota);
    }
    return quota;
  }
}
