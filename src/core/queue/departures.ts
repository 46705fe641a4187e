import type { OccurrenceKind } from "../stats/occurrence-kinds.ts";
import type { Occurrences, Tally } from "../stats/occurrences.ts";
import type { QueueSummary } from "../stats/result.ts";
import type { DeathReason } from "./death.ts";
import type { DestinationHandle } from "./exchange.ts";
import type { QueueRules } from "./queue-arguments.ts";

/** What left a queue by a rule instead of by its consumers: counted inside the window, each told with its rule. */
export class Departures {
  private readonly windowFrom: number;
  private readonly occurrences: Occurrences;
  private readonly place: number;
  private readonly tallies = new Map<string, Tally>();
  private readonly deadLettered = new Map<DeathReason, number>();
  /** Dead letters by where they went first. */
  private readonly ways = new Map<DestinationHandle, number>();
  private readonly dropped = new Map<DeathReason | "purged", number>();
  private expired = 0;
  private waits: Tally | undefined = undefined;
  private returns: Tally | undefined = undefined;
  private away: Tally | undefined = undefined;
  private unknown: Tally | undefined = undefined;
  /** Inside the window. */
  private unfound = 0;
  private rules: QueueRules;

  constructor(occurrences: Occurrences, place: number, rules: QueueRules, windowFrom: number) {
    this.occurrences = occurrences;
    this.place = place;
    this.rules = rules;
    this.windowFrom = windowFrom;
  }

  /** From now on its policies say something else. */
  ruledBy(rules: QueueRules): void {
    this.rules = rules;
    this.tallies.clear();
  }

  /** `ways`: where they lead to the queues that have taken it; none where none has. */
  book(now: number, reason: DeathReason, ways: readonly DestinationHandle[]): void {
    const reached = ways.length > 0;
    const kind = reached ? "deadLettered" : reason === "expired" ? "expired" : "dropped";
    this.tally(kind, reason).happened(now);
    if (now < this.windowFrom) return;
    this.passOn(now, ways);
    if (reached) add(this.deadLettered, reason, 1);
    else if (reason === "expired") this.expired++;
    else add(this.dropped, reason, 1);
  }

  /** A dead letter goes these ways. */
  passOn(now: number, ways: readonly DestinationHandle[]): void {
    if (now >= this.windowFrom) for (const way of ways) add(this.ways, way, 1);
  }

  /** How many dead letters went which way. */
  get passedOn(): ReadonlyMap<DestinationHandle, number> {
    return this.ways;
  }

  /** A delivery has come back. */
  requeued(now: number): void {
    this.returns ??= this.occurrences.tally("requeued", this.place);
    this.returns.happened(now);
  }

  /** What has come back waits before it goes out again. */
  keptBack(now: number): void {
    this.waits ??= this.occurrences.tally(
      "retryDelayed",
      this.place,
      this.rules.source("delayed-retry-type"),
    );
    this.waits.happened(now);
  }

  /** A publish that `x-overflow` keeps out. */
  refused(now: number): void {
    this.tally("publishRefused", "maxlen").happened(now);
  }

  /** A publish that came while the queue did not run. */
  turnedAway(now: number): void {
    this.away ??= this.occurrences.tally("publishTurnedAway", this.place);
    this.away.happened(now);
  }

  /** A publish on another node, which does not know the queue while its own is down. */
  notFound(now: number): void {
    this.unknown ??= this.occurrences.tally("queueNotFound", this.place);
    this.unknown.happened(now);
    if (now >= this.windowFrom) this.unfound++;
  }

  purged(now: number, count: number): void {
    if (now >= this.windowFrom && count > 0) add(this.dropped, "purged", count);
  }

  /** All that went nowhere. */
  get gone(): number {
    let sum = this.expired;
    for (const count of this.dropped.values()) sum += count;
    return sum;
  }

  summary(): Pick<QueueSummary, "deadLettered" | "expired" | "dropped" | "notFound"> {
    return {
      deadLettered: Object.fromEntries(this.deadLettered),
      expired: this.expired,
      dropped: Object.fromEntries(this.dropped),
      ...(this.unfound > 0 && { notFound: this.unfound }),
    };
  }

  private tally(kind: OccurrenceKind, reason: DeathReason): Tally {
    const key = `${kind} ${reason}`;
    let tally = this.tallies.get(key);
    if (tally === undefined)
      this.tallies.set(key, (tally = this.occurrences.tally(kind, this.place, this.ruleOf(reason))));
    return tally;
  }

  /** As the broker writes it, or the policy that brings it. */
  private ruleOf(reason: DeathReason): string {
    const { messageTtl, maxLength, maxAge, source } = this.rules;
    switch (reason) {
      case "rejected":
        return "basic.reject";
      case "expired":
        if (maxAge < Infinity) return source("max-age");
        return messageTtl === undefined ? "expiration" : source("message-ttl");
      case "maxlen":
        return source(maxLength < Infinity ? "max-length" : "max-length-bytes");
      case "delivery_limit":
        return source("delivery-limit");
    }
  }
}

function add<T>(counts: Map<T, number>, of: T, count: number): void {
  counts.set(of, (counts.get(of) ?? 0) + count);
}
