import type { ReplicaRacks } from "./assignment/rack-matching.ts";
import type { LogContext } from "./log-context.ts";
import type { Topic } from "./topic.ts";

const none: ReadonlySet<string> = new Set();

/** Where replicas stand, as a group's leader knows it of its topics; undefined where no broker says where it stands. */
export function replicaRacks(
  { cluster: { brokers } }: LogContext,
  topics: ReadonlyMap<string, Topic>,
): ReplicaRacks | undefined {
  if (brokers.every(({ rack }) => rack === "")) return undefined;
  return ({ topic, partition: number }) => {
    const partition = topics.get(topic)?.partitions[number];
    if (partition === undefined) return none;
    const holders = partition.replicas?.replicas.map(({ broker }) => broker) ?? [partition.broker];
    return new Set(holders.map(({ rack }) => rack).filter((rack) => rack !== ""));
  };
}
