import type { Setting } from "../model/settings.ts";
import { codecs } from "../model/compression.ts";
import { librdkafkaPartitioners } from "../model/librdkafka.ts";
import { reconciliationSetting } from "../model/rabbitmq-nodes.ts";
import { nearest } from "../text/nearest.ts";
import { expectation, readQuantity } from "../text/units.ts";
import { textOf } from "./tree.ts";
import type { Tree } from "./tree.ts";

export interface WrongValue {
  readonly reason: string;
  readonly nearest?: string | undefined;
}

/** Where the broker takes -1 for unlimited or for "not set". */
const unlimited = /retention|^num\.|lag\.ms|delivery-limit|max\.request\.bytes|^retries$/u;

/** The values of settings that take one of a few. */
const choices: Readonly<Record<string, readonly string[]>> = {
  acks: ["0", "1", "all", "-1"],
  "request.required.acks": ["0", "1", "all", "-1"],
  "auto.offset.reset": ["earliest", "latest", "none"],
  "cleanup.policy": ["delete", "compact"],
  "compression.codec": codecs,
  "compression.type": codecs,
  "group.consumer.assignors": ["uniform", "range"],
  "group.coordinator.rebalance.protocols": ["classic", "consumer", "share", "streams"],
  "group.protocol": ["classic", "consumer"],
  "group.remote.assignor": ["uniform", "range"],
  "group.share.assignors": ["simple"],
  "isolation.level": ["read_uncommitted", "read_committed"],
  partitioner: librdkafkaPartitioners,
  "partition.assignment.strategy": ["range", "roundrobin", "sticky", "cooperative-sticky"],
  "x-queue-type": ["classic", "quorum", "stream"],
  "x-overflow": ["drop-head", "reject-publish", "reject-publish-dlx"],
  "x-dead-letter-strategy": ["at-most-once", "at-least-once"],
  "x-delayed-retry-type": ["disabled", "all", "failed", "returned"],
  "delayed-retry-type": ["disabled", "all", "failed", "returned"],
  cluster_partition_handling: ["ignore", "pause_minority", "autoheal", "pause_if_all_down"],
  // Those after the first two mean `balanced`, and are older.
  queue_leader_locator: ["client-local", "balanced", "random", "least-leaders", "min-masters"],
  "hash-property": ["correlation_id", "message_id", "timestamp"],
  overflow: ["drop-head", "reject-publish", "reject-publish-dlx"],
  "dead-letter-strategy": ["at-most-once", "at-least-once"],
};

/** The values of a setting that takes one of a few; none for every other. */
export function settingChoices(setting: Setting): readonly string[] {
  return choicesOf(setting) ?? [];
}

function choicesOf({ name, default: standard }: Setting): readonly string[] | undefined {
  // A topic's has another default than a producer's.
  if (name === "compression.type" && standard === "producer")
    return ["producer", "uncompressed", ...codecs.filter((codec) => codec !== "none")];
  return Object.hasOwn(choices, name) ? choices[name] : undefined;
}

/** Least values: Kafka's definitions let its own be 0, ms, and then nothing goes on; RabbitMQ takes no 0 of these. */
const minimums: Readonly<Record<string, number>> = {
  "heartbeat.interval.ms": 1,
  "session.timeout.ms": 1,
  net_ticktime: 1,
  consumer_timeout: 1,
  "target-group-size": 1,
  "x-quorum-target-group-size": 1,
  [reconciliationSetting("target_group_size")]: 1,
  [reconciliationSetting("interval")]: 1,
  [reconciliationSetting("trigger_interval")]: 1,
};

/** What codecs take as their level, and what stands for their own choice. */
const levels: Readonly<Record<string, readonly [least: number, most: number, own?: number]>> = {
  "compression.gzip.level": [1, 9, -1],
  "compression.lz4.level": [1, 17],
  "compression.zstd.level": [-131_072, 22],
  "compression.level": [0, 12, -1],
};

const assignors = new Map([
  ["org.apache.kafka.clients.consumer.RangeAssignor", "range"],
  ["org.apache.kafka.clients.consumer.RoundRobinAssignor", "roundrobin"],
  ["org.apache.kafka.clients.consumer.StickyAssignor", "sticky"],
  ["org.apache.kafka.clients.consumer.CooperativeStickyAssignor", "cooperative-sticky"],
  ["org.apache.kafka.coordinator.group.assignor.UniformAssignor", "uniform"],
  ["org.apache.kafka.coordinator.group.assignor.RangeAssignor", "range"],
  ["org.apache.kafka.coordinator.group.assignor.SimpleAssignor", "simple"],
]);

/** Kafka's class names stand for the short ones. */
export function shortAssignor(name: string): string {
  return assignors.get(name.trim()) ?? name.trim();
}

