import type { ClientQuota } from "../model/kafka-cluster.ts";
import {
  exchangeTypes,
  scopeOf,
  type Binding,
  type Exchange,
  type FieldTable,
  type FieldValue,
  type Kafka,
  type Queue,
  type RabbitMq,
  type Topic,
} from "../model/topology.ts";
import type { Name } from "../text/span.ts";
import { checkDeclaredNames, checkTopicName } from "./broker-names.ts";
import { predeclared } from "../model/predeclared.ts";
import { checkQueueDeclarations, fieldsOf } from "./queue-declaration.ts";
import { readCluster, readControllers, readRacks, readReplication } from "./read-cluster.ts";
import { readTopicCompression } from "./read-compression.ts";
import { Keys } from "./read-context.ts";
import { readNodeSettings } from "./read-node-settings.ts";
import { readPolicies } from "./read-policies.ts";
import { readLogConfig, readPreload } from "./read-storage.ts";
import type { ReadContext } from "./read-context.ts";
import { at, entriesOf, nameOf, textOf } from "./tree.ts";
import type { MapTree, Tree } from "./tree.ts";
import { booleanOf, quantityOf } from "./value-read.ts";
import { atLeast, isVersion } from "./version.ts";

/** The newest version that the rules know. */
export const newestVersion = "4.1";
/** The oldest of RabbitMQ's, as the schema says of `rabbitmq.version`. */
const oldestRelease = "3.10";

const nothing: MapTree = { kind: "map", entries: new Map(), span: { start: 0, end: 0 } };

/** An absent value of a named thing (`audit:`) is the thing with all its defaults. */
export function mapOrEmpty(tree: Tree | undefined): MapTree | undefined {
  if (tree?.kind === "map") return tree;
  return tree?.kind === "scalar" && tree.value === null && tree.broken === undefined ? nothing : undefined;
}

export function readKafka(tree: Tree | undefined, context: ReadContext): Kafka | undefined {
  const kafka = mapOrEmpty(tree);
  if (kafka === undefined) return undefined;
  const brokers = at(kafka, "brokers");
  const config = at(kafka, "config");
  const version = textOf(at(kafka, "version")) ?? newestVersion;
  const count = atLeastOne(quantityOf(brokers?.kind === "map" ? at(brokers, "count") : brokers, "count"));
  const topics = named(at(kafka, "topics"), (name, map) => readTopic(name, map, config, context));
  return {
    version,
    brokers: count,
    racks: readRacks(brokers, config, context),
    controllers: readControllers(brokers, count),
    cluster: readCluster(config, version),
    quotas: readQuotas(at(kafka, "quotas")),
    topics,
  };
}

function readQuotas(tree: Tree | undefined): Map<string, ClientQuota> {
  const limit = (value: Tree | undefined) => quantityOf(value, "bandwidth");
  const threadTime = (value: Tree | undefined) => {
    const share = quantityOf(value, "share");
    return share === undefined ? undefined : share * 1e9;
  };
  return new Map(
    [...entriesOf(tree)].map(({ key, value }) => [
      key.text,
      {
        produce: limit(at(value, "produce")),
        fetch: limit(at(value, "fetch")),
        request: threadTime(at(value, "request")),
      },
    ]),
  );
}

function atLeastOne(count: number | undefined): number {
  return count === undefined || count < 1 ? 1 : count;
}

function readTopic(name: Name, map: MapTree, brokerConfig: Tree | undefined, context: ReadContext): Topic {
  checkTopicName(name, context);
  const log = readLogConfig(at(map, "config"), brokerConfig);
  if (log.compact && log.remote)
    context.rule(
      at(map, "config", "remote.storage.enable")!.span,
      `Topic \`${name.text}\` is compacted: Kafka keeps compacted topics out of remote storage. Take \`remote.storage.enable\` away, or \`compact\` out of \`cleanup.policy\`.`,
    );
  const count = (key: string, brokerSetting: string): number =>
    atLeastOne(quantityOf(at(map, key) ?? at(brokerConfig, brokerSetting), "count"));
  return {
    name,
    partitions: count("partitions", "num.partitions"),
    replicas: count("replicas", "default.replication.factor"),
    replication: readReplication(at(map, "config"), brokerConfig),
    log,
    compression: readTopicCompression(at(map, "config"), brokerConfig),
    preload: readPreload(map, `Topic \`${name.text}\``, context),
  };
}

