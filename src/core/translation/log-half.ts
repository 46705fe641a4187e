import { instancesMax } from "../model/timeline.ts";
import type { Expectation } from "../model/expectation.ts";
import type { Consumer, Flow, Kafka, Topic, Topology } from "../model/topology.ts";
import { meanOf } from "../sim/sampler.ts";
import { at, entriesOf, type Tree } from "../parse/tree.ts";
import { brokerObjectName, FreeNames } from "./free-names.ts";
import { inputsNamed } from "./inputs-apart.ts";
import { readsHistory, tellLogHalf } from "./log-notes.ts";
import type { Notes } from "./note.ts";
import type { Half, Mapped, Reading, Target } from "./half.ts";
import { noChangelog, noJoin, topicsBesideState } from "./kept-state.ts";
import { copied, mapOf, text, type Written } from "./written.ts";

/** A group of consumers, and the queues that stand in for what it reads. */
export interface Group {
  readonly name: string;
  readonly members: readonly Consumer[];
  readonly topics: readonly Topic[];
  /** One queue for each partition, each with one active consumer: the order of a key is kept. */
  readonly ordered: boolean;
  readonly queues: readonly string[];
}

/** More partitions than these are not made a queue each. */
const orderedQueuesMax = 64;
/** A consumer that does next to nothing holds as many. */
const prefetchMax = 100;
/** What a delivery and its acknowledgement cost beside the network, ns. */
const deliveryCost = 100e3;

/**
 * The log half of a file as queues: a topic is an exchange, and each group that reads it has a queue with a copy of every
 * message. Where the file expects a group to keep order, its queue is one for each partition behind a consistent-hash exchange.
 */
export class LogHalf implements Half {
  readonly topology: Topology;
  readonly kafka: Kafka;
  readonly tree: Tree;
  readonly notes: Notes;
  private readonly exchanges = new Map<string, string>();
  readonly groups = new Map<string, Group>();
  /** Whether some exchange hashes: then messages carry their key as routing key. */
  private readonly hashes: boolean;

  constructor(topology: Topology, kafka: Kafka, tree: Tree, notes: Notes, kept: boolean) {
    this.topology = topology;
    this.kafka = { ...kafka, topics: topicsBesideState(kafka, topology) };
    this.tree = tree;
    this.notes = notes;
    const { rabbitmq } = topology;
    const exchanges = new FreeNames(kept ? (rabbitmq?.exchanges.keys() ?? []) : [], brokerObjectName);
    const queues = new FreeNames(kept ? (rabbitmq?.queues.keys() ?? []) : [], brokerObjectName);
    for (const topic of this.kafka.topics.keys()) this.exchanges.set(topic, exchanges.take(topic));
    for (const { from } of topology.consumers.values())
      if (from.kind === "log" && !this.groups.has(from.group.text))
        this.groups.set(from.group.text, this.group(from.group.text, queues));
    this.hashes = [...this.groups.values()].some(({ ordered, queues: own }) => ordered && own.length > 1);
  }

  private group(name: string, free: FreeNames): Group {
    const members = [...this.topology.consumers.values()].filter(
      ({ from }) => from.kind === "log" && from.group.text === name,
    );
    const names = new Set(
      members.flatMap(({ from }) => (from.kind === "log" ? from.topics.map((one) => one.text) : [])),
    );
    const topics = [...names].flatMap((topic) => this.kafka.topics.get(topic) ?? []);
    const partitions = Math.max(...topics.map((topic) => topic.partitions), 1);
    const ordered = this.keepsOrder(members, topics) && partitions <= orderedQueuesMax;
    const count = ordered ? partitions : 1;
    const base = free.take(name);
    const queues =
      count === 1 ? [base] : Array.from({ length: count }, (_, number) => free.take(`${base}.${number}`));
    return { name, members, topics, ordered, queues };
  }

  /** Whether the file expects the group to keep the order of keys, and competing consumers would not. */
  private keepsOrder(members: readonly Consumer[], topics: readonly Topic[]): boolean {
    const { expect, timeline } = this.topology;
    const handlers = members.reduce(
      (sum, { name, instances, concurrency }) =>
        sum + instancesMax(name.text, instances, timeline) * concurrency,
      0,
    );
    const ordering = members.every(
      ({ from }) =>
        from.kind === "log" && from.settings.share === undefined && from.settings.orderedBy !== "none",
    );
    return handlers > 1 && ordering && this.keyed(topics) && expect.some((one) => expectsOrder(one, members));
  }

