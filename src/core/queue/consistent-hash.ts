import type { FieldTable } from "../model/topology.ts";
import type { HeaderTable, HeaderValue, MessageProperties } from "./content.ts";
import {
  atomHashes,
  hashOfInteger,
  hashOfText,
  hashOfTypedBoolean,
  hashOfTypedText,
  rangeDefault,
  smallEnd,
} from "./phash2.ts";

/** What a consistent-hash exchange goes by: a header or a property that its arguments name, or the routing key; as a hash. */
export type Hashed = (
  routingKeys: readonly string[],
  headers: HeaderTable,
  properties: MessageProperties,
) => number;

export const hashProperties = ["correlation_id", "message_id", "timestamp"] as const;
export type HashProperty = (typeof hashProperties)[number];

/** undefined for one that RabbitMQ does not go by. */
export function hashPropertyOf(args: FieldTable | undefined): HashProperty | undefined {
  const named = args?.get("hash-property");
  return hashProperties.find((one) => one === named);
}

/** An exchange goes by a header or by one of some properties, never by both; others are refused. */
export function isHashable(args: FieldTable | undefined): boolean {
  if (args?.has("hash-property") !== true) return true;
  return !args.has("hash-header") && hashPropertyOf(args) !== undefined;
}

/** What has no such header or property all goes to one queue. (`value_to_hash` of `rabbit_exchange_type_consistent_hash`) */
export function hashedBy(args: FieldTable | undefined, typedHeaders: boolean): Hashed {
  const header = args?.get("hash-header");
  if (typeof header === "string") return (_, headers) => hashOfValue(headers.get(header), typedHeaders);
  switch (hashPropertyOf(args)) {
    case "correlation_id":
      return (_, __, { correlationId }) => hashOfValue(correlationId, false);
    case "message_id":
      return (_, __, { messageId }) => hashOfValue(messageId, false);
    case "timestamp":
      return (_, __, { timestamp }) => hashOfValue(timestamp?.toString(), false);
    case undefined:
      return ([key]) => hashOfText(key!) % rangeDefault;
  }
}

function hashOfValue(value: HeaderValue | undefined, typed: boolean): number {
  return fullHashOf(value, typed) % rangeDefault;
}

/** With its type a number is not hashed as RabbitMQ does it: clients send the same number by various types. */
function fullHashOf(value: HeaderValue | undefined, typed: boolean): number {
  if (value === undefined) return atomHashes.undefined;
  if (typeof value === "string") return typed ? hashOfTypedText(value) : hashOfText(value);
  if (typeof value === "boolean")
    return typed ? hashOfTypedBoolean(value) : atomHashes[value ? "true" : "false"];
  const isSmall = typeof value === "number" && Number.isInteger(value) && Math.abs(value) < smallEnd;
  return isSmall && !typed ? hashOfInteger(value) : hashOfText(JSON.stringify(value));
}

/**
 * Where a consistent-hash exchange puts what has this hash: a jump hash over as many buckets as the weights of its bindings
 * add up to. Hash and draws are Erlang's own (`phash2` of a binary, `exs1024s` seeded with it), so a key's queue is the
 * one that RabbitMQ 3.10 to 4.x chooses. (Jump hash: Lamping and Veach 2014)
 */
export function bucketOf(hash: number, buckets: number): number {
  if (buckets === 1) return 0;
  const draws = new Draws(hash);
  let bucket = -1;
  for (let next = 0; next < buckets; next = Math.trunc((bucket + 1) / draws.next())) bucket = next;
  return bucket;
}

const mask = 0xffff_ffff_ffff_ffffn;
const mask21 = 0x1f_ffffn;

/** Erlang's `rand:uniform_s` on `exs1024s`, seeded with the same number three times. */
class Draws {
  private readonly state: bigint[];
  private at = 0;

  constructor(seed: number) {
    this.state = stateOf(BigInt(seed));
  }

  /** In [0, 1), a multiple of 2^-53. */
  next(): number {
    const { state, at } = this;
    const next = (at + 1) % state.length;
    const s0 = state[at]!;
    let s1 = state[next]!;
    s1 ^= (s1 << 31n) & mask;
    s1 ^= s1 >> 11n;
    const mixed = s0 ^ (s0 >> 30n) ^ s1;
    state[next] = mixed;
    this.at = next;
    return Number(((1_181_783_497_276_652_981n * mixed) & mask) >> 11n) / 9_007_199_254_740_992;
  }
}

/** Sixteen draws of xorshift64*, the last one first. */
function stateOf(seed: bigint): bigint[] {
  const part = (factor: bigint): bigint => (((seed & mask21) + 1n) * factor) & mask21;
  let x = (part(2_097_131n) << 43n) | (part(2_097_133n) << 22n) | (part(2_097_143n) << 1n) | 1n;
  const state: bigint[] = [];
  while (state.length < 16) {
    x ^= x >> 12n;
    x ^= (x << 25n) & mask;
    x ^= x >> 27n;
    state.unshift((x * 2_685_821_657_736_338_717n) & mask);
  }
  return state;
}