/** The checks go by known rules: for what is older by the oldest of them, for what is no version by the newest. */
function knownRelease(version: string): string {
  if (!isVersion(version)) return newestVersion;
  return atLeast(version, oldestRelease) ? version : oldestRelease;
}

export function readRabbitMq(tree: Tree | undefined, context: ReadContext): RabbitMq | undefined {
  const rabbitmq = mapOrEmpty(tree);
  if (rabbitmq === undefined) return undefined;
  const version = knownRelease(textOf(at(rabbitmq, "version")) ?? newestVersion);
  const vhosts = [...entriesOf(at(rabbitmq, "vhosts"))];
  const all = [
    readVirtualHost(rabbitmq, "", version, context),
    ...vhosts.map(({ key, value }) => readVirtualHost(value, key.text, version, context)),
  ];
  return {
    version,
    nodes: atLeastOne(quantityOf(at(rabbitmq, "nodes"), "count")),
    ...readNodeSettings(at(rabbitmq, "config"), version, context),
    vhosts: vhosts.map(({ key }) => key.text),
    exchanges: together(
      all.map(({ exchanges }) => exchanges),
      context,
    ),
    queues: together(
      all.map(({ queues }) => queues),
      context,
    ),
    bindings: all.flatMap(({ bindings }) => bindings),
    policies: all.flatMap(({ policies }) => policies),
    operatorPolicies: all.flatMap(({ operatorPolicies }) => operatorPolicies),
  };
}

function readVirtualHost(tree: Tree, vhost: string, version: string, context: ReadContext) {
  const scope = scopeOf(vhost);
  checkDeclaredNames(tree, context);
  checkQueueDeclarations(at(tree, "queues"), context);
  const exchanges = named(
    at(tree, "exchanges"),
    (name, map) => readExchange(name, map, vhost, context),
    scope,
  );
  const queues = named(at(tree, "queues"), (name, map) => readQueue(name, map, vhost, context), scope);
  const list = at(tree, "bindings");
  const policies = (key: string, byOperator: boolean) =>
    readPolicies(at(tree, key), { byOperator, version, vhost }, context);
  return {
    exchanges,
    queues,
    bindings:
      list?.kind === "list"
        ? list.items
            .flatMap((item) => readBinding(item, scope, exchanges, queues) ?? [])
            .filter((binding) => isTaken(binding, exchanges, version, context))
        : [],
    policies: policies("policies", false),
    operatorPolicies: policies("operator_policies", true),
  };
}

/** A name with a slash in the default virtual host may be that of another one's thing. */
function together<T extends { readonly name: Name }>(
  maps: readonly ReadonlyMap<string, T>[],
  context: ReadContext,
): Map<string, T> {
  const all = new Map<string, T>();
  for (const [name, thing] of maps.flatMap((map) => [...map]))
    if (all.has(name))
      context.rule(
        thing.name.span,
        `\`${name}\` is named twice: in the default virtual host and in one of \`vhosts\`. Give one of them another name.`,
      );
    else all.set(name, thing);
  return all;
}

function qualified(name: Name, scope: string): Name {
  return scope === "" ? name : { text: scope + name.text, span: name.span };
}

