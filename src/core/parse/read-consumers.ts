import type { Failures, Processing } from "../model/consumer-work.ts";
import type { ShareSettings } from "../model/kafka-cluster.ts";
import { logKeys, queueKeys, sourceKeys } from "../model/reading-keys.ts";
import { readings } from "../model/readings.ts";
import type {
  AssignmentStrategy,
  Consumer,
  KafkaConsumerSettings,
  KafkaProducerSettings,
  Source,
} from "../model/topology.ts";
import type { Distribution } from "../text/distribution.ts";
import type { Name } from "../text/span.ts";
import { mapOrEmpty } from "./read-brokers.ts";
import { readQueueConsumer } from "./read-queue-consumer.ts";
import { readChangelog } from "./read-changelog.ts";
import { readInputs } from "./read-inputs.ts";
import { readJoin } from "./read-join.ts";
import { readShareGroup } from "./read-share-group.ts";
import { readWindow } from "./read-window.ts";
import { checkCommit } from "./commit-rule.ts";
import { withRate } from "./read-compression.ts";
import { transactionTimeout, kafkaSettings } from "./read-producer-config.ts";
import { ProducerReader } from "./read-producers.ts";
import { readSends, topicAmong } from "./read-sends.ts";
import { Keys } from "./read-context.ts";
import type { ReadContext } from "./read-context.ts";
import type { Names } from "./names.ts";
import { itemsOf, shortAssignor } from "./setting-value.ts";
import { at, describe, entriesOf, nameOf, textOf } from "./tree.ts";
import type { Entry, Tree } from "./tree.ts";
import { booleanOf, distributionKeys, durationsOf, quantityOf, soundDistribution } from "./value-read.ts";

const zero: Distribution = { kind: "constant", value: 0 };
const none: ReadonlyMap<string, Distribution> = new Map();

export function readConsumers(
  tree: Tree | undefined,
  names: Names,
  kafkaVersion: string,
  context: ReadContext,
): Map<string, Consumer> {
  const consumers = new Map<string, Consumer>();
  for (const entry of entriesOf(tree)) {
    const consumer = readConsumer(entry, names, kafkaVersion, context);
    if (consumer !== undefined) consumers.set(entry.key.text, consumer);
  }
  checkGroups(consumers, context);
  checkChangelogs(consumers, context);
  return consumers;
}

/** All groups of a cluster share one space of names. */
function checkGroups(consumers: ReadonlyMap<string, Consumer>, context: ReadContext): void {
  const shares = new Map<string, boolean>();
  const protocols = new Map<string, string>();
  for (const { from } of readings({ consumers })) {
    if (from.kind !== "log") continue;
    const { group, settings } = from;
    const before = shares.get(group.text);
    if (before !== undefined && before !== (settings.share !== undefined))
      context.rule(
        group.span,
        `\`${group.text}\` is ${before ? "a share group" : "a group that shares no records"} already; a group is of one kind. Give one of them another name.`,
      );
    shares.set(group.text, settings.share !== undefined);
    const protocol = protocols.get(group.text) ?? settings.protocol;
    if (protocol !== settings.protocol)
      context.notSimulated(group.span, {
        what: `a group like \`${group.text}\` with members of both protocols, which Kafka converts,`,
        simulated: `Give all its members \`group.protocol: ${protocol}\`.`,
      });
    protocols.set(group.text, protocol);
  }
}

/** Two applications would read each other's state back. */
function checkChangelogs(consumers: ReadonlyMap<string, Consumer>, context: ReadContext): void {
  const owners = new Map<string, string>();
  for (const { name, changelog } of readings({ consumers })) {
    if (changelog === undefined) continue;
    const topic = changelog.to.name;
    const before = owners.get(topic.text);
    if (before !== undefined)
      context.rule(
        topic.span,
        `\`${topic.text}\` is the changelog of \`${before}\` already; each consumer has one of its own. Name another topic.`,
      );
    else owners.set(topic.text, name.text);
  }
}

