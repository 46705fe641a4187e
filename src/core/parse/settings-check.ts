import { retiredSetting, settingByPrefix, settingsIn, settingsOf } from "../model/settings.ts";
import type { Setting, SettingsKind } from "../model/settings.ts";
import { problem, replace } from "../problems/catalogue.ts";
import type { Problem } from "../problems/problem.ts";
import { nearest } from "../text/nearest.ts";
import type { Reference, SettingsHolder } from "./form.ts";
import { sendsToTopic } from "./read-sends.ts";
import { settingValueError, shortAssignor } from "./setting-value.ts";
import { at, describe, shortened, textOf } from "./tree.ts";
import type { Entry, MapTree, Tree } from "./tree.ts";
import { atLeast } from "./version.ts";

export interface Versions {
  readonly kafka: string;
  readonly rabbitmq: string;
}

const holders: Readonly<Record<SettingsKind, string>> = {
  producer: "a producer setting of Kafka",
  consumer: "a consumer setting of Kafka",
  librdkafka: "a producer setting of librdkafka",
  group: "a group setting of Kafka",
  topic: "a topic setting of Kafka",
  broker: "a broker setting of Kafka",
  "queue-arguments": "a queue argument of RabbitMQ",
  "exchange-arguments": "an exchange argument of RabbitMQ",
  "consumer-arguments": "a consumer argument of RabbitMQ",
  "policy-definition": "a policy key of RabbitMQ",
  "rabbitmq-config": "a setting of `rabbitmq.conf`",
  "binding-arguments": "a binding argument of RabbitMQ",
};

const kafkaKinds: readonly SettingsKind[] = ["producer", "librdkafka", "consumer", "topic", "broker"];
const matches = ["all", "any", "all-with-x", "any-with-x"];

/** A broker's own settings, held against the broker's own table. */
export function checkSettings(
  holder: SettingsHolder,
  versions: Versions,
  references: Reference[],
  ownerOf: (part: MapTree) => Tree | undefined,
): Problem[] {
  const problems: Problem[] = [];
  const owner = holder.holder && ownerOf(holder.holder);
  const kinds = settingKinds(holder.kind as SettingsKind, holder.holder, owner);
  const [first] = kinds;
  for (const entry of holder.map.entries.values()) {
    const name = entry.key.text;
    const found =
      first === "binding-arguments"
        ? bindingArgument(entry)
        : checkSetting(entry, homeOf(name, kinds), holder, versions, references);
    if (found !== undefined) problems.push(found);
  }
  return problems;
}

/** Whose setting it is, of those whose settings stand in one place. */
function homeOf(name: string, kinds: readonly [SettingsKind, ...SettingsKind[]]): SettingsKind {
  if (kinds.length === 1) return kinds[0];
  return kinds.find((kind) => settingsOf(kind).has(name) || retiredSetting(kind, name)) ?? kinds[0];
}

/**
 * Whose settings a map has that is made for those of `kind`: a producer's, those of its client; a consumer's that sends on, those
 * of both clients in one place, and of a consumer only where it reads a topic. `owner`: the producer or consumer of
 * which `holder` is a flow or an input; it says what holds for all of these.
 */
export function settingKinds(
  kind: SettingsKind,
  holder: Tree | undefined,
  owner: Tree | undefined,
): readonly [SettingsKind, ...SettingsKind[]] {
  if (kind === "producer" && textOf(at(holder, "client") ?? at(owner, "client")) === "librdkafka")
    return ["librdkafka"];
  if (kind !== "consumer" || !(sendsToTopic(holder) || sendsToTopic(owner))) return [kind];
  const reads = ["topic", "topics", "inputs"].some((key) => at(holder, key) !== undefined);
  return reads ? ["consumer", "producer"] : ["producer"];
}

