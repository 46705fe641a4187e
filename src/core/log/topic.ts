import { assert } from "../sim/invariant.ts";
import type { Keys } from "../sim/keys.ts";
import type { MovedBytes } from "../stats/moved-bytes.ts";
import { KeyPartitions, type KeyHashing } from "./key-partitions.ts";
import type { Partition } from "./partition.ts";
import type { HeldBytes } from "./storage/held-bytes.ts";

/** A topic's partitions, and where each key goes. */
export class Topic {
  readonly name: string;
  /** All that there ever are: those from `count` on are to be added yet. */
  readonly partitions: readonly Partition[];
  readonly held: HeldBytes;
  readonly network: MovedBytes;
  /** Partitions that there are now. */
  count: number;
  private readonly keys: Keys;
  /** By the number of partitions that a client knows. */
  private readonly placements = new Map<number, Map<KeyHashing, KeyPartitions>>();
  /** How many partitions there were from an instant on, ns, in the order of time. */
  private readonly counts: { readonly from: number; readonly count: number }[];

  /** `count`: partitions that there are when the run starts. */
  constructor(
    name: string,
    partitions: readonly Partition[],
    held: HeldBytes,
    network: MovedBytes,
    keys: Keys,
    count: number,
  ) {
    this.name = name;
    this.partitions = partitions;
    this.held = held;
    this.network = network;
    this.keys = keys;
    this.count = count;
    this.counts = [{ from: 0, count }];
  }

  /** All clients that hash keys so and know as many partitions share it. */
  keysBy(hashing: KeyHashing, count = this.count): KeyPartitions {
    let ofCount = this.placements.get(count);
    if (ofCount === undefined) this.placements.set(count, (ofCount = new Map<KeyHashing, KeyPartitions>()));
    let placement = ofCount.get(hashing);
    if (placement === undefined) {
      placement = new KeyPartitions(this.keys, hashing, count);
      ofCount.set(hashing, placement);
    }
    return placement;
  }

  /** Partitions may be added during the run. */
  get grows(): boolean {
    return this.partitions.length > this.counts[0]!.count;
  }

  /** It has so many partitions from now on. */
  grow(count: number, now: number): void {
    assert(count > this.count && count <= this.partitions.length, "partitions are added, never taken away");
    this.count = count;
    this.counts.push({ from: now, count });
  }

  /** How many partitions a client knows that asked at this time. */
  countAt(time: number): number {
    return this.counts.findLast(({ from }) => from <= time)!.count;
  }

  /** Since when there is this partition, ns. */
  addedAt(partition: number): number {
    return this.counts.find(({ count }) => count > partition)!.from;
  }
}