  private keyed(topics: readonly Topic[]): boolean {
    const flows = this.flowsTo(new Set(topics.map(({ name }) => name.text)));
    return flows.length > 0 && flows.every(({ key, sameKey }) => sameKey || key.kind !== "none");
  }

  private flowsTo(topics: ReadonlySet<string>): (Pick<Flow, "key"> & { readonly sameKey: boolean })[] {
    const { producers, consumers } = this.topology;
    const made = [...producers.values()].flatMap(({ flows }) =>
      flows.map((flow) => ({ flow, sameKey: false })),
    );
    const sent = [...consumers.values()].flatMap(({ sends }) => sends);
    return [...made, ...sent].flatMap(({ flow, sameKey }) =>
      flow.to.kind === "topic" && topics.has(flow.to.name.text) ? [{ key: flow.key, sameKey }] : [],
    );
  }

  owns(kind: string): boolean {
    return kind === "topic";
  }

  // What is sent.

  targets(flow: Flow): readonly Target[] {
    const { acks, transactions } = flow.kafka;
    const keys = this.destination(flow.to.name.text);
    if (transactions !== undefined)
      keys.set("transaction", mapOf({ messages: String(transactions.messages) }));
    else if (acks !== 0) keys.set("confirms", "true");
    if (flow.tombstone) keys.set("size", "0B");
    return [{ name: "", share: 1, keys }];
  }

  sends(flow: Flow): readonly Target[] {
    const keys = this.destination(flow.to.name.text);
    if (flow.kafka.acks !== 0) keys.set("confirms", "true");
    if (flow.tombstone) keys.set("size", "0B");
    return [{ name: "", share: 1, keys }];
  }

  private destination(topic: string): Map<string, Written> {
    const keys = mapOf({ exchange: text(this.exchanges.get(topic) ?? topic) });
    if (this.hashes) keys.set("routing_key", '"{key}"');
    return keys;
  }

  // What is read.

  reading(consumer: Consumer): Reading {
    const { name, from, concurrency } = consumer;
    if (from.kind !== "log") return { keys: new Map(), sends: [] };
    const { settings } = from;
    const group = this.groups.get(from.group.text)!;
    const [queue] = group.queues;
    const written = at(this.tree, "consumers", name.text);
    const polled = at(written, "config", "max.poll.records");
    const keys = mapOf(
      group.queues.length === 1 ? { queue: text(queue!) } : { queues: group.queues.map(text) },
    );
    if (group.ordered && concurrency > 1) keys.set("prefetch", "1");
    else keys.set("prefetch", polled === undefined ? String(this.prefetch(consumer)) : copied(polled));
    if (settings.commit === "before") keys.set("ack", "early");
    const failing = this.failing(consumer, at(written, "onFailure"));
    if (failing !== undefined) keys.set("onFailure", failing);
    return { keys, sends: [] };
  }

  /** What keeps a handler busy while acknowledgements and deliveries are on their way, and one more. */
  private prefetch({ processing, concurrency }: Consumer): number {
    const { networkLatency } = this.topology.run.calibration.costs;
    const work = meanOf(processing.perMessage) + (processing.perBatch ? meanOf(processing.perBatch) : 0);
    const away = (2 * networkLatency + deliveryCost) / work;
    return concurrency * Math.min(prefetchMax, Number.isFinite(away) ? 1 + Math.ceil(away) : prefetchMax);
  }

  private failing({ from, failures }: Consumer, written: Tree | undefined): Written | undefined {
    if (from.kind !== "log" || failures.share === 0) return undefined;
    const { onFailure, share, retries } = from.settings;
    const last = share?.onFailure ?? onFailure;
    if (last === "skip" || (last === "reject" && retries.length === 0)) return "reject";
    if (last !== "deadLetter" && last !== "reject") return undefined;
    return new Map<string, Written>([
      ["retry", copied(at(written, "retry")!)],
      ["then", "reject"],
    ]);
  }

  // The brokers.

