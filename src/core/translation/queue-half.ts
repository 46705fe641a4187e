import { instancesMax } from "../model/timeline.ts";
import type { Expectation } from "../model/expectation.ts";
import type { Consumer, Flow, Queue, RabbitMq, Topology } from "../model/topology.ts";
import { at, type Tree } from "../parse/tree.ts";
import { FreeNames, topicName } from "./free-names.ts";
import type { Half, Mapped, Reading, Target } from "./half.ts";
import type { Notes } from "./note.ts";
import { QueueRoutes, type Way } from "./queue-routes.ts";
import { queueAction, queueMetric } from "./queue-mapping.ts";
import { tellQueueHalf } from "./queue-notes.ts";
import { copied, mapOf, text, type Written } from "./written.ts";

/** A topic, and the queues that each of its records stands for a copy in. */
export interface RoutedTopic {
  readonly name: string;
  readonly queues: ReadonlySet<string>;
}

/** More partitions than these are not asked for just to share them out evenly. */
const partitionsMax = 48;
/** Retention looks at its logs often enough to keep a time to live of this many ns. */
const shortestLifetime = 100e6;
/** Attempts that a delivery limit gives, as a list. */
const attemptsMax = 50;
const nanosPerMilli = 1e6;

/**
 * The queue half of a file as a log: messages that reach the same queues go to one topic, and each queue is a group that reads
 * every topic of which it gets a copy. Consumers that share a queue are members of one group.
 */
export class QueueHalf implements Half {
  readonly topology: Topology;
  readonly rabbitmq: RabbitMq;
  readonly tree: Tree;
  readonly notes: Notes;
  readonly routes: QueueRoutes;
  private readonly topics = new Map<string, RoutedTopic>();
  private readonly free: FreeNames;
  private readonly brokers: number;
  /** By queue, the first of those that are read together with it. */
  private readonly groupOf = new Map<string, string>();

  constructor(topology: Topology, rabbitmq: RabbitMq, tree: Tree, notes: Notes, kept: boolean) {
    this.topology = topology;
    this.rabbitmq = rabbitmq;
    this.tree = tree;
    this.notes = notes;
    this.routes = new QueueRoutes(topology, rabbitmq);
    this.free = new FreeNames(kept ? (topology.kafka?.topics.keys() ?? []) : [], topicName);
    this.brokers = Math.max(rabbitmq.nodes, kept ? (topology.kafka?.brokers ?? 1) : 1);
    for (const { flows } of topology.producers.values())
      for (const flow of flows) if (this.owns(flow.to.kind)) this.targets(flow);
    for (const consumer of topology.consumers.values()) {
      for (const { flow } of consumer.sends)
        if (this.owns(flow.to.kind) && flow.to.kind !== "reply") this.sends(flow, consumer);
      if (consumer.from.kind !== "queue") continue;
      this.unite(consumer.from.queues.map((queue) => queue.text));
      this.deadLetterTopic(consumer);
    }
    for (const lot of this.routes.lots) this.unite(lot);
    for (const { from } of topology.consumers.values())
      if (from.kind === "queue")
        for (const queue of from.queues)
          if (this.topicsOf([queue.text]).length === 0) this.topic(new Set([queue.text]), queue.text);
  }

  owns(kind: string): boolean {
    return kind === "exchange" || kind === "queue" || kind === "reply";
  }

  // What is sent.

  targets(flow: Flow): readonly Target[] {
    const keys = mapOf({});
    if (flow.rabbitmq.transactionSize > 0) {
      keys.set("transaction", mapOf({ messages: String(flow.rabbitmq.transactionSize) }));
      keys.set("config", mapOf({ "transactional.id": text(flow.name.text) }));
    } else if (flow.rabbitmq.confirmWindow === 0) keys.set("config", unconfirmed);
    return this.split(this.routes.ways(flow), flow).map(({ topic, share }) => ({
      name: topic,
      share,
      keys: new Map<string, Written>([["topic", text(topic)], ...keys]),
    }));
  }

