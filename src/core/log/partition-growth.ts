import type { ReplicationSettings } from "../model/kafka-cluster.ts";
import type { Broker } from "./broker.ts";
import type { LogContext } from "./log-context.ts";
import type { Partition } from "./partition.ts";
import type { Topic } from "./topic.ts";

/** Where an added partition will lie. */
interface Placed {
  readonly brokers: readonly Broker[];
  readonly replication: ReplicationSettings;
}

/** A group of whatever kind, as far as it has to know of new partitions. */
interface Subscribed {
  readonly topics: ReadonlyMap<string, Topic>;
  partitionsAdded(topic: Topic): void;
}

/**
 * Adds partitions to topics. Whoever sends to a topic or reads it knows nothing of it until its next look at the
 * metadata; brokers that assign know at once.
 */
export class PartitionGrowth {
  private readonly context: LogContext;
  private readonly groups: readonly Subscribed[];
  private readonly placed = new Map<Partition, Placed>();

  constructor(context: LogContext, groups: readonly Subscribed[]) {
    this.context = context;
    this.groups = groups;
  }

  /** The partition will be there some time. */
  expect(partition: Partition, brokers: readonly Broker[], replication: ReplicationSettings): void {
    this.placed.set(partition, { brokers, replication });
  }

  /** The controllers are asked for so many partitions in all. (CreatePartitions) */
  add(topic: Topic, count: number): void {
    this.context.cluster.controllers.commit(() => {
      if (count > topic.count) this.created(topic, count);
    });
  }

  private created(topic: Topic, count: number): void {
    const { context } = this;
    const { kernel, world, replication } = context;
    for (const partition of topic.partitions.slice(topic.count, count)) {
      const { brokers, replication: settings } = this.placed.get(partition)!;
      // Only brokers that run are given a partition to lead.
      const placed = [...brokers.filter(({ alive }) => alive), ...brokers.filter(({ alive }) => !alive)];
      partition.broker = placed[0]!;
      if (placed.length > 1) replication.add(partition, placed, settings);
    }
    topic.grow(count, kernel.now);
    const place = world.places.add("topic", topic.name, null);
    world.occurrences.add(kernel.now, "partitionsAdded", place, count, "timeline");
    for (const group of this.groups) if (group.topics.get(topic.name) === topic) group.partitionsAdded(topic);
    for (const metadata of context.metadata) metadata.becomesOld();
  }
}