function readConsumer(
  { key: name, value }: Entry,
  names: Names,
  kafkaVersion: string,
  context: ReadContext,
): Consumer | undefined {
  const map = mapOrEmpty(value);
  if (map === undefined) return undefined;
  const keys = new Keys(map);
  const instances = keys.has("instances") ? quantityOf(keys.get("instances"), "count") : 1;
  const concurrency = keys.has("concurrency") ? quantityOf(keys.get("concurrency"), "count") : 1;
  const processing = readProcessing(keys.get("processing"));
  const failures = readFailures(keys.get("failures"));
  const startsAt = keys.has("from") ? quantityOf(keys.get("from"), "duration") : 0;
  const stopsAt = keys.has("until") ? quantityOf(keys.get("until"), "duration") : Infinity;
  const inputs = readInputs(name, keys, map, context).map(({ input, keys: own }) => ({
    input,
    keys: own,
    from: readSource(name, own, input, names, kafkaVersion, context),
  }));
  if (startsAt !== undefined && stopsAt !== undefined && stopsAt <= startsAt)
    context.badValue(keys.get("until")!.span, {
      key: "until",
      found: describe(keys.get("until")!),
      reason: `\`${name.text}\` would leave before it joins; \`until\` is later than \`from\``,
    });
  if (instances === undefined || instances < 1 || concurrency === undefined || concurrency < 1)
    return undefined;
  if (processing === undefined || failures === undefined || startsAt === undefined || stopsAt === undefined)
    return undefined;
  const shared = { name, instances, concurrency, processing, failures, startsAt, stopsAt };
  const [first, ...others] = inputs.flatMap(({ input, keys: own, from }): Consumer[] => {
    if (from === undefined) return [];
    const sends = readSends(name, own, from, new ProducerReader(names, kafkaVersion, context), context);
    const window = readWindow(name, own, context);
    const join = readJoin(name, own, from, names, context);
    const keepsState = window !== undefined || join !== undefined;
    const changelog = readChangelog(name, own, { from, sends, keepsState }, names, context);
    return [{ ...shared, from, sends, window, join, changelog, input, others: [] }];
  });
  return first && { ...first, others };
}

function readSource(
  owner: Name,
  keys: Keys,
  input: number | undefined,
  names: Names,
  kafkaVersion: string,
  context: ReadContext,
): Source | undefined {
  const given = sourceKeys.filter((key) => keys.has(key));
  if (given.length > 1) given.sort((a, b) => keys.keySpan(a)!.start - keys.keySpan(b)!.start);
  const first = given[0];
  if (first === undefined) {
    context.rule(
      owner.span,
      `Consumer \`${owner.text}\` reads nothing: give it a \`topic\` with a \`group\`, or a \`queue\`.`,
    );
    return undefined;
  }
  const second = given[1];
  if (second !== undefined) {
    context.rule(
      keys.keySpan(second)!,
      `Consumer \`${owner.text}\` has both \`${first}\` and \`${second}\`; it has exactly one of topic, topics, queue, queues and inputs. Delete one.`,
    );
    return undefined;
  }
  if (first === "inputs") return undefined;
  const isLog = first === "topic" || first === "topics";
  checkForeignKeys(owner, keys, isLog, context);
  const sources = namesOf(keys.get(first));
  const known = isLog ? names.topics : names.queues;
  const found = sources.filter(({ text }) => known.has(text));
  if (isLog) return logSource(owner, keys, input, found, kafkaVersion, context);
  if (found.length === 0) return undefined;
  return { kind: "queue", queues: found, settings: readQueueConsumer(keys, found, names, context) };
}

function logSource(
  owner: Name,
  keys: Keys,
  input: number | undefined,
  topics: readonly Name[],
  kafkaVersion: string,
  context: ReadContext,
): Source | undefined {
  if (keys.has("shareGroup") && keys.has("group"))
    context.rule(
      keys.keySpan("shareGroup")!,
      `Consumer \`${owner.text}\` is a member of a \`group\` or of a \`shareGroup\`, not of both. Delete one.`,
    );
  const group = keys.name(keys.has("shareGroup") ? "shareGroup" : "group");
  const share = readShareGroup(keys, context);
  if (group === undefined) {
    if (!keys.has("group") && !keys.has("shareGroup"))
      context.rule(
        owner.span,
        `Consumer \`${owner.text}\` reads a topic and names no \`group\`: consumers of one group share the partitions. Add \`group: ${owner.text}\`.`,
      );
    return undefined;
  }
  checkCommit(keys, context);
  if (topics.length === 0) return undefined;
  const producer = clientOf(owner, keys, input, kafkaVersion);
  return { kind: "log", topics, group, settings: logSettings(keys, share), producer };
}