  sends(flow: Flow, { from }: Consumer): readonly Target[] {
    if (flow.to.kind === "reply") return [];
    const read = from.kind === "queue" ? this.routes.keysAt(from.queues.map((queue) => queue.text)) : [];
    return this.split(this.routes.ways(flow, read), flow).map(({ topic, share }) => ({
      name: topic,
      share,
      keys: mapOf({ topic: text(topic) }),
    }));
  }

  /** What cannot be told apart goes to one topic that the groups of all its queues read. */
  private split(ways: readonly Way[], flow: Flow): { readonly topic: string; readonly share: number }[] {
    const wanted = flow.to.name.text;
    const whole =
      ways.length < 2 || ways.some(({ share }) => !(share > 0)) || flow.arrivals.kind === "schedule";
    if (!whole || ways.length === 1)
      return ways.map(({ queues, share }) => ({ topic: this.topic(queues, wanted), share }));
    const all = new Set(ways.flatMap(({ queues }) => [...queues]));
    return [{ topic: this.topic(all, wanted), share: 1 }];
  }

  /** Who reads these queues decides which topic it is; where nobody does, each set of queues has its own. */
  private topic(queues: ReadonlySet<string>, wanted: string): string {
    const read = [...queues].filter((queue) => this.routes.isRead(queue));
    const own = (read.length > 0 ? read : [...queues]).sort();
    const id = JSON.stringify(own);
    let topic = this.topics.get(id);
    if (topic === undefined) {
      const name =
        own.length === 1 ? own[0]! : own.length === 0 ? `${wanted}.unrouted` : this.joint(own, wanted);
      this.topics.set(id, (topic = { name: this.free.take(name), queues: new Set(own) }));
    }
    return topic.name;
  }

  /** The exchange's name for what reaches several queues, and theirs behind it where there are several such topics. */
  private joint(queues: readonly string[], wanted: string): string {
    const name = wanted === "" ? queues.join(".") : wanted;
    const taken = [...this.topics.values()].some((topic) => topic.name === topicName(name));
    return taken ? `${name}.${queues.join(".")}`.slice(0, 100) : name;
  }

  // What is read.

  reading(consumer: Consumer): Reading {
    if (consumer.from.kind !== "queue") return { keys: new Map(), sends: [] };
    const { queues, settings } = consumer.from;
    const names = queues.map((queue) => queue.text);
    const topics = this.topicsOf(names).map(({ name }) => text(name));
    const streams = names.every((queue) => this.isStream(queue));
    const group = streams ? consumer.name.text : this.groupName(names[0]!);
    const keys = mapOf(topics.length === 1 ? { topic: topics[0]! } : { topics });
    keys.set("group", text(group));
    if (consumer.concurrency > 1 && !names.some((queue) => this.isOrdered(queue)))
      keys.set("orderedBy", "none");
    keys.set("commit", settings.ack === "manual" ? "after" : "before");
    const config = new Map<string, Written>();
    const held = Math.min(settings.prefetch, settings.channelPrefetch);
    if (held < Infinity) config.set("max.poll.records", String(held));
    const first = settings.streamOffset === "first" || settings.streamOffset === 0;
    const holds = names.some((queue) => this.rabbitmq.queues.get(queue)?.preload !== undefined);
    const preloaded = holds && (!streams || first);
    if (preloaded || (streams && first) || (!streams && consumer.startsAt > 0))
      config.set("auto.offset.reset", "earliest");
    if (preloaded && consumer.startsAt === 0) keys.set("from", "1ms");
    if (this.transacted(names)) config.set("isolation.level", "read_committed");
    if (
      consumer.sends.some(({ flow }) => this.owns(flow.to.kind)) &&
      consumer.sends.every(({ flow }) => flow.rabbitmq.confirmWindow === 0)
    )
      for (const [key, value] of unconfirmed) config.set(key, value);
    const failing = this.failing(consumer);
    if (failing.onFailure !== undefined) keys.set("onFailure", failing.onFailure);
    if (config.size > 0) keys.set("config", config);
    return { keys, sends: failing.sends };
  }

