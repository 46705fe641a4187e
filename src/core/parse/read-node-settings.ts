import {
  nodeDefaults,
  partitionHandlings,
  reconciliationSetting,
  type NodeSettings,
} from "../model/rabbitmq-nodes.ts";
import { problem } from "../problems/catalogue.ts";
import type { ReadContext } from "./read-context.ts";
import { at, textOf, type Tree } from "./tree.ts";
import { booleanOf, quantityOf } from "./value-read.ts";
import { atLeast } from "./version.ts";

const nanosPerSecond = 1e9;
/** RabbitMQ's own of its reconciliation, ns. */
const intervalDefault = 3600e9;
const triggerIntervalDefault = 10e9;

/** What `config` says of all nodes. */
export function readNodeSettings(
  config: Tree | undefined,
  version: string,
  context: ReadContext,
): NodeSettings {
  const seconds = (name: string): number | undefined => {
    const count = quantityOf(at(config, name), "count");
    return count === undefined ? undefined : count * nanosPerSecond;
  };
  const { netTickTime, queueDefaults } = nodeDefaults;
  return {
    partitionHandling: readPartitionHandling(config, version, context),
    netTickTime: seconds("net_ticktime") ?? netTickTime,
    heartbeat: agreedHeartbeat(seconds("heartbeat")),
    queueDefaults: {
      consumerTimeout:
        quantityOf(at(config, "consumer_timeout"), "duration") ?? queueDefaults.consumerTimeout,
      leaderLocator: textOf(at(config, "queue_leader_locator")) ?? queueDefaults.leaderLocator,
    },
    reconciliation: readReconciliation(config),
  };
}

/**
 * A new cluster keeps its metadata in Khepri from 4.2 on, where no strategy is needed; from 4.3 on there is nothing else.
 * (Documentation: how to enable Khepri; network partitions)
 */
function readPartitionHandling(
  config: Tree | undefined,
  version: string,
  context: ReadContext,
): NodeSettings["partitionHandling"] {
  const handling = at(config, "cluster_partition_handling");
  const ignored = atLeast(version, "4.2");
  if (handling !== undefined && ignored)
    context.problems.push(
      problem("deprecated-setting", handling.span, {
        setting: "cluster_partition_handling",
        version,
        note: "the metadata of a new cluster is in Khepri since 4.2, which goes on where its majority is",
      }),
    );
  const found = partitionHandlings.find((one) => one === textOf(handling));
  return (ignored ? undefined : found) ?? nodeDefaults.partitionHandling;
}

/**
 * Java's client asks for 60 s. Of its and the broker's time-out the smaller one counts, and a broker without one leaves it to
 * the client; the broker goes by what the client answers. (`AMQConnection.negotiatedMaxValue`, `rabbit_reader`)
 */
function agreedHeartbeat(suggested: number | undefined): number {
  const { heartbeat: asked } = nodeDefaults;
  return suggested === undefined || suggested === 0 ? asked : Math.min(suggested, asked);
}

function readReconciliation(config: Tree | undefined): NodeSettings["reconciliation"] {
  const own = (name: Parameters<typeof reconciliationSetting>[0]): Tree | undefined =>
    at(config, reconciliationSetting(name));
  if (booleanOf(own("enabled")) !== true) return undefined;
  return {
    targetSize: quantityOf(own("target_group_size"), "count") ?? 0,
    interval: quantityOf(own("interval"), "duration") ?? intervalDefault,
    triggerInterval: quantityOf(own("trigger_interval"), "duration") ?? triggerIntervalDefault,
  };
}
