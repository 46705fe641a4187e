import type { RandomStream } from "../../sim/random.ts";

/** Brokers of one rack, from which each partition takes the next. */
class RackBrokers {
  private readonly brokers: number[];
  private index = 0;
  private offset: number;
  private round = 0;

  constructor(brokers: number[], stream: RandomStream) {
    this.brokers = brokers;
    this.offset = stream.below(brokers.length);
  }

  /** The next broker of this round; undefined when the rack has given all. */
  next(round: number): number | undefined {
    const { brokers } = this;
    if (this.round !== round) {
      this.round = round;
      this.index = 0;
      this.offset = (this.offset + 1) % brokers.length;
    }
    if (this.index >= brokers.length) return undefined;
    return brokers[(this.index++ + this.offset) % brokers.length]!;
  }

  shuffle(stream: RandomStream): void {
    shuffle(this.brokers, stream);
  }
}

/**
 * Spreads the replicas of one topic's partitions over racks and brokers: each partition begins one rack and one broker
 * further; after as many partitions as there are brokers, racks and brokers are shuffled. (Kafka's
 * StripedReplicaPlacer, which draws where it begins)
 */
export class ReplicaPlacer {
  private readonly stream: RandomStream;
  private readonly count: number;
  private readonly racks: RackBrokers[];
  private offset: number;
  private round = 0;

  /** `racks`: of each broker in turn; one for all where the file names none. */
  constructor(racks: readonly string[], stream: RandomStream) {
    const byName = new Map<string, number[]>();
    for (const [broker, rack] of racks.entries()) byName.set(rack, [...(byName.get(rack) ?? []), broker]);
    const names = [...byName.keys()].toSorted();
    this.stream = stream;
    this.count = racks.length;
    this.racks = names.map((name) => new RackBrokers(byName.get(name)!, stream));
    this.offset = stream.below(names.length);
  }

  /** Brokers, by their places in `racks`, of the next partition: the preferred leader first. At most all brokers. */
  place(replicas: number): number[] {
    if (this.round === this.count && this.count > 1) {
      shuffle(this.racks, this.stream);
      for (const rack of this.racks) rack.shuffle(this.stream);
      this.round = 0;
    }
    const { racks, round } = this;
    let rack = this.offset % racks.length;
    const placed: number[] = [];
    while (placed.length < Math.min(replicas, this.count)) {
      const broker = racks[rack]!.next(round);
      if (broker !== undefined) placed.push(broker);
      rack = (rack + 1) % racks.length;
    }
    this.round++;
    this.offset = (this.offset % racks.length) + 1;
    return placed;
  }
}

function shuffle(list: unknown[], stream: RandomStream): void {
  for (let i = list.length - 1; i > 0; i--) {
    const other = stream.below(i + 1);
    [list[i], list[other]] = [list[other], list[i]];
  }
}
