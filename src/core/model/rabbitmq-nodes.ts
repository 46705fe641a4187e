/** What nodes do that take others for down, by RabbitMQ's own names. */
export const partitionHandlings = ["ignore", "pause_minority", "autoheal"] as const;

/** What `rabbitmq.conf` says, of all nodes alike. Times in ns. */
export interface NodeSettings {
  readonly partitionHandling: (typeof partitionHandlings)[number];
  /** That a node hears nothing from another one before it takes that for down. */
  readonly netTickTime: number;
  /** The time-out of heartbeats that broker and client agree on. */
  readonly heartbeat: number;
  readonly queueDefaults: QueueDefaults;
  /** Undefined where nobody adds replicas to a quorum queue. */
  readonly reconciliation: Reconciliation | undefined;
}

/** What counts of a queue where neither its arguments nor a policy say anything. */
export interface QueueDefaults {
  /** ns that a consumer may hold a delivery. */
  readonly consumerTimeout: number;
  /** RabbitMQ's own names. */
  readonly leaderLocator: string;
}

/** How leaders of quorum queues see to it that there are replicas enough. Times in ns. */
export interface Reconciliation {
  /** Replicas of every queue; 0 where each queue says it by itself. */
  readonly targetSize: number;
  /** Between looks that find nothing to do. */
  readonly interval: number;
  /** From what may change something, or a look that did, to the next look. */
  readonly triggerInterval: number;
}

/** The names of these settings, and of the one that switches them on, in `rabbitmq.conf`. */
export function reconciliationSetting(
  name: "enabled" | "target_group_size" | "interval" | "trigger_interval",
): string {
  return `quorum_queue.continuous_membership_reconciliation.${name}`;
}

/** As RabbitMQ and Java's client have it by themselves. */
export const nodeDefaults: NodeSettings = {
  partitionHandling: "ignore",
  netTickTime: 60e9,
  heartbeat: 60e9,
  queueDefaults: { consumerTimeout: 1800e9, leaderLocator: "client-local" },
  reconciliation: undefined,
};
