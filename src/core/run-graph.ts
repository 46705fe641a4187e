import { deadLetterWays } from "./dead-letter-ways.ts";
import { readings, readingsOf } from "./model/readings.ts";
import type { Consumer, Destination, RabbitMq, Topology } from "./model/topology.ts";
import { predeclared } from "./model/predeclared.ts";
import { queueTypeOf } from "./queue/queue-arguments.ts";
import type { EntityKind, Graph, GraphEdge, GraphNode, Place } from "./stats/result.ts";
import type { Source } from "./workload/source.ts";

const changelogLabel = "changelog";

/** What is connected to what as the file says it, before any message has gone along. */
export function topologyGraph(topology: Topology): Graph {
  return graphOf(topology, topology.rabbitmq === undefined ? [] : declared(topology.rabbitmq));
}

/**
 * What is connected to what: nodes in the order of the file, edges with the messages that went along. `routed`: those between
 * exchanges and queues, in their order; `along` adds messages to edges, and edges that no line of the file tells.
 */
export function graphOf(
  topology: Topology,
  routed: Iterable<GraphEdge>,
  along: Iterable<GraphEdge> = [],
): Graph {
  const nodes = [...producers(topology), ...brokers(topology), ...consumers(topology)];
  const edges = merged([...written(topology, routed), ...along]);
  const known = new Set(nodes.map((node) => node.id));
  for (const { from, to } of edges)
    for (const end of [from, to])
      if (!known.has(end)) {
        known.add(end);
        nodes.push(predeclaredNode(end));
      }
  return { nodes, edges };
}

/** What the sources of a run have sent, each to its destination; replies have edges of their own. */
export function* sentEdges(
  topology: Topology,
  sources: readonly Source[],
  places: readonly Place[],
): Iterable<GraphEdge> {
  const changelogs = new Set(Array.from(readings(topology), ({ changelog }) => changelog?.to));
  for (const { flow, place, sent: messages } of sources) {
    if (flow.to.kind === "reply") continue;
    const { kind, name } = places[place]!;
    const label = changelogs.has(flow.to) ? changelogLabel : "";
    yield { from: `${kind}:${name}`, to: id(flow.to.kind, flow.to.name.text), label, messages };
  }
}

/** From a group to a consumer whose instances are members of it. */
export function memberEdge(consumer: string, group: string, messages: number): GraphEdge {
  return { from: id("group", group), to: id("consumer", consumer), label: "", messages };
}

function id(kind: EntityKind, name: string): string {
  return `${kind}:${name}`;
}

function* producers({ producers: all }: Topology): Iterable<GraphNode> {
  for (const { name, instances } of all.values())
    yield {
      id: id("producer", name.text),
      kind: "producer",
      name: name.text,
      detail: counted(instances, "instance"),
      at: name.span.start,
    };
}

function* brokers({ kafka, rabbitmq }: Topology): Iterable<GraphNode> {
  for (const { name, partitions } of kafka?.topics.values() ?? [])
    yield {
      id: id("topic", name.text),
      kind: "topic",
      name: name.text,
      detail: counted(partitions, "partition"),
      at: name.span.start,
    };
  for (const { name, type } of rabbitmq?.exchanges.values() ?? [])
    yield {
      id: id("exchange", name.text),
      kind: "exchange",
      name: name.text,
      detail: `${type} exchange`,
      at: name.span.start,
    };
  for (const { name, arguments: args } of rabbitmq?.queues.values() ?? []) {
    const type = queueTypeOf(args);
    yield {
      id: id("queue", name.text),
      kind: "queue",
      name: name.text,
      detail: type === "stream" ? "stream" : `${type} queue`,
      at: name.span.start,
    };
  }
}

function* consumers({ consumers: all }: Topology): Iterable<GraphNode> {
  const groups = new Set<string>();
  for (const consumer of all.values()) {
    for (const { from } of readingsOf(consumer)) {
      if (from.kind !== "log" || groups.has(from.group.text)) continue;
      groups.add(from.group.text);
      yield {
        id: id("group", from.group.text),
        kind: "group",
        name: from.group.text,
        detail: "consumer group",
        at: from.group.span.start,
      };
    }
    const { name, instances } = consumer;
    yield {
      id: id("consumer", name.text),
      kind: "consumer",
      name: name.text,
      detail: counted(instances, "instance"),
      at: name.span.start,
    };
  }
}