  sections(): ReadonlyMap<string, Written> {
    const exchanges = new Map<string, Written>();
    const queues = new Map<string, Written>();
    const bindings: Written[] = [];
    const bind = (source: string, destination: string, more: Readonly<Record<string, Written>>): void => {
      bindings.push(mapOf({ source: text(source), destination: text(destination), ...more }));
    };
    const hashed = { type: "x-consistent-hash" };
    for (const [topic, exchange] of this.exchanges) {
      const readers = [...this.groups.values()].filter(({ topics }) =>
        topics.some(({ name }) => name.text === topic),
      );
      const [only] = readers;
      const direct = readers.length === 1 && only!.queues.length > 1 && only!.topics.length === 1;
      exchanges.set(exchange, mapOf(direct ? hashed : { type: "fanout" }));
      if (direct) for (const queue of only!.queues) bind(exchange, queue, { routing_key: '"1"' });
    }
    const inner = new FreeNames(
      [...this.exchanges.values(), ...(this.topology.rabbitmq?.exchanges.keys() ?? [])],
      brokerObjectName,
    );
    for (const group of this.groups.values()) {
      for (const queue of group.queues) queues.set(queue, this.queue(group));
      const sources = group.topics.map(({ name }) => this.exchanges.get(name.text)!);
      if (group.queues.length === 1) {
        for (const source of sources) bind(source, group.queues[0]!, {});
        continue;
      }
      const [source] = sources;
      if (
        sources.length === 1 &&
        (exchanges.get(source!) as ReadonlyMap<string, Written>).get("type") !== "fanout"
      )
        continue;
      const hash = inner.take(group.name);
      exchanges.set(hash, mapOf(hashed));
      for (const one of sources) bind(one, hash, { destination_type: "exchange" });
      for (const queue of group.queues) bind(hash, queue, { routing_key: '"1"' });
    }
    return new Map<string, Written>([
      ...(this.kafka.brokers > 1 ? [["nodes", String(this.kafka.brokers)] as const] : []),
      ["exchanges", exchanges],
      ["queues", queues],
      ["bindings", bindings],
    ]);
  }

  private queue({ members, topics, ordered, queues }: Group): Written {
    const replicas = Math.max(...topics.map((topic) => topic.replicas), 1);
    const failing = members.filter(({ failures }) => failures.share > 0);
    const shares = members.flatMap(({ from }) => (from.kind === "log" ? (from.settings.share ?? []) : []));
    const quorum = replicas > 1 || (shares.length > 0 && failing.length > 0);
    const args = mapOf({
      "x-queue-type": quorum ? "quorum" : undefined,
      "x-quorum-initial-group-size": quorum && replicas !== 3 && replicas > 1 ? String(replicas) : undefined,
      "x-single-active-consumer": ordered ? "true" : undefined,
      "x-dead-letter-exchange": this.deadLetters(members),
      "x-message-ttl": this.lifetime(topics),
    });
    if (quorum && failing.length > 0) {
      const limit = shares[0]?.deliveryCountLimit ?? 5;
      args.set("x-delivery-limit", shares.length > 0 ? String(Math.max(0, limit - 1)) : "-1");
    }
    return mapOf({
      arguments: args.size === 0 ? undefined : args,
      preload: queues.length === 1 ? this.preloaded(members, topics) : undefined,
    });
  }

  private deadLetters(members: readonly Consumer[]): Written | undefined {
    for (const { sends } of members)
      for (const { when, flow } of sends)
        if (when === "givenUp" && flow.to.kind === "topic")
          return text(this.exchanges.get(flow.to.name.text) ?? flow.to.name.text);
    return undefined;
  }

  /** A record that retention deletes is gone whether it has been read or not. */
  private lifetime(topics: readonly Topic[]): Written | undefined {
    const [only] = topics;
    if (topics.length !== 1 || only === undefined || only.log.compact) return undefined;
    const written = at(this.tree, "kafka", "topics", only.name.text, "config", "retention.ms");
    return written === undefined || only.log.retentionTime === Infinity ? undefined : copied(written);
  }

  preloaded(members: readonly Consumer[], topics: readonly Topic[]): Written | undefined {
    const history = members.some(
      ({ from, startsAt }) => from.kind === "log" && startsAt > 0 && readsHistory(from.settings),
    );
    const [only] = topics;
    if (!history || topics.length !== 1 || only?.preload === undefined) return undefined;
    return copied(at(this.tree, "kafka", "topics", only.name.text, "preload")!);
  }

