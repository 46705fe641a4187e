/** A file to start from; its text stands in `starters/`. */
export interface Starter {
  readonly title: string;
  readonly detail: string;
  readonly file: string;
}

export const starters: readonly Starter[] = [
  {
    title: "Log (Kafka)",
    detail: "A topic with keys and partitions, read by two groups at their own pace",
    file: "log.topology.yaml",
  },
  {
    title: "Queue (RabbitMQ)",
    detail: "A work queue with competing consumers, prefetch and retried failures",
    file: "queue.topology.yaml",
  },
  {
    title: "Hybrid (Kafka and RabbitMQ)",
    detail: "A stream for analytics beside a queue for work, fed by the same kind of event",
    file: "hybrid.topology.yaml",
  },
  {
    title: "Topic Routing (RabbitMQ)",
    detail: "One topic exchange whose patterns sort audit events into queues",
    file: "topic-routing.topology.yaml",
  },
  {
    title: "M/M/c",
    detail: "Queueing theory: no costs but the waiting, to compare with the closed form",
    file: "mmc.topology.yaml",
  },
];
