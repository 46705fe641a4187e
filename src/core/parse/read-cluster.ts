import type { ClusterSettings, ReplicationSettings } from "../model/kafka-cluster.ts";
import { readHousekeeping } from "./read-storage.ts";
import { at, textOf } from "./tree.ts";
import type { Tree } from "./tree.ts";
import { quantityOf } from "./value-read.ts";

const KiB = 1024;
const MiB = 1024 * KiB;
const ms = 1e6;

/** The racks of the brokers, in turn; none where all share one. */
export function readRacks(brokers: Tree | undefined): string[] {
  const list = brokers?.kind === "map" ? at(brokers, "racks") : undefined;
  return list?.kind === "list" ? list.items.map((item) => textOf(item) ?? "") : [];
}

export function readCluster(config: Tree | undefined): ClusterSettings {
  const duration = (name: string, standard: number) => quantityOf(at(config, name), "duration") ?? standard;
  const size = (name: string, standard: number) => quantityOf(at(config, name), "size") ?? standard;
  return {
    replicaFetchWaitMax: duration("replica.fetch.wait.max.ms", 500 * ms),
    replicaFetchMinBytes: size("replica.fetch.min.bytes", 1),
    replicaFetchMaxBytes: size("replica.fetch.max.bytes", MiB),
    replicaFetchResponseMaxBytes: size("replica.fetch.response.max.bytes", 10 * MiB),
    replicaLagTimeMax: duration("replica.lag.time.max.ms", 30_000 * ms),
    housekeeping: readHousekeeping(config),
  };
}

/** A topic's settings win over those of the brokers. */
export function readReplication(topic: Tree | undefined, broker: Tree | undefined): ReplicationSettings {
  const of = (name: string) => at(topic, name) ?? at(broker, name);
  return { minInSyncReplicas: Math.max(quantityOf(of("min.insync.replicas"), "count") ?? 1, 1) };
}