  // What happens, and what is expected.

  metric({ metric, of }: Expectation): Mapped | undefined {
    const name = metric.text;
    const [family, statistic] = split(name);
    const readers = of?.kind === "consumer" ? inputsNamed(this.topology, of.name.text) : [];
    const named = of?.kind === "group" ? [of.name.text] : readers.flatMap(groupOf);
    const [group, ...others] = [...new Set(named)].flatMap((one) => this.groups.get(one) ?? []);
    const ofQueue = group?.queues.length === 1 ? { kind: "queue", name: group.queues[0]! } : undefined;
    const aboutQueue = (metric: string): Mapped => {
      if (of === undefined) return { metric, of: undefined };
      if (others.length > 0)
        return {
          reason: `\`${of.name.text}\` reads as several groups, and no figure is of all their queues together`,
        };
      return ofQueue === undefined
        ? {
            reason: `\`${of.name.text}\` has a queue for each partition, and no figure for all of them together`,
          }
        : { metric, of: ofQueue };
    };
    if (family === "lag" && !name.startsWith("lag.time"))
      return aboutQueue(statistic === "" ? "depth" : `depth.${statistic}`);
    if (family === "recovery" && of?.kind === "group") return aboutQueue("recovery");
    if (family === "expiredUnread" && group !== undefined) return aboutQueue("expired");
    if (name === "deadLettered.failed" && group !== undefined) return aboutQueue("deadLettered.rejected");
    if (family === "skipped" && group !== undefined) return aboutQueue("dropped.rejected");
    const why =
      noEqual[family] ??
      (of?.kind === "topic" || of?.kind === "group" ? "a queue has no such figure" : undefined);
    return why === undefined ? undefined : { reason: why };
  }

  action(tree: Tree): Written | { readonly reason: string } {
    if (tree.kind !== "map") return copied(tree);
    for (const kind of ["replay", "partitions", "deleteRecords"] as const)
      if (tree.entries.has(kind)) return { reason: actionsWithoutEqual[kind] };
    const map = new Map<string, Written>();
    for (const [key, { value }] of tree.entries) {
      if (at(value, "controller") !== undefined || at(value, "controllers") !== undefined)
        return { reason: "RabbitMQ has no controllers apart from its nodes" };
      const renamed = new Map(
        Array.from(entriesOf(value), ({ key: { text: inner }, value: of }) => [
          inner === "broker" ? "node" : inner === "brokers" ? "nodes" : inner,
          copied(of),
        ]),
      );
      map.set(key, value.kind === "map" ? renamed : copied(value));
    }
    return map;
  }

  tell(): void {
    tellLogHalf(this);
  }
}

const noEqual: Readonly<Record<string, string>> = {
  join: noJoin,
  changelog: noChangelog,
  lag: "a queue does not tell how old its messages are",
  rebalances: "a queue's consumers do not rebalance",
  rebalancing: "a queue's consumers do not rebalance",
  pause: "a queue's consumers do not rebalance",
  elections: "queues tell no elections",
  storage: "queues tell no bytes that they hold",
  network: "the two brokers send their messages by other ways",
  replayed: "a queue forgets what was acknowledged: nothing is read again",
};

const actionsWithoutEqual = {
  replay: "a queue forgets what was acknowledged: nothing can be read again",
  partitions: "a queue has no partitions",
  deleteRecords: "a queue has no offsets to delete by",
};

function groupOf({ from }: Consumer): string[] {
  return from.kind === "log" ? [from.group.text] : [];
}

function expectsOrder({ metric, of, bound }: Expectation, members: readonly Consumer[]): boolean {
  if (metric.text !== "order.violations") return false;
  if (!(bound.kind === "equals" ? bound.value === 0 : bound.kind === "below")) return false;
  return of === undefined || members.some(({ name }) => name.text === of.name.text);
}

function split(metric: string): readonly [family: string, statistic: string] {
  const dot = metric.indexOf(".");
  return dot < 0 ? [metric, ""] : [metric.slice(0, dot), metric.slice(dot + 1)];
}
