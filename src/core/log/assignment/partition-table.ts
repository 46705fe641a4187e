import { compareText, type PartitionCounts, type TopicPartition } from "./assignment.ts";

/** The partitions of some topics as numbers, in the order of topic names and then of partitions. */
export class PartitionTable {
  readonly topics: readonly string[];
  /** Partitions of each topic. */
  readonly counts: readonly number[];
  /** Number of each topic's first partition. */
  readonly firsts: readonly number[];
  /** Topic of each partition, as its place in `topics`. */
  readonly topicOf: Int32Array;
  readonly size: number;
  private readonly places: ReadonlyMap<string, number>;

  constructor(counts: PartitionCounts, wanted: (topic: string) => boolean) {
    this.topics = [...counts.keys()].filter(wanted).sort(compareText);
    this.places = new Map(this.topics.map((topic, place) => [topic, place]));
    this.counts = this.topics.map((topic) => counts.get(topic)!);
    const firsts: number[] = [];
    let size = 0;
    for (const count of this.counts) {
      firsts.push(size);
      size += count;
    }
    this.firsts = firsts;
    this.size = size;
    this.topicOf = new Int32Array(size);
    for (const [topic, first] of firsts.entries())
      this.topicOf.fill(topic, first, first + this.counts[topic]!);
  }

  /** Undefined for a partition that does not exist here. */
  number({ topic, partition }: TopicPartition): number | undefined {
    const place = this.places.get(topic);
    return place === undefined || partition >= this.counts[place]!
      ? undefined
      : this.firsts[place]! + partition;
  }

  /** Place of a topic in `topics`. */
  place(topic: string): number | undefined {
    return this.places.get(topic);
  }

  partitionOf(number: number): number {
    return number - this.firsts[this.topicOf[number]!]!;
  }

  at(number: number): TopicPartition {
    return { topic: this.topics[this.topicOf[number]!]!, partition: this.partitionOf(number) };
  }
}
