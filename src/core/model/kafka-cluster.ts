/** The settings of brokers and controllers that a run follows, by Kafka's names and defaults. Times in nanoseconds. */
export interface ClusterSettings {
  readonly replicaFetchWaitMax: number;
  /** Bytes. */
  readonly replicaFetchMinBytes: number;
  readonly replicaFetchMaxBytes: number;
  readonly replicaFetchResponseMaxBytes: number;
  readonly replicaLagTimeMax: number;
}

/** What a topic says of its replicas. */
export interface ReplicationSettings {
  readonly minInSyncReplicas: number;
}
