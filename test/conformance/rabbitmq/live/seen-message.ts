import type { Message } from "amqplib";
import type { HeaderValue } from "../../../../src/core/queue/content.ts";
import type { OutcomeDeath, OutcomeMessage, ShownError } from "../../../../src/core/queue/scenario.ts";

/** A message as outcomes show it: without times, its other headers sorted by name. */
export function seenMessage({ content, fields, properties }: Message): OutcomeMessage {
  const { headers = {}, expiration } = properties;
  const { "x-death": deaths, ...others } = headers;
  return {
    id: idOf(content),
    exchange: fields.exchange,
    key: fields.routingKey,
    ...(fields.redelivered && { redelivered: true }),
    ...(expiration !== undefined && { expiration }),
    ...(Object.keys(others).length > 0 && { headers: sorted(others) as Record<string, HeaderValue> }),
    ...(deaths !== undefined && { deaths: (deaths as readonly Death[]).map(seenDeath) }),
  };
}

/** The body's first field. */
export function idOf(content: Buffer): string {
  return content.toString().split("|", 1)[0]!;
}

type Death = Omit<OutcomeDeath, "keys" | "originalExpiration"> & {
  readonly "routing-keys": readonly string[];
  readonly "original-expiration"?: string;
};

function seenDeath(death: Death): OutcomeDeath {
  const { queue, reason, count, exchange, "routing-keys": keys, "original-expiration": expiration } = death;
  return {
    queue,
    reason,
    count,
    exchange,
    keys,
    ...(expiration !== undefined && { originalExpiration: expiration }),
  };
}

function sorted(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return value.toString();
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, field]) => [name, sorted(field)]));
}

/** The reply code and name that the server closed a channel or connection with; code 0 of one that is gone already. */
export function shownError(error: unknown): ShownError {
  const text = error instanceof Error ? error.message : String(error);
  const reply = /(\d{3}) \(?([A-Z-]+)\)?/.exec(text);
  if (reply !== null) return { code: Number(reply[1]), name: reply[2]!.replaceAll("-", "_") };
  if (/ended|clos/i.test(text)) return { code: 0, name: "CHANNEL_GONE" };
  throw error;
}
