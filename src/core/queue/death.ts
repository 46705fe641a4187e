import type { Content, HeaderTable, HeaderValue } from "./content.ts";
import type { Release } from "./release.ts";

/** Why a message leaves its queue for the dead-letter exchange; the names are those of `x-death`. */
export const deathReasons = ["rejected", "expired", "maxlen", "delivery_limit"] as const;
export type DeathReason = (typeof deathReasons)[number];

/** An entry of `x-death`: how often a message died in one queue for one reason. */
export interface Death {
  readonly queue: string;
  readonly reason: string;
  readonly count: number;
  /** Those of the first publish into that queue. */
  readonly exchange: string;
  readonly keys: readonly string[];
  readonly originalExpiration?: string;
}

/** Where a queue's dead letters go. */
export interface DeadLetterTarget {
  readonly exchange: string;
  /** In place of the message's own; undefined keeps them. */
  readonly routingKey: string | undefined;
}

/**
 * What is published to the dead-letter exchange: one entry for each queue and reason, counted up and moved to the front;
 * the first death noted once; `expiration` taken off, so that it does not expire again. A routing key of the queue's own
 * takes the place of all others, `CC` included. (Recorded from RabbitMQ 3.10; the order of later versions from its source)
 */
export function afterDeath(
  content: Content,
  queue: string,
  reason: DeathReason,
  target: DeadLetterTarget,
  release: Release,
): Content {
  const headers = new Map(content.headers);
  const { exchange } = content;
  if (content.deaths.length === 0) {
    headers.set("x-first-death-reason", reason);
    headers.set("x-first-death-queue", queue);
    headers.set("x-first-death-exchange", exchange);
  }
  if (release.lastDeathHeaders) {
    headers.set("x-last-death-reason", reason);
    headers.set("x-last-death-queue", queue);
    headers.set("x-last-death-exchange", exchange);
  }
  const deaths = withDeath(content, queue, reason, release);
  if (target.routingKey !== undefined) headers.delete("CC");
  return {
    ...content,
    exchange: target.exchange,
    routingKeys: target.routingKey === undefined ? content.routingKeys : [target.routingKey],
    headers,
    deaths,
    expiration: undefined,
  };
}

function withDeath(content: Content, queue: string, reason: DeathReason, release: Release): readonly Death[] {
  const { deaths, expiration, fromDisk = false } = content;
  const older = release.reversesDeaths && deaths.length > 1 ? deaths.toReversed() : deaths;
  const same = (death: Death): boolean => death.queue === queue && death.reason === reason;
  const known = older.find(same);
  const newest: Death =
    known === undefined
      ? {
          queue,
          reason,
          count: 1,
          exchange: content.exchange,
          keys: shownKeys(content),
          ...(expiration !== undefined && !fromDisk && { originalExpiration: expiration }),
        }
      : { ...known, count: known.count + 1 };
  return [newest, ...older.filter((death) => !same(death))];
}

/** The keys that a reader may know: `BCC` ones are nobody's business. */
function shownKeys({ routingKeys, headers }: Content): readonly string[] {
  const copies = headers.get("CC");
  return [routingKeys[0]!, ...(Array.isArray(copies) ? (copies as string[]) : [])];
}

/**
 * Whether a dead letter has come round to a queue that it died in, by an automatic cycle: none of its deaths from the
 * newest back to that one was a consumer's reject. Such a copy is dropped. (Recorded from RabbitMQ 3.10)
 */
export function isCycle(deaths: readonly Death[], queue: string): boolean {
  const at = deaths.findIndex((death) => death.queue === queue);
  return at >= 0 && deaths.slice(0, at + 1).every((death) => death.reason !== "rejected");
}

/** The `x-death` that a client sends itself; undefined where it is none. */
export function clientDeaths(headers: HeaderTable): readonly Death[] | undefined {
  const value = headers.get("x-death");
  if (!Array.isArray(value)) return undefined;
  return value.filter(isTable).map((entry) => ({
    queue: textOf(entry["queue"]),
    reason: textOf(entry["reason"]),
    count: typeof entry["count"] === "number" ? entry["count"] : 1,
    exchange: textOf(entry["exchange"]),
    keys: Array.isArray(entry["routing-keys"]) ? entry["routing-keys"].map(textOf) : [],
    ...(typeof entry["original-expiration"] === "string" && {
      originalExpiration: entry["original-expiration"],
    }),
  }));
}

function isTable(value: HeaderValue): value is { readonly [name: string]: HeaderValue } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf(value: HeaderValue | undefined): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
