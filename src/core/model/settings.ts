import { kafkaSettingRanges } from "./kafka-setting-ranges-data.ts";
import { kafkaSettingLines } from "./kafka-settings-data.ts";
import { librdkafkaSettingLines } from "./librdkafka-settings-data.ts";
import { rabbitArgumentLines } from "./rabbitmq-arguments-data.ts";

export type SettingStatus = "simulated" | "planned" | "no-effect";

/** How a setting's value is written. `version 3.10` and other rules of the format do not apply to settings. */
export type SettingValue = "duration" | "size" | "count" | "number" | "boolean" | "text" | "list";

export interface Setting {
  readonly name: string;
  readonly value: SettingValue;
  /** As the broker's documentation writes it. */
  readonly default: string;
  readonly status: SettingStatus;
  /** Values that the engine follows although the setting as a whole is planned, or the only ones it follows. */
  readonly follows: readonly string[];
  /** What Kafka lets it be, both ends included, times in ms; undefined where its definition sets no bounds but 0. */
  readonly range: Range | undefined;
}

export interface Range {
  readonly least: number;
  readonly most: number;
}

export type SettingsKind =
  | keyof typeof kafkaSettingLines
  | keyof typeof librdkafkaSettingLines
  | "queue-arguments"
  | "exchange-arguments"
  | "consumer-arguments"
  | "policy-definition"
  | "rabbitmq-config"
  | "binding-arguments";

const tables = new Map<SettingsKind, ReadonlyMap<string, Setting>>();

/** The settings that a holder of this kind may have; empty for binding arguments, which are headers. */
export function settingsOf(kind: SettingsKind): ReadonlyMap<string, Setting> {
  let table = tables.get(kind);
  if (table === undefined)
    tables.set(kind, (table = new Map(linesOf(kind).map((line) => [line.name, line]))));
  return table;
}

let consumerAndGroup: ReadonlyMap<string, Setting> | undefined;

/** Those that a file may write where it writes settings of this kind: a consumer's with those of its group. */
export function settingsIn(kind: SettingsKind): ReadonlyMap<string, Setting> {
  if (kind !== "consumer") return settingsOf(kind);
  return (consumerAndGroup ??= new Map([...settingsOf(kind), ...settingsOf("group")]));
}

function linesOf(kind: SettingsKind): Setting[] {
  if (kind === "binding-arguments") return [];
  if (kind === "librdkafka") return librdkafkaSettingLines.librdkafka.split("\n").map(setting);
  const text = Object.hasOwn(kafkaSettingLines, kind)
    ? kafkaSettingLines[kind as keyof typeof kafkaSettingLines]
    : rabbitArgumentLines[kind as keyof typeof rabbitArgumentLines];
  const ranges = rangesOf(kind);
  return text
    .trim()
    .split("\n")
    .map(setting)
    .map((one) => ({ ...one, range: ranges.get(one.name) }));
}

function rangesOf(kind: SettingsKind): ReadonlyMap<string, Range> {
  if (!Object.hasOwn(kafkaSettingRanges, kind)) return new Map();
  const lines = kafkaSettingRanges[kind as keyof typeof kafkaSettingRanges].split("\n");
  return new Map(
    lines.flatMap((line) => {
      const [bounds = "", ...names] = line.split(" ");
      const [least, most] = bounds.split("..");
      const range = { least: Number(least), most: most === "" ? Infinity : Number(most) };
      return names.map((name) => [name, range] as const);
    }),
  );
}

function setting(line: string): Setting {
  const [name = "", value = "", standard = "", status = "", follows = ""] = line.trim().split(" ");
  return {
    name,
    value: value as SettingValue,
    default: standard,
    status: status === "none" ? "no-effect" : (status as SettingStatus),
    follows: follows === "" ? [] : follows.split("|"),
    range: undefined,
  };
}

/** Settings of the network's security: the simulation has no intruder. */
const security = /^(?:ssl|sasl|security|listener\.name)\./u;
/** Tiered storage. */
const remote = /^(?:remote\.log|remote\.storage)\./u;