/** Of a list, or of a text with commas; undefined without one. */
export function itemsOf(tree: Tree | undefined): readonly string[] | undefined {
  if (tree?.kind === "list") return tree.items.map((item) => textOf(item) ?? "");
  return textOf(tree)
    ?.split(",")
    .map((item) => item.trim());
}

/** What is wrong with a setting's value; undefined when it can be read. */
export function settingValueError(setting: Setting, tree: Tree): WrongValue | undefined {
  return valueError(setting, tree) ?? listError(setting, tree);
}

/** No broker starts with these. (KafkaConfig, GroupCoordinatorConfig) */
function listError({ name }: Setting, tree: Tree): WrongValue | undefined {
  const items = itemsOf(tree) ?? [];
  if (name === "group.coordinator.rebalance.protocols" && !items.includes("classic"))
    return { reason: "no broker starts without `classic`" };
  if (name === "group.share.assignors" && items.length !== 1)
    return { reason: "share groups have exactly one assignor" };
  return undefined;
}

function valueError(setting: Setting, tree: Tree): WrongValue | undefined {
  const allowed = choicesOf(setting);
  if (tree.kind === "map") return { reason: `expected ${words(setting)}` };
  if (tree.kind === "list") {
    if (setting.value !== "list") return { reason: `expected ${words(setting)}` };
    for (const item of tree.items) {
      const wrong = notAllowed(allowed, textOf(item) ?? "");
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  }
  const { value } = tree;
  if (value === null)
    return setting.default === "null" ? undefined : { reason: `expected ${words(setting)}` };
  if (setting.value === "boolean")
    return typeof value === "boolean" || value === "true" || value === "false"
      ? undefined
      : { reason: "expected `true` or `false`" };
  if (setting.value === "list") return firstOf(String(value).split(","), allowed);
  if (setting.value === "text") {
    if (setting.name === "auto.offset.reset" && String(value).startsWith("by_duration:")) return undefined;
    return notAllowed(allowed, String(value));
  }
  return quantityError(setting, value);
}

function firstOf(items: readonly string[], allowed: readonly string[] | undefined): WrongValue | undefined {
  for (const item of items) {
    const wrong = notAllowed(allowed, item);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function notAllowed(allowed: readonly string[] | undefined, found: string): WrongValue | undefined {
  // A class of one's own is known to the real client only.
  if (allowed === undefined || allowed.includes(shortAssignor(found)) || found.includes("."))
    return undefined;
  return {
    reason: `expected ${allowed.map((choice) => `\`${choice}\``).join(", ")}`,
    nearest: nearest(found, allowed),
  };
}

function quantityError(setting: Setting, value: string | number | boolean): WrongValue | undefined {
  if (typeof value === "boolean") return { reason: `expected ${words(setting)}` };
  const { name, value: unit } = setting;
  if (String(value) === "-1" && unlimited.test(name)) return undefined;
  if (unit === "number") {
    const plain = Number(value);
    if (!Number.isFinite(plain) || String(value).trim() === "") return { reason: "expected a number" };
    return levelError(name, plain) ?? outOfRange(setting, plain);
  }
  if (unit !== "duration" && unit !== "size" && unit !== "count") return undefined;
  const least = setting.range?.least ?? 0;
  const sentinel = least < 0 ? Number(value) : NaN;
  if (Number.isInteger(sentinel) && sentinel < 0) return outOfRange(setting, sentinel);
  const read = readQuantity(unit, value);
  if (typeof read === "string") return { reason: read };
  return outOfRange(setting, unit === "duration" ? read / nanosPerMilli : read);
}

function outOfRange({ name, value, range }: Setting, found: number): WrongValue | undefined {
  const own = Object.hasOwn(minimums, name) ? minimums[name]! : 0;
  const { least, most } = range ?? { least: value === "number" ? -Infinity : own, most: Infinity };
  if (found >= least && found <= most) return undefined;
  const unit = value === "duration" ? " ms" : value === "size" ? " bytes" : "";
  return {
    reason: most === Infinity ? `it is ${least}${unit} or more` : `it is from ${least} to ${most}${unit}`,
  };
}

const nanosPerMilli = 1e6;

function levelError(name: string, level: number): WrongValue | undefined {
  if (!Object.hasOwn(levels, name)) return undefined;
  const [least, most, own] = levels[name]!;
  if (level === own || (Number.isInteger(level) && level >= least && level <= most)) return undefined;
  const range = `a whole number from ${least} to ${most}`;
  return {
    reason: own === undefined ? `expected ${range}` : `expected ${range}, or ${own} for its own choice`,
  };
}

function words({ value }: Setting): string {
  if (value === "duration" || value === "size" || value === "count") return expectation(value);
  if (value === "boolean") return "`true` or `false`";
  if (value === "list") return "a list, or a text with commas";
  return value === "number" ? "a number" : "a text";
}