  private transacted(queues: readonly string[]): boolean {
    return [...this.topology.producers.values()].some(({ flows }) =>
      flows.some(
        (flow) =>
          flow.rabbitmq.transactionSize > 0 &&
          this.owns(flow.to.kind) &&
          this.routes.ways(flow).some((way) => queues.some((queue) => way.queues.has(queue))),
      ),
    );
  }

  /** What becomes of what fails: attempts, then the topic of the dead letters, or nothing. */
  private failing(consumer: Consumer): {
    readonly onFailure: Written | undefined;
    readonly sends: readonly Written[];
  } {
    const { from, failures } = consumer;
    if (from.kind !== "queue" || failures.share === 0) return { onFailure: undefined, sends: [] };
    const { settings, queues } = from;
    if (settings.ack !== "manual") return { onFailure: "skip", sends: [] };
    const topic = this.deadLetterTopic(consumer);
    const attempts = this.attempts(consumer);
    if (topic === undefined)
      return { onFailure: settings.onFailure === "requeue" ? undefined : "skip", sends: [] };
    const room = this.routes.roomBehind(queues[0]!.text);
    const wait = room === undefined ? undefined : this.routes.rates.rulesOf(room)?.messageTtl;
    const retry = attempts.length === 0 && wait !== undefined ? [duration(wait)] : attempts;
    if (retry.length > 0)
      return {
        onFailure: new Map<string, Written>([
          ["retry", retry],
          ["then", mapOf({ deadLetterTopic: text(topic) })],
        ]),
        sends: [],
      };
    return { onFailure: "skip", sends: [mapOf({ topic: text(topic), when: "failure" })] };
  }

  /** Waiting times before further attempts of the same message. */
  private attempts({ from, name }: Consumer): readonly Written[] {
    if (from.kind !== "queue") return [];
    if (from.settings.onFailure === "requeue") {
      const rules = this.routes.rates.rulesOf(from.queues[0]!.text);
      const limit = rules?.type === "quorum" ? rules.deliveryLimit : Infinity;
      return limit === Infinity ? [] : Array.from({ length: Math.min(limit, attemptsMax) }, () => "0s");
    }
    const written = at(this.tree, "consumers", name.text, "onFailure", "retry");
    return written?.kind === "list" ? written.items.map(copied) : [];
  }

  /** Where its rejected messages go; undefined where they are dropped, or where nothing is ever given up. */
  private deadLetterTopic({ from, failures }: Consumer): string | undefined {
    if (from.kind !== "queue" || failures.share === 0) return undefined;
    const [queue] = from.queues;
    const rules = this.routes.rates.rulesOf(queue!.text);
    if (
      from.settings.onFailure === "requeue" &&
      !(rules?.type === "quorum" && rules.deliveryLimit < Infinity)
    )
      return undefined;
    const reached = this.routes.deadLetters(queue!.text);
    return reached.size === 0 ? undefined : this.topic(reached, rules?.deadLetters?.exchange ?? "");
  }

  topicsOf(queues: readonly string[]): readonly RoutedTopic[] {
    return [...this.topics.values()].filter((topic) => queues.some((queue) => topic.queues.has(queue)));
  }

  // Groups.

  private unite(queues: readonly string[]): void {
    const firsts = new Set(queues.map((queue) => this.first(queue)));
    const [lowest] = [...firsts].sort((a, b) => this.place(a) - this.place(b));
    for (const [queue, first] of this.groupOf) if (firsts.has(first)) this.groupOf.set(queue, lowest!);
    for (const queue of queues) this.groupOf.set(queue, lowest!);
  }

  private first(queue: string): string {
    return this.groupOf.get(queue) ?? queue;
  }

  private place(queue: string): number {
    return [...this.rabbitmq.queues.keys()].indexOf(queue);
  }

  /** Beside the groups that the file has already. */
  groupName(queue: string): string {
    const first = this.first(queue);
    const own = [...this.topology.consumers.values()].some(
      ({ from }) => from.kind === "log" && from.group.text === first,
    );
    return own ? `${first}.queue` : first;
  }

  /** Members that there are at most, of all consumers that read any of these queues together. */
  private members(first: string): number {
    let members = 0;
    for (const { name, from, instances } of this.topology.consumers.values())
      if (from.kind === "queue" && this.first(from.queues[0]!.text) === first)
        members += instancesMax(name.text, instances, this.topology.timeline);
    return members;
  }

