import type { KeyHash } from "./key-hash.ts";
import { partitionForHash } from "./murmur2.ts";
import type { Partition } from "./partition.ts";
import type { HeldBytes } from "./storage/held-bytes.ts";

/** Keys below it have their partition looked up. */
const tabled = 65_536;
const tableStart = 256;

/** A topic's partitions, and where each key goes. */
export class Topic {
  readonly name: string;
  readonly partitions: readonly Partition[];
  readonly held: HeldBytes;
  private readonly keyHash: KeyHash;
  /** Partition by key id; −1 where not known yet. It grows with the keys that are seen. */
  private partitionOfKey = new Int32Array(tableStart).fill(-1);

  constructor(name: string, partitions: readonly Partition[], held: HeldBytes, keyHash: KeyHash) {
    this.name = name;
    this.partitions = partitions;
    this.held = held;
    this.keyHash = keyHash;
  }

  partitionFor(key: number): number {
    if (this.partitions.length === 1) return 0;
    if (key >= tabled) return partitionForHash(this.keyHash.hash(key), this.partitions.length);
    if (key >= this.partitionOfKey.length) this.grow(key);
    let partition = this.partitionOfKey[key]!;
    if (partition < 0) {
      partition = partitionForHash(this.keyHash.hash(key), this.partitions.length);
      this.partitionOfKey[key] = partition;
    }
    return partition;
  }

  private grow(key: number): void {
    let size = this.partitionOfKey.length;
    while (size <= key) size *= 2;
    const table = new Int32Array(size).fill(-1);
    table.set(this.partitionOfKey);
    this.partitionOfKey = table;
  }
}
