import type { FieldValue } from "../model/topology.ts";
import type { Content } from "./content.ts";
import { hashOfText, hashOfTextInList } from "./phash2.ts";

/** The value by which a message can be asked for; undefined for one without. */
export function filterValueOf({ headers }: Content): string | undefined {
  const value = headers.get("x-stream-filter-value");
  return typeof value === "string" ? value : undefined;
}

/** The filter that a consumer's arguments ask for. */
export function streamFilterOf(
  value: FieldValue | undefined,
  matchUnfiltered: FieldValue | undefined,
): StreamFilter | undefined {
  return typeof value === "string" ? new StreamFilter(value, matchUnfiltered === true) : undefined;
}

/**
 * Messages with this value, and those without any where the consumer says so. The broker looks at chunks alone: each has a Bloom
 * filter of the values in it, with two bits for each, and is sent as a whole where the wanted bits are set, be it by others. What the
 * consumer has not asked for its application has to tell by itself. (`osiris_bloom`)
 */
export class StreamFilter {
  private readonly value: string;
  private readonly matchUnfiltered: boolean;
  /** The two bits of each value, for filters of this size. */
  private readonly bits = new Map<string, readonly [number, number]>();
  private bytes = 0;

  constructor(value: string, matchUnfiltered: boolean) {
    this.value = value;
    this.matchUnfiltered = matchUnfiltered;
  }

  /** The application's own look at a message. */
  wants(value: string | undefined): boolean {
    return value === undefined ? this.matchUnfiltered : value === this.value;
  }

  /** Whether a chunk with these values is sent. */
  passes(values: readonly (string | undefined)[], bytes: number): boolean {
    if (values.some((value) => this.wants(value))) return true;
    const set = new Set(values.flatMap((value) => (value === undefined ? [] : this.bitsOf(value, bytes))));
    return this.bitsOf(this.value, bytes).every((bit) => set.has(bit));
  }

  /** The first bit stands for messages without a value. */
  private bitsOf(value: string, bytes: number): readonly [number, number] {
    if (bytes !== this.bytes) this.bits.clear();
    this.bytes = bytes;
    let found = this.bits.get(value);
    if (found === undefined) {
      const range = 8 * bytes - 1;
      found = [(hashOfText(value) % range) + 1, (hashOfTextInList(value) % range) + 1];
      this.bits.set(value, found);
    }
    return found;
  }
}
