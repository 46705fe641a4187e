import type { Keys } from "../sim/keys.ts";
import { KeyPartitions, type KeyHashing } from "./key-partitions.ts";
import type { Partition } from "./partition.ts";
import type { HeldBytes } from "./storage/held-bytes.ts";

/** A topic's partitions, and where each key goes. */
export class Topic {
  readonly name: string;
  readonly partitions: readonly Partition[];
  readonly held: HeldBytes;
  private readonly keys: Keys;
  private readonly placements = new Map<KeyHashing, KeyPartitions>();

  constructor(name: string, partitions: readonly Partition[], held: HeldBytes, keys: Keys) {
    this.name = name;
    this.partitions = partitions;
    this.held = held;
    this.keys = keys;
  }

  /** All clients that hash keys so share it. */
  keysBy(hashing: KeyHashing): KeyPartitions {
    let placement = this.placements.get(hashing);
    if (placement === undefined) {
      placement = new KeyPartitions(this.keys, hashing, this.partitions.length);
      this.placements.set(hashing, placement);
    }
    return placement;
  }
}