/** The producer beside the consumer: with `commit: transactional` it commits when `poll()` is to be called again. */
function clientOf(
  { text }: Name,
  keys: Keys,
  input: number | undefined,
  kafkaVersion: string,
): KafkaProducerSettings | undefined {
  const transactional = keys.choice("commit", "transactional") !== undefined;
  if (!transactional && !keys.has("sends") && keys.get("onFailure", "then", "deadLetterTopic") === undefined)
    return undefined;
  const config = keys.get("config");
  const own = input === undefined ? text : `${text}-${input + 1}`;
  const id = textOf(at(config, "transactional.id")) ?? own;
  return {
    ...withRate(kafkaSettings(config, kafkaVersion), keys.get("compression_rate")),
    transactions: transactional ? { id, messages: Infinity, timeout: transactionTimeout(config) } : undefined,
  };
}

function checkForeignKeys(owner: Name, keys: Keys, isLog: boolean, context: ReadContext): void {
  for (const key of isLog ? queueKeys : logKeys) {
    const span = keys.keySpan(key);
    if (span !== undefined && !(key === "config" && topicAmong(keys.get("sends"))))
      context.rule(
        span,
        isLog
          ? `\`${key}\` is for queues, but \`${owner.text}\` reads a Kafka topic. Delete it.`
          : `\`${key}\` is for Kafka topics, but \`${owner.text}\` consumes a queue. Delete it.`,
      );
  }
  const onFailure = keys.get("onFailure");
  const written = textOf(onFailure);
  const then = at(onFailure, "then");
  const last = textOf(then);
  if (isLog && last !== undefined && !keys.has("shareGroup"))
    context.badValue(then!.span, {
      key: "then",
      found: describe(then!),
      reason: `a log has nothing to ${last}; write \`then: {deadLetterTopic: T}\``,
    });
  if (!isLog && last === "release")
    context.badValue(then!.span, {
      key: "then",
      found: describe(then!),
      reason: "a queue's consumer can `reject` what it gives up",
    });
  if (!isLog && then?.kind === "map")
    context.badValue(then.span, {
      key: "then",
      found: describe(then),
      reason:
        "a queue has its own dead letters; write `then: reject`, and `x-dead-letter-exchange` at the queue",
    });
  const side = !isLog ? "queue" : keys.has("shareGroup") ? "shareGroup" : "group";
  const { can, reason } = failureChoices[side];
  if (onFailure !== undefined && written !== undefined && !can.includes(written))
    context.badValue(onFailure.span, { key: "onFailure", found: describe(onFailure), reason });
}

const failureChoices: Readonly<
  Record<"queue" | "group" | "shareGroup", { readonly can: readonly string[]; readonly reason: string }>
> = {
  queue: {
    can: ["requeue", "reject"],
    reason: "a queue's consumer can `requeue` (the default) or `reject`",
  },
  group: {
    can: ["retry", "skip"],
    reason: "a group's member can `retry` (the default) or `skip`; a log has nothing to reject",
  },
  shareGroup: {
    can: ["release", "reject"],
    reason: "a share group's member can `release` the record (the default) or `reject` it",
  },
};

function namesOf(tree: Tree | undefined): Name[] {
  const items = tree?.kind === "list" ? tree.items : [tree];
  return items.map(nameOf).filter((name) => name !== undefined);
}

