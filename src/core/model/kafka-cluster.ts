/** The settings of brokers and controllers that a run follows, by Kafka's names and defaults. Times in nanoseconds. */
export interface ClusterSettings {
  /** `num.io.threads`, where it is written. */
  readonly ioThreads: number | undefined;
  /** `num.replica.fetchers`: of a follower, for each leader. */
  readonly replicaFetchers: number;
  readonly replicaFetchWaitMax: number;
  /** Bytes. */
  readonly replicaFetchMinBytes: number;
  readonly replicaFetchMaxBytes: number;
  readonly replicaFetchResponseMaxBytes: number;
  readonly replicaFetchBackoff: number;
  readonly replicaLagTimeMax: number;
  /** `replica.selector.class`: leaders send consumers to a follower in their rack. */
  readonly rackAwareReads: boolean;
  readonly groupInitialRebalanceDelay: number;
  /** The brokers' `fetch.max.bytes`: no answer to a consumer is larger, whatever the consumer asks for. */
  readonly fetchMaxBytes: number;
  readonly offsets: OffsetsSettings;
  /** `transaction.state.log.num.partitions`, `….replication.factor`, `….min.isr`. */
  readonly transactionState: CoordinatorTopic;
  readonly groupConsumerHeartbeatInterval: number;
  readonly groupConsumerSessionTimeout: number;
  readonly groupLimits: GroupLimits;
  readonly groupConsumer: ConsumerGroupLimits;
  readonly quotaWindows: QuotaWindows;
  readonly share: ShareClusterSettings;
  readonly housekeeping: Housekeeping;
  /** How often open transactions are looked at. */
  readonly transactionTimeoutCheck: number;
  /** `transactional.id.expiration.ms`, and how often it is looked for names that have been without a transaction for so long. */
  readonly transactionalIdExpiration: number;
  readonly transactionalIdCheck: number;
  readonly producerIds: ProducerIdSettings;
  readonly brokerSessionTimeout: number;
  readonly brokerHeartbeatInterval: number;
  readonly quorumFetchTimeout: number;
  readonly quorumElectionTimeout: number;
  /** `controller.quorum.append.linger.ms`. */
  readonly quorumAppendLinger: number;
  readonly controlledShutdown: boolean;
  readonly autoLeaderRebalance: boolean;
  readonly leaderImbalanceCheckInterval: number;
  /** KIP-966: on for new clusters from 4.1 on. */
  readonly eligibleLeaderReplicas: boolean;
  /** From 4.0 on the high watermark stays while too few replicas are in sync. */
  readonly strictMinInSync: boolean;
}

/** How long partitions remember producers that write nothing: `producer.id.expiration.ms`, and how often it is looked at. ns. */
export interface ProducerIdSettings {
  readonly expiration: number;
  readonly check: number;
}

/** Whom brokers let join a group of the classic protocol: `group.max.size`, `group.min.session.timeout.ms`, `group.max.session.timeout.ms`. */
export interface GroupLimits {
  readonly size: number;
  /** Nanoseconds. */
  readonly sessionMin: number;
  readonly sessionMax: number;
}

/** Whom brokers let join a group of the consumer protocol. */
export interface ConsumerGroupLimits {
  /** `group.consumer.max.size`. */
  readonly size: number;
  /** `group.consumer.assignors`: who names none gets the first. */
  readonly assignors: readonly RemoteAssignor[];
  /** `group.coordinator.rebalance.protocols` has it. */
  readonly enabled: boolean;
}

export type RemoteAssignor = "uniform" | "range";

/** A topic whose leaders are coordinators. */
export interface CoordinatorTopic {
  readonly partitions: number;
  readonly replicas: number;
  readonly minInSync: number;
}

/** What coordinators keep of groups in `__consumer_offsets`. */
export interface OffsetsSettings extends CoordinatorTopic {
  /** `offsets.commit.timeout.ms`: for so long a commit waits for the replicas in sync, ns. */
  readonly commitTimeout: number;
  /** `group.coordinator.append.linger.ms`, ns; 0 where it is not written, as Kafka's own is part of what a commit costs. */
  readonly appendLinger: number;
  /** `offsets.retention.minutes` and `offsets.retention.check.interval.ms`, ns. */
  readonly retention: number;
  readonly retentionCheck: number;
}

/** Over how many windows, of which length, quotas are measured: `quota.window.num`, `quota.window.size.seconds`. */
export interface QuotaWindows {
  readonly count: number;
  readonly size: number;
}

/** `group.share.*`: what share groups have that set nothing of their own. */
export interface ShareClusterSettings {
  readonly partitionMaxRecordLocks: number;
  readonly recordLockDuration: number;
  readonly deliveryCountLimit: number;
  readonly heartbeatInterval: number;
  readonly sessionTimeout: number;
  /** `group.share.max.size`. */
  readonly sizeMax: number;
  /** `group.share.max.share.sessions`: of all groups together at one broker. */
  readonly sessionsMax: number;
  /** `share.coordinator.append.linger.ms`. */
  readonly appendLinger: number;
}

/** When brokers look after what their logs hold. */
export interface Housekeeping {
  readonly retentionCheckInterval: number;
  /** `log.initial.task.delay.ms`: from the start of a broker to its first check. */
  readonly initialDelay: number;
  /** `log.cleaner.enable`. */
  readonly cleans: boolean;
  /** How long the cleaner sleeps when no log is dirty enough. */
  readonly cleanerBackoff: number;
}

/** What a topic says of its replicas. */
export interface ReplicationSettings {
  readonly minInSyncReplicas: number;
  readonly uncleanLeaderElection: boolean;
}

/** What a member of a share group does and what its group is set to; undefined is as the brokers say. */
export interface ShareSettings {
  /** It says of each record what became of it; else its next `poll()` accepts all. */
  readonly explicit: boolean;
  /** What becomes of a record that failed, after the last attempt. */
  readonly onFailure: "release" | "reject" | "deadLetter";
  readonly autoOffsetReset: "earliest" | "latest";
  /** Nanoseconds. */
  readonly recordLockDuration: number | undefined;
  readonly deliveryCountLimit: number | undefined;
  readonly sessionTimeout: number | undefined;
  readonly heartbeatInterval: number | undefined;
}

/** Of all instances together at one broker, undefined without a limit: bytes per second, and nanoseconds of its threads per second. */
export interface ClientQuota {
  readonly produce: number | undefined;
  readonly fetch: number | undefined;
  readonly request: number | undefined;
}
