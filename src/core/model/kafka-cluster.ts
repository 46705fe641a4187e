/** The settings of brokers and controllers that a run follows, by Kafka's names and defaults. Times in nanoseconds. */
export interface ClusterSettings {
  readonly replicaFetchWaitMax: number;
  /** Bytes. */
  readonly replicaFetchMinBytes: number;
  readonly replicaFetchMaxBytes: number;
  readonly replicaFetchResponseMaxBytes: number;
  readonly replicaLagTimeMax: number;
  readonly housekeeping: Housekeeping;
}

/** When brokers look after what their logs hold. */
export interface Housekeeping {
  readonly retentionCheckInterval: number;
  /** How long the cleaner sleeps when no log is dirty enough. */
  readonly cleanerBackoff: number;
}

/** What a topic says of its replicas. */
export interface ReplicationSettings {
  readonly minInSyncReplicas: number;
}
