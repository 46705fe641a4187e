import type { ClusterSettings, RemoteAssignor, ReplicationSettings } from "../model/kafka-cluster.ts";
import type { ReadContext } from "./read-context.ts";
import { readHousekeeping } from "./read-storage.ts";
import { itemsOf, shortAssignor } from "./setting-value.ts";
import { at, textOf } from "./tree.ts";
import type { Tree } from "./tree.ts";
import { atLeast } from "./version.ts";
import { booleanOf, quantityOf } from "./value-read.ts";

const KiB = 1024;
const MiB = 1024 * KiB;
const ms = 1e6;

/** The racks of the brokers, in turn, or `broker.rack` of all; none where nothing is said. */
export function readRacks(
  brokers: Tree | undefined,
  config: Tree | undefined,
  context: ReadContext,
): string[] {
  const list = brokers?.kind === "map" ? at(brokers, "racks") : undefined;
  const racks = list?.kind === "list" ? list.items.map((item) => textOf(item) ?? "") : [];
  const shared = at(config, "broker.rack");
  const rack = textOf(shared);
  // As Kafka writes its default.
  if (shared === undefined || rack === undefined || rack === "null") return racks;
  if (racks.length === 0) return [rack];
  context.rule(
    shared.span,
    "The file's `brokers: {racks: …}` says where each broker stands, and `broker.rack` that all stand in one rack. Delete one of the two.",
  );
  return racks;
}

/** Three where there are brokers enough for as many, else one. */
export function readControllers(brokers: Tree | undefined, count: number): number {
  const written = brokers?.kind === "map" ? quantityOf(at(brokers, "controllers"), "count") : undefined;
  return Math.max(written ?? (count < 3 ? 1 : 3), 1);
}