function logSettings(keys: Keys, share: ShareSettings | undefined): KafkaConsumerSettings {
  const config = keys.get("config");
  const retries = durationsOf(keys.get("onFailure", "retry"));
  const reset = textOf(at(config, "auto.offset.reset"));
  const protocol = textOf(at(config, "group.protocol")) === "consumer" ? "consumer" : "classic";
  return {
    orderedBy: keys.choice("orderedBy", "partition", "key", "none") ?? "partition",
    commit: keys.choice("commit", "auto", "after", "before", "transactional") ?? "auto",
    onFailure:
      retries.length > 0 && share === undefined
        ? "deadLetter"
        : (keys.choice("onFailure", "retry", "skip") ?? "retry"),
    retries,
    readCommitted: textOf(at(config, "isolation.level")) === "read_committed",
    protocol,
    remoteAssignor: (["uniform", "range"] as const).find(
      (name) => name === textOf(at(config, "group.remote.assignor")),
    ),
    leavesOnClose:
      protocol === "consumer" || (booleanOf(at(config, "internal.leave.group.on.close")) ?? true),
    strategies: strategiesOf(at(config, "partition.assignment.strategy")),
    instanceId: textOf(at(config, "group.instance.id")),
    sessionTimeout: quantityOf(at(config, "session.timeout.ms"), "duration") ?? 45e9,
    heartbeatInterval: quantityOf(at(config, "heartbeat.interval.ms"), "duration") ?? 3e9,
    maxPollInterval: quantityOf(at(config, "max.poll.interval.ms"), "duration") ?? 300e9,
    autoOffsetReset: reset === "earliest" || reset === "none" ? reset : "latest",
    autoCommitInterval: quantityOf(at(config, "auto.commit.interval.ms"), "duration") ?? 5e9,
    maxPollRecords: quantityOf(at(config, "max.poll.records"), "count") ?? 500,
    fetchMinBytes: quantityOf(at(config, "fetch.min.bytes"), "size") ?? 1,
    fetchMaxBytes: quantityOf(at(config, "fetch.max.bytes"), "size") ?? 52_428_800,
    maxPartitionFetchBytes: quantityOf(at(config, "max.partition.fetch.bytes"), "size") ?? 1_048_576,
    fetchMaxWait: quantityOf(at(config, "fetch.max.wait.ms"), "duration") ?? 500e6,
    requestTimeout: quantityOf(at(config, "request.timeout.ms"), "duration") ?? 30_000e6,
    apiTimeout: quantityOf(at(config, "default.api.timeout.ms"), "duration") ?? 60_000e6,
    retryBackoff: quantityOf(at(config, "retry.backoff.ms"), "duration") ?? 100e6,
    retryBackoffMax: quantityOf(at(config, "retry.backoff.max.ms"), "duration") ?? 1000e6,
    reconnectBackoff: quantityOf(at(config, "reconnect.backoff.ms"), "duration") ?? 50e6,
    reconnectBackoffMax: quantityOf(at(config, "reconnect.backoff.max.ms"), "duration") ?? 1000e6,
    metadataMaxAge: quantityOf(at(config, "metadata.max.age.ms"), "duration") ?? 300_000e6,
    clientRack: textOf(at(config, "client.rack")) ?? "",
    share,
  };
}

const strategies = ["range", "roundrobin", "sticky", "cooperative-sticky"] as const;

/** A class of one's own is known to the real client only. */
function strategiesOf(tree: Tree | undefined): readonly AssignmentStrategy[] {
  const given = (itemsOf(tree) ?? []).map(shortAssignor);
  const known = given.flatMap((name) => strategies.filter((strategy) => strategy === name));
  return known.length > 0 ? known : ["range", "cooperative-sticky"];
}

function readProcessing(tree: Tree | undefined): Processing | undefined {
  if (tree === undefined) return { perMessage: zero, perBatch: undefined, byKind: none, byKey: none };
  if (tree.kind !== "map" || distributionKeys.some((key) => tree.entries.has(key))) {
    const perMessage = soundDistribution(tree, "duration");
    return perMessage === undefined
      ? undefined
      : { perMessage, perBatch: undefined, byKind: none, byKey: none };
  }
  const perMessage =
    at(tree, "perMessage") === undefined ? zero : soundDistribution(at(tree, "perMessage"), "duration");
  const perBatch = at(tree, "perBatch");
  if (perMessage === undefined) return undefined;
  return {
    perMessage,
    perBatch: soundDistribution(perBatch, "duration"),
    byKind: durationsBy(at(tree, "byKind")),
    byKey: durationsBy(at(tree, "byKey")),
  };
}

function durationsBy(tree: Tree | undefined): Map<string, Distribution> {
  const durations = new Map<string, Distribution>();
  for (const { key, value } of entriesOf(tree)) {
    const distribution = soundDistribution(value, "duration");
    if (distribution !== undefined) durations.set(key.text, distribution);
  }
  return durations;
}

function readFailures(tree: Tree | undefined): Failures | undefined {
  if (tree === undefined) return { share: 0, persistent: false };
  const share = quantityOf(tree.kind === "map" ? at(tree, "share") : tree, "share");
  return share === undefined ? undefined : { share, persistent: booleanOf(at(tree, "persistent")) ?? false };
}
