import type { RandomStream } from "../sim/random.ts";
import type { LogContext } from "./log-context.ts";
import { LogEvent } from "./log-event.ts";

/** A client that follows the leaders of its partitions. */
export interface MetadataUser {
  /** Takes over the leaders as they are now; true when it still lacks one that it could reach. */
  refreshed(): boolean;
}

export interface Backoff {
  /** Nanoseconds: of the first wait, and at most. */
  readonly retryBackoff: number;
  readonly retryBackoffMax: number;
}

interface MetadataSettings extends Backoff {
  /** `metadata.max.age.ms`, ns. */
  readonly metadataMaxAge: number;
  /** `reconnect.backoff.ms`, `reconnect.backoff.max.ms`, ns. */
  readonly reconnectBackoff: number;
  readonly reconnectBackoffMax: number;
}

/** After so many failures in a row. (KIP-580) */
export function backoffOf(
  { retryBackoff, retryBackoffMax }: Backoff,
  failures: number,
  stream: RandomStream,
): number {
  return exponential(retryBackoff, retryBackoffMax, failures - 1, stream);
}

/** How long a client lets a broker be that has refused its connection so often. (ClusterConnectionStates) */
export function reconnectWait(
  {
    reconnectBackoff,
    reconnectBackoffMax,
  }: Pick<MetadataSettings, "reconnectBackoff" | "reconnectBackoffMax">,
  refusals: number,
  stream: RandomStream,
): number {
  return exponential(Math.max(reconnectBackoff, 1e6), Math.max(reconnectBackoffMax, 1e6), refusals, stream);
}

/**
 * Doubled so often, but not beyond the longest; a fifth more or less, and again not beyond it. Where the longest is no longer
 * than the first, it is every wait. All in nanoseconds. (ExponentialBackoff)
 */
function exponential(first: number, longest: number, doublings: number, stream: RandomStream): number {
  if (first >= longest) return longest;
  let wait = first;
  for (let i = 0; i < doublings && wait < longest; i++) wait *= 2;
  return Math.min(Math.min(wait, longest) * (0.8 + 0.4 * stream.next()), longest);
}

/** How a client learns who leads: it asks when something failed, and again while it lacks a leader. */
export class ClientMetadata {
  private readonly number: number;
  private readonly context: LogContext;
  private readonly user: MetadataUser;
  private readonly settings: MetadataSettings;
  private readonly streamName: string;
  private readonly hop: number;
  private readonly roundTrip: number;
  /** When the answer that comes first is there; Infinity when none is under way. */
  private due = Infinity;
  private failures = 0;
  /** How often nobody was there to ask, one after the other. */
  private refusals = 0;
  /** It connects to nobody before the wait after the last refusal is over. */
  private blackedOut = false;
  /** When it last heard how things are, ns. It also asks at each end of its age, which nobody notices while nothing has changed. */
  refreshedAt: number;

  constructor(context: LogContext, user: MetadataUser, settings: MetadataSettings, streamName: string) {
    const { networkLatency, kafkaPerRequest } = context.costs;
    this.context = context;
    this.user = user;
    this.settings = settings;
    this.streamName = streamName;
    this.hop = networkLatency;
    this.roundTrip = 2 * networkLatency + kafkaPerRequest;
    this.refreshedAt = context.kernel.now;
    this.number = context.metadata.push(this) - 1;
  }

  /** An answer that names the new leader is on its way. */
  soon(): void {
    this.arriveBy(this.context.kernel.now + this.hop);
  }

  request(): void {
    if (this.blackedOut) return;
    const { settings, failures, refusals } = this;
    const { kernel } = this.context;
    const stream = kernel.stream(this.streamName);
    this.blackedOut = this.nobodyThere;
    const wait = this.blackedOut
      ? reconnectWait(settings, refusals, stream)
      : failures === 0
        ? 0
        : backoffOf(settings, failures, stream);
    this.arriveBy(kernel.now + wait + this.roundTrip);
  }

  /** Asks when this time is over, unless it has asked by then. */
  after(time: number): void {
    this.arriveBy(this.context.kernel.now + time + this.roundTrip);
  }

  /** Something has changed that no request will fail by: it hears of it when its metadata have reached their age. */
  becomesOld(): void {
    const { now } = this.context.kernel;
    const age = Math.max(this.settings.metadataMaxAge, 1e6);
    const ages = Math.floor((now - this.refreshedAt) / age) + 1;
    this.after(this.refreshedAt + ages * age - now);
  }

  arrives(): void {
    if (this.due !== this.context.kernel.now) return;
    this.due = Infinity;
    this.blackedOut = false;
    const { nobodyThere } = this;
    if (!nobodyThere) this.refreshedAt = this.context.kernel.now;
    this.refusals = nobodyThere ? this.refusals + 1 : 0;
    if (!this.user.refreshed()) this.failures = 0;
    else {
      if (!nobodyThere) this.failures++;
      this.request();
    }
  }

  /** Brokers that do not run refuse every connection. */
  private get nobodyThere(): boolean {
    return this.context.cluster.brokers.every(({ alive }) => !alive);
  }

  private arriveBy(time: number): void {
    if (time >= this.due) return;
    this.due = time;
    this.context.timer(time, LogEvent.metadataArrives, this.number, 0);
  }
}