export function readCluster(config: Tree | undefined, version: string): ClusterSettings {
  const duration = (name: string, standard: number) => quantityOf(at(config, name), "duration") ?? standard;
  const size = (name: string, standard: number) => quantityOf(at(config, name), "size") ?? standard;
  const count = (name: string, standard: number) =>
    Math.max(quantityOf(at(config, name), "count") ?? standard, 1);
  return {
    ioThreads: quantityOf(at(config, "num.io.threads"), "count"),
    replicaFetchers: count("num.replica.fetchers", 1),
    replicaFetchWaitMax: duration("replica.fetch.wait.max.ms", 500 * ms),
    replicaFetchMinBytes: size("replica.fetch.min.bytes", 1),
    replicaFetchMaxBytes: size("replica.fetch.max.bytes", MiB),
    replicaFetchResponseMaxBytes: size("replica.fetch.response.max.bytes", 10 * MiB),
    replicaFetchBackoff: duration("replica.fetch.backoff.ms", 1000 * ms),
    replicaLagTimeMax: duration("replica.lag.time.max.ms", 30_000 * ms),
    rackAwareReads:
      textOf(at(config, "replica.selector.class")) ===
      "org.apache.kafka.common.replica.RackAwareReplicaSelector",
    housekeeping: readHousekeeping(config),
    transactionTimeoutCheck: duration(
      "transaction.abort.timed.out.transaction.cleanup.interval.ms",
      10_000 * ms,
    ),
    transactionalIdExpiration: duration("transactional.id.expiration.ms", 604_800_000 * ms),
    transactionalIdCheck: duration(
      "transaction.remove.expired.transaction.cleanup.interval.ms",
      3_600_000 * ms,
    ),
    producerIds: {
      expiration: duration("producer.id.expiration.ms", 86_400_000 * ms),
      check: Math.max(duration("producer.id.expiration.check.interval.ms", 600_000 * ms), ms),
    },
    brokerSessionTimeout: duration("broker.session.timeout.ms", 9000 * ms),
    brokerHeartbeatInterval: duration("broker.heartbeat.interval.ms", 2000 * ms),
    quorumFetchTimeout: duration("controller.quorum.fetch.timeout.ms", 2000 * ms),
    quorumAppendLinger: duration("controller.quorum.append.linger.ms", 25 * ms),
    quorumElectionTimeout: duration("controller.quorum.election.timeout.ms", 1000 * ms),
    controlledShutdown: booleanOf(at(config, "controlled.shutdown.enable")) ?? true,
    autoLeaderRebalance: booleanOf(at(config, "auto.leader.rebalance.enable")) ?? true,
    leaderImbalanceCheckInterval:
      (quantityOf(at(config, "leader.imbalance.check.interval.seconds"), "count") ?? 300) * 1000 * ms,
    eligibleLeaderReplicas: atLeast(version, "4.1"),
    strictMinInSync: atLeast(version, "4.0"),
    quotaWindows: {
      count: Math.max(quantityOf(at(config, "quota.window.num"), "count") ?? 11, 1),
      size: Math.max(quantityOf(at(config, "quota.window.size.seconds"), "count") ?? 1, 1) * 1000 * ms,
    },
    share: {
      partitionMaxRecordLocks:
        quantityOf(at(config, "group.share.partition.max.record.locks"), "count") ?? 2000,
      recordLockDuration: duration("group.share.record.lock.duration.ms", 30_000 * ms),
      deliveryCountLimit: quantityOf(at(config, "group.share.delivery.count.limit"), "count") ?? 5,
      heartbeatInterval: duration("group.share.heartbeat.interval.ms", 5000 * ms),
      sessionTimeout: duration("group.share.session.timeout.ms", 45_000 * ms),
      sizeMax: quantityOf(at(config, "group.share.max.size"), "count") ?? 200,
      sessionsMax: quantityOf(at(config, "group.share.max.share.sessions"), "count") ?? 2000,
      appendLinger: duration("share.coordinator.append.linger.ms", 5 * ms),
    },
    fetchMaxBytes: size("fetch.max.bytes", 55 * MiB),
    offsets: {
      partitions: count("offsets.topic.num.partitions", 50),
      replicas: count("offsets.topic.replication.factor", 3),
      minInSync: count("min.insync.replicas", 1),
      commitTimeout: duration("offsets.commit.timeout.ms", 5000 * ms),
      // Kafka's 5 ms by default are part of what a commit is taken to cost.
      appendLinger: duration("group.coordinator.append.linger.ms", 0),
      retention: count("offsets.retention.minutes", 10_080) * 60_000 * ms,
      retentionCheck: duration("offsets.retention.check.interval.ms", 600_000 * ms),
    },
    transactionState: {
      partitions: count("transaction.state.log.num.partitions", 50),
      replicas: count("transaction.state.log.replication.factor", 3),
      minInSync: count("transaction.state.log.min.isr", 2),
    },
    groupInitialRebalanceDelay: duration("group.initial.rebalance.delay.ms", 3000 * ms),
    groupConsumerHeartbeatInterval: duration("group.consumer.heartbeat.interval.ms", 5000 * ms),
    groupConsumerSessionTimeout: duration("group.consumer.session.timeout.ms", 45_000 * ms),
    groupLimits: {
      size: quantityOf(at(config, "group.max.size"), "count") ?? Infinity,
      sessionMin: duration("group.min.session.timeout.ms", 6000 * ms),
      sessionMax: duration("group.max.session.timeout.ms", 1_800_000 * ms),
    },
    groupConsumer: {
      size: quantityOf(at(config, "group.consumer.max.size"), "count") ?? Infinity,
      assignors: assignorsOf(at(config, "group.consumer.assignors")),
      enabled: itemsOf(at(config, "group.coordinator.rebalance.protocols"))?.includes("consumer") ?? true,
    },
  };
}

function assignorsOf(tree: Tree | undefined): readonly RemoteAssignor[] {
  const known = itemsOf(tree)
    ?.map(shortAssignor)
    .filter((name) => name === "uniform" || name === "range");
  return known === undefined || known.length === 0 ? ["uniform", "range"] : known;
}

/** A topic's settings win over those of the brokers. */
export function readReplication(topic: Tree | undefined, broker: Tree | undefined): ReplicationSettings {
  const of = (name: string) => at(topic, name) ?? at(broker, name);
  return {
    minInSyncReplicas: Math.max(quantityOf(of("min.insync.replicas"), "count") ?? 1, 1),
    uncleanLeaderElection: booleanOf(of("unclean.leader.election.enable")) ?? false,
  };
}
