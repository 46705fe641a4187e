/** A file to start from. */
export interface Starter {
  readonly title: string;
  readonly detail: string;
  /** Within the extension. */
  readonly file: string;
}

export interface StarterGroup {
  readonly title: string;
  readonly starters: readonly Starter[];
}

const blank = (name: string, title: string, detail: string): Starter => ({
  title,
  detail,
  file: `starters/${name}.topology.yaml`,
});

const pattern = (name: string, title: string, detail: string): Starter => ({
  title,
  detail,
  file: `examples/${name}.topology.yaml`,
});

/** Short files to fill, then the patterns of the field: each says what holds, and names a change that breaks it. */
export const starterGroups: readonly StarterGroup[] = [
  {
    title: "To fill",
    starters: [
      blank("log", "Log (Kafka)", "A topic with keys and partitions, read by two groups at their own pace"),
      blank(
        "queue",
        "Queue (RabbitMQ)",
        "A work queue with competing consumers, prefetch and retried failures",
      ),
      blank(
        "hybrid",
        "Hybrid (Kafka and RabbitMQ)",
        "A stream for analytics beside a queue for work, fed by the same kind of event",
      ),
      blank(
        "topic-routing",
        "Topic Routing (RabbitMQ)",
        "One topic exchange whose patterns sort audit events into queues",
      ),
      blank("mmc", "M/M/c", "Queueing theory: no costs but the waiting, to compare with the closed form"),
    ],
  },
  {
    title: "Patterns of RabbitMQ",
    starters: [
      pattern("work-queue", "Work Queue", "Long, uneven tasks: prefetch 1 against many"),
      pattern("orders", "Publish/Subscribe", "Each order once, a copy of it in every queue"),
      pattern("routing", "Routing by Key", "A direct exchange compares the whole routing key"),
      pattern("audit", "Routing by Pattern", "A topic exchange sorts events by the words of their keys"),
      pattern(
        "retry-backoff",
        "Retry with Back-Off",
        "A failed delivery waits and comes back by dead letters",
      ),
      pattern("poison-message", "Poison Messages", "A delivery limit parks what fails every time"),
      pattern("delayed-delivery", "Delayed Delivery", "A delayed exchange against a waiting queue"),
      pattern("priority", "Priorities", "Urgent jobs overtake, and expire"),
      pattern(
        "rpc",
        "Remote Procedure Calls",
        "Requests and replies: what counts is the time at the requester",
      ),
      pattern("burst", "Levelling a Burst", "Competing consumers work off what comes at once"),
    ],
  },
  {
    title: "Patterns of Kafka",
    starters: [
      pattern("clicks", "Groups at Their Own Pace", "Three groups read the same topic; none delays another"),
      pattern("clicks-per-page", "Windows", "Counts by key and time, and what comes too late for them"),
      pattern("paid-orders", "A Join of Two Streams", "Orders wait for their payments, for so long"),
      pattern("head-of-line", "Head-of-Line Blocking", "One slow key delays its neighbours in the partition"),
      pattern("hot-partition", "Hot Partition", "One frequent key is too much for its member"),
      pattern(
        "rebalance-storm",
        "Rebalance Storm",
        "A tight max.poll.interval.ms puts members out one by one",
      ),
      pattern("rebalance-pause", "Rebalances Compared", "Eager, cooperative and KIP-848"),
      pattern("acks", "The Price of acks", "acks=1 against acks=all with three copies"),
      pattern("broker-crash", "Broker Crash", "Half a minute without a leader, and nothing lost"),
      pattern(
        "meters",
        "Retention Against a Slow Reader",
        "A log keeps half a minute; who is slower reads gaps",
      ),
      pattern("outrun-by-retention", "Outrun by Retention", "A backlog is deleted faster than it is read"),
      pattern("tickets", "Share Group", "Records are handed out one by one"),
      pattern("profiles", "Compacted Topic", "A new service builds its state from time zero"),
    ],
  },
  {
    title: "Patterns of both",
    starters: [
      pattern("hybrid", "Stream Beside Work", "The same orders as a stream and as a queue"),
      pattern("bank", "Read by Many, Done Once", "A stream that many read beside queues for work"),
      pattern("single-writer", "Single Writer", "One writer of each account against several"),
      pattern("pipeline", "Pipeline", "Two steps of a stream, then a queue, with a crash on the way"),
    ],
  },
];
