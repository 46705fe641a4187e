import type { Keys } from "../sim/keys.ts";
import { crc32 } from "./crc32.ts";
import { fnv1a } from "./fnv1a.ts";
import { KeyHash } from "./key-hash.ts";
import { murmur2, partitionForHash } from "./murmur2.ts";

/** Keys below it have their partition looked up. */
const tabled = 65_536;
const tableStart = 256;

const hashes = { murmur2, crc32, fnv1a } as const;
/** Java's clients hash keys with murmur2, librdkafka's with any of these. */
export type KeyHashing = keyof typeof hashes;

/** The partition of each key of a topic, by one hash. */
export class KeyPartitions {
  private readonly hashing: KeyHashing;
  private readonly partitions: number;
  private readonly keyHash: KeyHash;
  /** By key id; −1 where not known yet. It grows with the keys that are seen. */
  private known = new Int32Array(tableStart).fill(-1);

  constructor(keys: Keys, hashing: KeyHashing, partitions: number) {
    this.hashing = hashing;
    this.partitions = partitions;
    this.keyHash = new KeyHash(keys, hashes[hashing]);
  }

  of(key: number): number {
    if (this.partitions === 1) return 0;
    if (key >= tabled) return this.place(this.keyHash.hash(key));
    if (key >= this.known.length) this.grow(key);
    let partition = this.known[key]!;
    if (partition < 0) partition = this.known[key] = this.place(this.keyHash.hash(key));
    return partition;
  }

  /** Where records without a key go that are hashed as if they had an empty one. */
  get ofNothing(): number {
    return this.place(hashes[this.hashing](new Uint8Array(0)));
  }

  private place(hash: number): number {
    return this.hashing === "murmur2" ? partitionForHash(hash, this.partitions) : hash % this.partitions;
  }

  private grow(key: number): void {
    let size = this.known.length;
    while (size <= key) size *= 2;
    const table = new Int32Array(size).fill(-1);
    table.set(this.known);
    this.known = table;
  }
}
