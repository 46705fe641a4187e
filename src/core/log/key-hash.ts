import { firstText, type Keys } from "../sim/keys.ts";
import { utf8 } from "../text/utf8.ts";
import { murmur2 } from "./murmur2.ts";

type HashOfBytes = (bytes: Uint8Array, length?: number) => number;

/** Hash and length of keys by their ids; number keys are hashed as the text of the decimal number. */
export class KeyHash {
  private readonly keys: Keys;
  private readonly digits = new Uint8Array(10);
  private readonly texts = new Map<number, { readonly hash: number; readonly bytes: number }>();

  private readonly hashOf: HashOfBytes;

  constructor(keys: Keys, hashOf: HashOfBytes = murmur2) {
    this.keys = keys;
    this.hashOf = hashOf;
  }

  hash(key: number): number {
    if (key >= firstText) return this.text(key).hash;
    const length = this.bytes(key);
    for (let i = length - 1, rest = key; i >= 0; i--) {
      const next = (rest / 10) | 0;
      this.digits[i] = 48 + rest - 10 * next;
      rest = next;
    }
    return this.hashOf(this.digits, length);
  }

  /** Length of the key in UTF-8. */
  bytes(key: number): number {
    if (key >= firstText) return this.text(key).bytes;
    let length = 1;
    for (let bound = 10; key >= bound; bound *= 10) length++;
    return length;
  }

  private text(key: number): { readonly hash: number; readonly bytes: number } {
    let known = this.texts.get(key);
    if (known === undefined) {
      const bytes = utf8(this.keys.textOf(key));
      known = { hash: this.hashOf(bytes), bytes: bytes.length };
      this.texts.set(key, known);
    }
    return known;
  }
}
