import { utf8 } from "../text/utf8.ts";

/**
 * Where a consistent-hash exchange puts a routing key: a jump hash over as many buckets as the weights of its bindings
 * add up to. Key hash and draws are Erlang's own (`phash2` of a binary, `exs1024s` seeded with it), so a key's queue is the
 * one that RabbitMQ 3.10 to 4.x chooses. (Jump hash: Lamping and Veach 2014)
 */
export function bucketOf(key: string, buckets: number): number {
  if (buckets === 1) return 0;
  const draws = new Draws(hashOf(utf8(key)));
  let bucket = -1;
  for (let next = 0; next < buckets; next = Math.trunc((bucket + 1) / draws.next())) bucket = next;
  return bucket;
}

const golden = 0x9e3779b9;
/** `phash2` starts a binary's hash with 13 times the golden ratio. */
const binary = 0x08d12e65;
const hashBits = 27;

/** Jenkins' hash of 1996 over the bytes, cut to 27 bits. */
function hashOf(bytes: Uint8Array): number {
  if (bytes.length === 0) return binary & ((1 << hashBits) - 1);
  let a = golden;
  let b = golden;
  let c = binary;
  const word = (at: number, width: number): number => {
    let value = 0;
    for (let i = 0; i < width; i++) value |= (bytes[at + i] ?? 0) << (8 * i);
    return value;
  };
  const mix = (): void => {
    a = (a - b - c) ^ (c >>> 13);
    b = (b - c - a) ^ (a << 8);
    c = (c - a - b) ^ (b >>> 13);
    a = (a - b - c) ^ (c >>> 12);
    b = (b - c - a) ^ (a << 16);
    c = (c - a - b) ^ (b >>> 5);
    a = (a - b - c) ^ (c >>> 3);
    b = (b - c - a) ^ (a << 10);
    c = (c - a - b) ^ (b >>> 15);
  };
  let at = 0;
  for (; bytes.length - at >= 12; at += 12) {
    a += word(at, 4);
    b += word(at + 4, 4);
    c += word(at + 8, 4);
    mix();
  }
  // The lowest byte of the last word is the length's.
  a += word(at, 4);
  b += word(at + 4, 4);
  c += bytes.length + (word(at + 8, 3) << 8);
  mix();
  return c & ((1 << hashBits) - 1);
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
