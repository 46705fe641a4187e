import { logConfig, type LogConfig } from "../model/log-config.ts";
import type { Housekeeping } from "../model/kafka-cluster.ts";
import { settingsOf } from "../model/settings.ts";
import type { Preload } from "../model/preload.ts";
import type { ReadContext } from "./read-context.ts";
import { readKeyChoice } from "./read-key-choice.ts";
import { at, textOf } from "./tree.ts";
import type { MapTree, Tree } from "./tree.ts";
import { booleanOf, quantityOf, soundDistribution } from "./value-read.ts";

const ms = 1e6;
const minute = 60_000;
const hour = 60 * minute;
const KiB = 1024;
/** As many messages as may be alive at once in a run. */
const preloadMax = 25_000_000;

/** A broker's setting that stands in for a topic's, and its milliseconds where it is not written in them. */
type StandIn = readonly [name: string, unit?: number];

/** The brokers' settings that hold where a topic has none, the first that is given before the others. */
const standIns: Readonly<Record<string, readonly StandIn[]>> = {
  "cleanup.policy": [["log.cleanup.policy"]],
  "flush.messages": [["log.flush.interval.messages"]],
  "delete.retention.ms": [["log.cleaner.delete.retention.ms"]],
  "local.retention.bytes": [["log.local.retention.bytes"]],
  "local.retention.ms": [["log.local.retention.ms"]],
  "max.compaction.lag.ms": [["log.cleaner.max.compaction.lag.ms"]],
  "max.message.bytes": [["message.max.bytes"]],
  "message.timestamp.type": [["log.message.timestamp.type"]],
  "min.cleanable.dirty.ratio": [["log.cleaner.min.cleanable.ratio"]],
  "min.compaction.lag.ms": [["log.cleaner.min.compaction.lag.ms"]],
  "retention.bytes": [["log.retention.bytes"]],
  "retention.ms": [["log.retention.ms"], ["log.retention.minutes", minute], ["log.retention.hours", hour]],
  "segment.bytes": [["log.segment.bytes"]],
  "segment.jitter.ms": [["log.roll.jitter.ms"], ["log.roll.jitter.hours", hour]],
  "segment.ms": [["log.roll.ms"], ["log.roll.hours", hour]],
};

/** Past the least that Kafka lets a topic have, as its own tests go. (LogConfig.segmentSize) */
const overrides: Readonly<Record<string, string>> = { "segment.bytes": "internal.segment.bytes" };

/** What a topic's log keeps: the topic's own settings, else the brokers', else Kafka's. */
export function readLogConfig(topic: Tree | undefined, broker: Tree | undefined): LogConfig {
  const given = (name: string): readonly [Tree, number | undefined] | undefined => {
    const own = at(topic, overrides[name] ?? name) ?? at(topic, name);
    if (own !== undefined) return [own, undefined];
    for (const [standIn, unit] of standIns[name] ?? []) {
      const tree = at(broker, standIn);
      if (tree !== undefined && textOf(tree) !== "null") return [tree, unit];
    }
    return undefined;
  };
  const number = (name: string): number => {
    const setting = settingsOf("topic").get(name)!;
    const [tree, unit] = given(name) ?? [];
    const text = tree === undefined ? setting.default : (textOf(tree) ?? "");
    if (text === "unlimited") return -1;
    if (tree === undefined || text.startsWith("-") || setting.value === "number") return Number(text);
    if (unit !== undefined) return Number(text) * unit;
    if (setting.value === "duration") return (quantityOf(tree, "duration") ?? 0) / ms;
    return quantityOf(tree, "size") ?? 0;
  };
  const policy = given("cleanup.policy")?.[0];
  const policies =
    policy?.kind === "list"
      ? policy.items.map((item) => textOf(item) ?? "")
      : (textOf(policy) ?? "delete").split(",").map((word) => word.trim());
  const logAppendTime = textOf(given("message.timestamp.type")?.[0]) === "LogAppendTime";
  const remote = booleanOf(at(topic, "remote.storage.enable")) ?? false;
  return logConfig(number, policies, logAppendTime, remote, ms);
}

export function readHousekeeping(broker: Tree | undefined): Housekeeping {
  const duration = (name: string, standard: number) => quantityOf(at(broker, name), "duration") ?? standard;
  return {
    retentionCheckInterval: duration("log.retention.check.interval.ms", 5 * minute * ms),
    initialDelay: duration("log.initial.task.delay.ms", 30_000 * ms),
    cleans: booleanOf(at(broker, "log.cleaner.enable")) ?? true,
    cleanerBackoff: duration("log.cleaner.backoff.ms", 15_000 * ms),
  };
}

/** What a topic or a queue holds when the run starts; `thing`: what it is called in a sentence. */
export function readPreload(map: MapTree, thing: string, context: ReadContext): Preload | undefined {
  const tree = at(map, "preload");
  const messages = quantityOf(at(tree, "messages"), "count");
  if (tree === undefined || messages === undefined) return undefined;
  if (messages > preloadMax) {
    context.rule(
      at(tree, "messages")!.span,
      `${thing} is to hold ${messages} messages before the run, more than the ${preloadMax} that a run can hold. Preload fewer, or larger ones.`,
    );
    return undefined;
  }
  const key = readKeyChoice(at(tree, "key"), context);
  if (key === undefined) return undefined;
  return {
    messages,
    over: quantityOf(at(tree, "over"), "duration") ?? 0,
    key,
    size: soundDistribution(at(tree, "size"), "size") ?? { kind: "constant", value: KiB },
  };
}