/** The edges that the file tells, without what went along them, around those that were routed. */
function* written(topology: Topology, routed: Iterable<GraphEdge>): Iterable<GraphEdge> {
  for (const { name, flows } of topology.producers.values())
    for (const to of destinations(flows.map((flow) => flow.to))) yield edge(id("producer", name.text), to);
  yield* routed;
  if (topology.rabbitmq !== undefined)
    for (const { from, to } of deadLetterWays(topology.rabbitmq))
      yield edge(id("queue", from.name.text), id(to.kind, to.name), "dead letters");
  for (const { name, flows } of topology.producers.values())
    for (const { requests } of flows)
      if (requests?.replyTo !== undefined)
        yield edge(id("queue", requests.replyTo.text), id("producer", name.text), "reply");
  for (const consumer of readings(topology)) yield* ofConsumer(consumer);
}

function edge(from: string, to: string, label = ""): GraphEdge {
  return { from, to, label, messages: 0 };
}

/** Replies have edges of their own. */
function destinations(all: readonly Destination[]): Set<string> {
  return new Set(all.flatMap(({ kind, name }) => (kind === "reply" ? [] : [id(kind, name.text)])));
}

/** Topics lead to the group and from there to its consumers, queues straight to their consumers. */
function* ofConsumer({ name, from, sends, changelog }: Consumer): Iterable<GraphEdge> {
  const self = id("consumer", name.text);
  if (from.kind === "queue") for (const queue of from.queues) yield edge(id("queue", queue.text), self);
  else {
    for (const topic of from.topics) yield edge(id("topic", topic.text), id("group", from.group.text));
    yield memberEdge(name.text, from.group.text, 0);
  }
  if (changelog !== undefined) yield edge(self, id("topic", changelog.to.name.text), changelogLabel);
  for (const to of destinations(sends.map(({ flow }) => flow.to))) yield edge(self, to);
}

/** Bindings and alternate exchanges: one edge for each pair of ends, as a run has them. */
function declared({ exchanges, bindings }: RabbitMq): GraphEdge[] {
  const labels = new Map<
    string,
    { readonly from: string; readonly to: string; readonly labels: Set<string> }
  >();
  const add = (from: string, to: string, label: string): void => {
    const key = JSON.stringify([from, to]);
    const known = labels.get(key) ?? { from, to, labels: new Set() };
    labels.set(key, known);
    if (label !== "") known.labels.add(label);
  };
  for (const { source, destination, destinationType, routingKey, arguments: args } of bindings) {
    const label = Array.from(args, ([name, value]) => `${name}=${value}`).join(" ") || routingKey.text;
    add(id("exchange", source.text), id(destinationType, destination.text), label);
  }
  for (const { name, alternate } of exchanges.values())
    if (alternate !== undefined && (exchanges.has(alternate.text) || predeclared.has(alternate.text)))
      add(id("exchange", name.text), id("exchange", alternate.text), "alternate");
  return Array.from(labels.values(), ({ from, to, labels: all }) => edge(from, to, [...all].join(", ")));
}

/** The default exchange's way to a queue is drawn straight; `amq.*` exchanges stand in no file. */
function predeclaredNode(node: string): GraphNode {
  const name = node.slice(node.indexOf(":") + 1);
  return { id: node, kind: "exchange", name, detail: "predeclared exchange", at: -1 };
}

/** One edge for each pair of ends and label: members of one group share the way from the topic. */
function merged(edges: readonly GraphEdge[]): GraphEdge[] {
  const all = new Map<string, GraphEdge>();
  for (const edge of edges) {
    const key = JSON.stringify([edge.from, edge.to, edge.label]);
    const known = all.get(key);
    all.set(key, known === undefined ? edge : { ...known, messages: known.messages + edge.messages });
  }
  return [...all.values()];
}

function counted(count: number, thing: string): string {
  return count === 1 ? `1 ${thing}` : `${count} ${thing}s`;
}