  private isStream(queue: string): boolean {
    return this.routes.rates.rulesOf(queue)?.type === "stream";
  }

  private isOrdered(queue: string): boolean {
    return this.routes.rates.rulesOf(queue)?.singleActiveConsumer === true;
  }

  // The brokers.

  sections(): ReadonlyMap<string, Written> {
    const topics = new Map<string, Written>();
    let shortest = Infinity;
    for (const topic of this.topics.values()) {
      const { written, lifetime } = this.topicEntry(topic);
      topics.set(topic.name, written);
      shortest = Math.min(shortest, lifetime);
    }
    return new Map<string, Written>([
      ...(this.rabbitmq.nodes > 1 ? [["brokers", String(this.rabbitmq.nodes)] as const] : []),
      ...(shortest < Infinity
        ? [["config", mapOf({ "log.retention.check.interval.ms": duration(shortest / 2) })] as const]
        : []),
      ["topics", topics],
    ]);
  }

  private topicEntry({ queues }: RoutedTopic): { readonly written: Written; readonly lifetime: number } {
    const known = [...queues].flatMap((queue) => this.rabbitmq.queues.get(queue) ?? []);
    const replicas = Math.max(...known.map((queue) => this.replicas(queue)), 1);
    const lifetimes = known.map(({ name }) => this.routes.rates.rulesOf(name.text)?.messageTtl ?? Infinity);
    const longest = Math.max(...lifetimes, -Infinity);
    const lifetime = longest >= shortestLifetime && longest < Infinity ? longest : Infinity;
    const config = mapOf({
      "min.insync.replicas": replicas > 2 ? String(Math.floor(replicas / 2) + 1) : undefined,
      "retention.ms": lifetime < Infinity ? duration(lifetime) : undefined,
      "segment.ms": lifetime < Infinity ? duration(lifetime / 2) : undefined,
    });
    const [only] = known;
    const preload = known.length === 1 && only!.preload !== undefined;
    const written = mapOf({
      partitions: String(this.partitions(queues)),
      replicas: replicas > 1 ? String(replicas) : undefined,
      config: config.size > 0 ? config : undefined,
      preload: preload ? copied(at(this.tree, "rabbitmq", "queues", only!.name.text, "preload")!) : undefined,
    });
    return { written, lifetime };
  }

  /** As many as every group that reads it shares out evenly; one where the order of a whole queue is kept. */
  private partitions(queues: ReadonlySet<string>): number {
    if ([...queues].some((queue) => this.isOrdered(queue))) return 1;
    const sizes = [...new Set([...queues].map((queue) => this.first(queue)))].map((first) =>
      Math.max(1, this.members(first)),
    );
    const even = sizes.reduce((all, size) => (all * size) / divisor(all, size), 1);
    return even <= partitionsMax ? even : Math.max(...sizes);
  }

  private replicas({ name, arguments: args }: Queue): number {
    const type = this.routes.rates.rulesOf(name.text)?.type;
    if (type === "classic" || type === undefined) return 1;
    const asked = args.get(type === "quorum" ? "x-quorum-initial-group-size" : "x-initial-cluster-size");
    return Math.min(this.brokers, typeof asked === "number" ? asked : 3);
  }

  metric(expectation: Expectation): Mapped | undefined {
    return queueMetric(this, expectation);
  }

  action(tree: Tree): Written | { readonly reason: string } {
    return queueAction(this, tree);
  }

  tell(): void {
    tellQueueHalf(this);
  }
}

/** The client does not ask whether its messages have arrived. */
const unconfirmed: ReadonlyMap<string, Written> = mapOf({ acks: "0", "enable.idempotence": "false" });

function duration(nanoseconds: number): string {
  return `${Math.max(1, Math.round(nanoseconds / nanosPerMilli))}ms`;
}

function divisor(a: number, b: number): number {
  let [larger, smaller] = [a, b];
  while (smaller > 0) [larger, smaller] = [smaller, larger % smaller];
  return larger;
}
