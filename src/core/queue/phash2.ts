import { utf8 } from "../text/utf8.ts";

const golden = 0x9e3779b9;
/** What a term of this kind begins with, so that like parts of unlike terms hash otherwise. */
const start = { nil: 2, atom: 3, tuple: 9, binary: 13 } as const;
const startOf = (kind: keyof typeof start): number => Math.imul(golden, start[kind]);

/** Erlang answers the lowest 27 bits where no range is asked for. */
export const rangeDefault = 134_217_728;

/** Erlang's own hashes of the atoms that stand for what a message may lack or carry; all 32 bits. */
export const atomHashes = { undefined: 180_132_084, true: 506_293, false: 7_111_573 } as const;
/** How Erlang tells its atoms `longstr` and `bool`, AMQP's names for a text and a truth value in a table. */
const longstr = 56_945_346;
const bool = 431_708;
/** How it tells the end of a list behind something else. */
const nil = 2;

/** Erlang's `phash2` of a binary, all 32 bits of it. (Jenkins' hash of 1996; `make_hash2` of the runtime) */
export function hashOfText(text: string): number {
  return hashOfBytes(utf8(text), 0);
}

/** Of a list that holds one binary alone. */
export function hashOfTextInList(text: string): number {
  return hashOfWords(hashOfText(text), nil, 0, startOf("nil"));
}

/** Of a text with its type, as versions before 3.13 read it out of a message's headers: `{longstr, Text}`. */
export function hashOfTypedText(text: string): number {
  const tuple = hashOfWords(0, 2, 0, startOf("tuple"));
  return hashOfBytes(utf8(text), hashOfWords(tuple, longstr, 0, startOf("atom")));
}

/** Likewise of a truth value: `{bool, true}`. */
export function hashOfTypedBoolean(value: boolean): number {
  const tuple = hashOfWords(0, 2, 0, startOf("tuple"));
  const typed = hashOfWords(tuple, bool, 0, startOf("atom"));
  return hashOfWords(typed, atomHashes[value ? "true" : "false"], 0, startOf("atom"));
}

/** Larger numbers are hashed in another way. */
export const smallEnd = 134_217_728;

/** Of a whole number between −`smallEnd` and `smallEnd`. */
export function hashOfInteger(value: number): number {
  const before = value < 0 ? hashOfWords(0, -value, 0, golden) : 0;
  return hashOfWords(before, value, 0, golden);
}

/** Of a whole number from 0 on: not `phash2`, but the hash of OTP 25's own maps. (`make_internal_hash`) */
export function hashOfMapKey(key: number): number {
  const salt = 3_432_918_353;
  const [tag, tagBits] = [15, 4];
  return hashOfWords(salt, (key << tagBits) | tag, key >>> (32 - tagBits), golden);
}

/** The state of Jenkins' hash. */
type Mixed = [a: number, b: number, c: number];

function mix(mixed: Mixed): void {
  let [a, b, c] = mixed;
  a = (a - b - c) ^ (c >>> 13);
  b = (b - c - a) ^ (a << 8);
  c = (c - a - b) ^ (b >>> 13);
  a = (a - b - c) ^ (c >>> 12);
  b = (b - c - a) ^ (a << 16);
  c = (c - a - b) ^ (b >>> 5);
  a = (a - b - c) ^ (c >>> 3);
  b = (b - c - a) ^ (a << 10);
  c = (c - a - b) ^ (b >>> 15);
  mixed[0] = a;
  mixed[1] = b;
  mixed[2] = c;
}

function hashOfWords(before: number, one: number, other: number, begin: number): number {
  const mixed: Mixed = [(begin + one) | 0, (begin + other) | 0, before | 0];
  mix(mixed);
  return mixed[2] >>> 0;
}

function hashOfBytes(bytes: Uint8Array, before: number): number {
  const begin = (startOf("binary") + before) | 0;
  if (bytes.length === 0) return begin >>> 0;
  const mixed: Mixed = [golden | 0, golden | 0, begin];
  const add = (at: number): void => {
    mixed[0] = (mixed[0] + word(bytes, at, 4)) | 0;
    mixed[1] = (mixed[1] + word(bytes, at + 4, 4)) | 0;
  };
  let at = 0;
  for (; bytes.length - at >= 12; at += 12) {
    add(at);
    mixed[2] = (mixed[2] + word(bytes, at + 8, 4)) | 0;
    mix(mixed);
  }
  add(at);
  // The lowest byte of the last word is the length's.
  mixed[2] = (mixed[2] + bytes.length + (word(bytes, at + 8, 3) << 8)) | 0;
  mix(mixed);
  return mixed[2] >>> 0;
}

function word(bytes: Uint8Array, at: number, width: number): number {
  let value = 0;
  for (let i = 0; i < width; i++) value |= (bytes[at + i] ?? 0) << (8 * i);
  return value;
}