function readExchange(name: Name, map: MapTree, vhost: string, context: ReadContext): Exchange | undefined {
  const type = at(map, "type");
  const known =
    type === undefined ? "direct" : exchangeTypes.find((exchangeType) => exchangeType === textOf(type));
  if (known === undefined) return undefined;
  const alternate = nameOf(at(map, "arguments", "alternate-exchange"));
  const property = at(map, "arguments", "hash-property");
  if (property !== undefined && at(map, "arguments", "hash-header") !== undefined)
    context.rule(
      property.span,
      `Exchange \`${name.text}\` goes by \`hash-header\` and by \`hash-property\`; RabbitMQ refuses an exchange with both (406). Delete one of them.`,
    );
  return {
    name,
    vhost,
    type: known,
    durable: booleanOf(at(map, "durable")) ?? true,
    autoDelete: booleanOf(at(map, "auto_delete")) ?? false,
    internal: booleanOf(at(map, "internal")) ?? false,
    alternate: alternate && qualified(alternate, scopeOf(vhost)),
    arguments: fieldTable(at(map, "arguments")),
  };
}

function readQueue(name: Name, map: MapTree, vhost: string, context: ReadContext): Queue {
  return {
    name,
    vhost,
    durable: booleanOf(at(map, "durable")) ?? true,
    exclusive: booleanOf(at(map, "exclusive")) ?? false,
    autoDelete: booleanOf(at(map, "auto_delete")) ?? false,
    arguments: fieldsOf(at(map, "arguments"), "queue-arguments"),
    preload: readPreload(map, `Queue \`${name.text}\``, context),
  };
}

function readBinding(
  tree: Tree,
  scope: string,
  exchanges: ReadonlyMap<string, Exchange>,
  queues: ReadonlyMap<string, Queue>,
): Binding | undefined {
  if (tree.kind !== "map") return undefined;
  const keys = new Keys(tree);
  const source = keys.name("source");
  const destination = keys.name("destination");
  const destinationType = keys.has("destination_type")
    ? keys.choice("destination_type", "queue", "exchange")
    : "queue";
  if (source === undefined || destination === undefined || destinationType === undefined) return undefined;
  const isExchange = (name: string) => exchanges.has(scope + name) || predeclared.has(name);
  if (!isExchange(source.text)) return undefined;
  const { text } = destination;
  if (destinationType === "queue" ? !queues.has(scope + text) : !isExchange(text)) return undefined;
  const routingKey = keys.name("routing_key");
  if (routingKey === undefined && keys.has("routing_key")) return undefined;
  return {
    source: qualified(source, scope),
    destination: qualified(destination, scope),
    destinationType,
    routingKey: routingKey ?? { text: "", span: source.span },
    arguments: fieldTable(keys.get("arguments")),
    span: tree.span,
  };
}

/** From 4.3 on a topic pattern has two `#` at most. (Release notes) */
function isTaken(
  { source, routingKey }: Binding,
  exchanges: ReadonlyMap<string, Exchange>,
  version: string,
  context: ReadContext,
): boolean {
  const isTopic = exchanges.get(source.text)?.type === "topic" || source.text.endsWith("amq.topic");
  const hashes = routingKey.text.split(".").filter((word) => word === "#").length;
  if (!isTopic || hashes <= 2 || !atLeast(version, "4.3")) return true;
  context.rule(
    routingKey.span,
    `The pattern has ${hashes} words \`#\`, and RabbitMQ ${version} takes two at most (406). Leave some out, or bind several times.`,
  );
  return false;
}

const noFields: FieldTable = new Map();

export function fieldTable(tree: Tree | undefined): FieldTable {
  if (tree?.kind !== "map") return noFields;
  const table = new Map<string, FieldValue>();
  for (const { key, value } of tree.entries.values())
    if (value.kind === "scalar") table.set(key.text, value.value);
  return table;
}

/** Things by name; what cannot be read is left out. */
export function named<T>(
  tree: Tree | undefined,
  read: (name: Name, map: MapTree) => T | undefined,
  scope = "",
): Map<string, T> {
  const things = new Map<string, T>();
  for (const { key, value } of entriesOf(tree)) {
    const map = mapOrEmpty(value);
    const thing = map === undefined ? undefined : read(qualified(key, scope), map);
    if (thing !== undefined) things.set(scope + key.text, thing);
  }
  return things;
}
