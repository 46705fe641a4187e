import { hashMapOrder, topicPartitionHash } from "./java-hash.ts";
import type { PartitionTable } from "./partition-table.ts";

interface Movement {
  readonly from: number;
  readonly to: number;
}

/**
 * What has moved from whom to whom while a group is balanced, so that no two partitions of a topic cross: where one has
 * gone the opposite way, that one goes back instead. (AbstractStickyAssignor.PartitionMovements)
 */
export class PartitionMovements {
  private readonly table: PartitionTable;
  private readonly movements = new Map<number, Movement>();

  constructor(table: PartitionTable) {
    this.table = table;
  }

  /** The partition that moves in place of `partition`. */
  toMove(partition: number, owner: number, to: number): number {
    const from = this.movements.get(partition)?.from ?? owner;
    const topic = this.table.topicOf[partition]!;
    const back: number[] = [];
    for (const [other, movement] of this.movements)
      if (movement.from === to && movement.to === from && this.table.topicOf[other] === topic)
        back.push(other);
    return hashMapOrder(back, (other) => this.hash(other))[0] ?? partition;
  }

  moved(partition: number, from: number, to: number): void {
    const earlier = this.movements.get(partition);
    this.movements.delete(partition);
    if (earlier === undefined) this.movements.set(partition, { from, to });
    else if (earlier.from !== to) this.movements.set(partition, { from: earlier.from, to });
  }

  private hash(number: number): number {
    const { topic, partition } = this.table.at(number);
    return topicPartitionHash(topic, partition);
  }
}