function bindingArgument({ key, value }: Entry): Problem | undefined {
  if (key.text !== "x-match" || value.kind !== "scalar" || matches.includes(String(value.value)))
    return undefined;
  return problem("bad-value", value.span, {
    key: key.text,
    found: describe(value),
    reason: `expected ${matches.map((match) => `\`${match}\``).join(", ")}`,
    nearest: nearest(value.source, matches),
  });
}

/** Before 4.0 the head of a record was size enough for a segment (KIP-1030). */
function asOf(version: string, setting: Setting): Setting {
  if (!segmentSizes.has(setting.name) || atLeast(version, "4.0")) return setting;
  return { ...setting, range: { least: 14, most: Infinity } };
}

const segmentSizes: ReadonlySet<string> = new Set(["segment.bytes", "log.segment.bytes"]);

function checkSetting(
  { key, value }: Entry,
  kind: SettingsKind,
  holder: SettingsHolder,
  versions: Versions,
  references: Reference[],
): Problem | undefined {
  const isKafka = kafkaKinds.includes(kind);
  const retired = retiredSetting(kind, key.text);
  const version = isKafka ? versions.kafka : versions.rabbitmq;
  if (retired !== undefined) {
    if (atLeast(version, retired.since))
      return problem("deprecated-setting", key.span, { setting: key.text, version, note: retired.note });
    if (settingsIn(kind).get(key.text)?.status === "simulated") return undefined;
    return problem("setting-without-effect", key.span, {
      setting: key.text,
      why: "the engine has no part for it",
    });
  }
  const table = settingsIn(kind);
  const setting = table.get(key.text) ?? (isKafka ? settingByPrefix(key.text) : undefined);
  if (setting === undefined) {
    // Arguments without x- are for the applications; the broker passes them on.
    const near = nearest(key.text, table.keys());
    const fixes = near === undefined ? [] : [replace(`Change to ${near}`, key.span, near)];
    return problem(
      "unknown-setting",
      key.span,
      { setting: shortened(key.text), holder: elsewhere(kind, key.text) ?? holders[kind], nearest: near },
      fixes,
    );
  }
  const wrong = settingValueError(asOf(version, setting), value);
  if (wrong !== undefined) {
    const fixes =
      wrong.nearest === undefined ? [] : [replace(`Change to ${wrong.nearest}`, value.span, wrong.nearest)];
    return problem("bad-value", value.span, { key: key.text, found: describe(value), ...wrong }, fixes);
  }
  if (key.text === "alternate-exchange" && kind === "exchange-arguments" && value.kind === "scalar")
    references.push({
      kind: "exchange",
      name: { text: value.source, span: value.span },
      holder: holder.map,
      scope: holder.scope,
    });
  return status(setting, { key, value });
}

/** A Kafka setting that belongs to another holder: a topic's in a producer, say. */
function elsewhere(kind: SettingsKind, name: string): string | undefined {
  if (!kafkaKinds.includes(kind)) return undefined;
  const home = kafkaKinds.find((other) => settingsOf(other).has(name));
  return home === undefined ? undefined : `${holders[kind]} (it is ${holders[home]})`;
}

function status(setting: Setting, { key, value }: Entry): Problem | undefined {
  if (setting.status === "no-effect")
    return problem("setting-without-effect", key.span, { setting: key.text, why: reasonWithout(key.text) });
  const { follows } = setting;
  if (follows.length === 0 ? setting.status === "simulated" : follows.includes(decisive(value)))
    return undefined;
  const simulated =
    follows.length === 0
      ? undefined
      : `What runs now is ${follows.map((name) => `\`${name}\``).join(" or ")}.`;
  return problem("not-simulated-yet", simulated === undefined ? key.span : value.span, {
    what:
      simulated === undefined
        ? `\`${key.text}\``
        : `\`${key.text}: ${value.kind === "scalar" ? shortened(value.source) : "…"}\``,
    simulated,
  });
}

/** Of several assignors the members use the first that all of them have. */
function decisive(value: Tree): string {
  const first =
    value.kind === "list"
      ? textOf(value.items[0])
      : value.kind === "scalar"
        ? String(value.value).split(",", 1)[0]
        : "";
  return shortAssignor(first ?? "");
}

const reasons: readonly (readonly [RegExp, string])[] = [
  [
    /^(?:log\.)?flush\.(?:ms|interval|scheduler)/u,
    "it is done in the background, and no host loses its power here: what is in the page cache stays",
  ],
  [/^controller\.quorum\.election/u, "no votes are split here: the first controller to stand is elected"],
  [
    /^controller\.quorum\.re/u,
    "controllers that answer are a majority, or nothing is decided: nobody waits for others",
  ],
  [
    /^num\.network\.threads/u,
    "what a request costs is taken to be the work of the threads that handle it (`num.io.threads`)",
  ],
  [/^queued\.max/u, "what finds no place in a broker's line of requests waits as long in the sockets"],
  [/^remote\.list\.offsets/u, "offsets are found without reading remote storage"],
  [
    /^replica\.high\.watermark/u,
    "a leader takes its high watermark from the replicas in sync, not from the file that keeps it",
  ],
  [/^share\.coordinator\.write/u, "share coordinators do not fail here: what they write is always written"],
  [
    /^transaction\.partition/u,
    "clients from 4.0 on have their partitions added to the transaction in any case (KIP-890)",
  ],
  [
    /^(?:ssl|sasl|security|listener\.name)\.|principal|authorizer|delegation|reauth|failed\.authentication/u,
    "the simulation has no security to pass",
  ],
  [/serializer$/u, "only the size of a message matters"],
  [/metric|telemetry/u, "it is about monitoring the real client"],
  [
    /bootstrap|dns|metadata|client\.id|listener|broker\.id|node\.id|process\.roles|socket|buffer\.bytes|connection/u,
    "the simulation has no connections to set up",
  ],
  [/^group\.id$/u, "the consumer's `group` decides"],
  [/streams/u, "no client of a file is a member of a streams group"],
  [/migration/u, "the members of a group all use one protocol here"],
  [/^log\.segment\.delete/u, "`storage` is what logs hold, without files that only wait to be deleted"],
  [/regex/u, "consumers name their topics"],
  [/throttled|^replication\.quota/u, "no rate is set for what followers fetch"],
  [
    /^unclean\.leader/u,
    "the controller elects whenever a replica comes or goes, and nobody changes settings meanwhile",
  ],
  [
    /^federation/u,
    "a file is one cluster, and names no other broker that messages could come from (the policy counts all the same)",
  ],
  [/auto_remove$/u, "no node of a file leaves its cluster"],
  [/^log\.cleaner\.threads$/u, "cleaning takes no time here"],
];

function reasonWithout(name: string): string {
  return (
    reasons.find(([pattern]) => pattern.test(name))?.[1] ??
    "it is about the inside of the real broker or client"
  );
}