/** A Kafka setting that is known by the beginning of its name. */
export function settingByPrefix(name: string): Setting | undefined {
  if (security.test(name))
    return { name, value: "text", default: "", status: "no-effect", follows: [], range: undefined };
  if (remote.test(name))
    return { name, value: "text", default: "", status: "planned", follows: [], range: undefined };
  return undefined;
}

export interface Retired {
  readonly since: string;
  readonly note: string;
}

/** Known once, gone or ignored from a version on. */
const retired: Readonly<Record<string, ReadonlyMap<string, Retired>>> = {
  client: new Map([
    [
      "auto.include.jmx.reporter",
      { since: "4.0", note: "metrics reporters are listed in `metric.reporters` since 4.0" },
    ],
  ]),
  topic: new Map([
    ["message.format.version", { since: "4.0", note: "every record has the newest format since 4.0" }],
    [
      "message.downconversion.enable",
      { since: "4.0", note: "records are no longer converted for old clients since 4.0" },
    ],
    [
      "message.timestamp.difference.max.ms",
      {
        since: "4.0",
        note: "`message.timestamp.before.max.ms` and `message.timestamp.after.max.ms` took its place",
      },
    ],
  ]),
  broker: new Map([
    [
      "inter.broker.protocol.version",
      { since: "4.0", note: "the cluster's `metadata.version` took its place" },
    ],
    ["log.message.format.version", { since: "4.0", note: "every record has the newest format since 4.0" }],
    [
      "log.message.downconversion.enable",
      { since: "4.0", note: "records are no longer converted for old clients since 4.0" },
    ],
    [
      "log.message.timestamp.difference.max.ms",
      { since: "4.0", note: "`log.message.timestamp.before.max.ms` and `…after.max.ms` took its place" },
    ],
    [
      "offsets.commit.required.acks",
      { since: "4.0", note: "offset commits always wait for all in-sync replicas since 4.0" },
    ],
    [
      "broker.id.generation.enable",
      { since: "4.0", note: "it belonged to ZooKeeper, which is gone since 4.0" },
    ],
    ["reserved.broker.max.id", { since: "4.0", note: "it belonged to ZooKeeper, which is gone since 4.0" }],
    [
      "control.plane.listener.name",
      { since: "4.0", note: "it belonged to ZooKeeper, which is gone since 4.0" },
    ],
  ]),
  "queue-arguments": new Map([
    ["x-queue-mode", { since: "3.12", note: "classic queues always behave as lazy ones since 3.12" }],
    ["x-queue-version", { since: "4.0", note: "version 2 is the only one since 4.0" }],
    ["x-queue-master-locator", { since: "4.0", note: "`x-queue-leader-locator` took its place" }],
    ["x-max-in-memory-length", { since: "4.0", note: "quorum queues keep no bodies in memory since 4.0" }],
    ["x-max-in-memory-bytes", { since: "4.0", note: "quorum queues keep no bodies in memory since 4.0" }],
    ["x-cancel-on-ha-failover", { since: "4.0", note: "mirrored queues are gone since 4.0" }],
  ]),
  "consumer-arguments": new Map([
    ["x-cancel-on-ha-failover", { since: "4.0", note: "mirrored queues are gone since 4.0" }],
  ]),
  "policy-definition": new Map(
    [
      "ha-mode",
      "ha-params",
      "ha-sync-mode",
      "ha-sync-batch-size",
      "ha-promote-on-shutdown",
      "ha-promote-on-failure",
    ].map((name) => [
      name,
      { since: "4.0", note: "mirrored queues are gone since 4.0; quorum queues took their place" },
    ]),
  ),
};

export function retiredSetting(kind: SettingsKind, name: string): Retired | undefined {
  const table = retired[kind === "producer" || kind === "consumer" ? "client" : kind];
  const found = table?.get(name);
  if (found !== undefined || kind !== "broker") return found;
  return name.startsWith("zookeeper.") ? { since: "4.0", note: "ZooKeeper is gone since 4.0" } : undefined;
}
