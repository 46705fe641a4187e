import { deadLetterWays } from "./dead-letter-ways.ts";
import type { Consumer, Destination, RabbitMq, Topology } from "./model/topology.ts";
import { queueTypeOf } from "./queue/queue-arguments.ts";
import type { EntityKind, Graph, GraphEdge, GraphNode, Summary } from "./stats/result.ts";

/** What of a run its graph tells. */
type Counted = Pick<Summary, "producers" | "queues" | "consumers">;

const nothing: Counted = { producers: {}, queues: {}, consumers: {} };

/** What is connected to what as the file says it, before any message has gone along. */
export function topologyGraph(topology: Topology): Graph {
  return graphOf(topology, nothing, topology.rabbitmq === undefined ? [] : declared(topology.rabbitmq));
}

/** What is connected to what: nodes in the order of the file, edges with the messages that went along. */
export function graphOf(topology: Topology, summary: Counted, routed: readonly GraphEdge[]): Graph {
  const nodes = [...producers(topology), ...brokers(topology), ...consumers(topology)];
  const edges: GraphEdge[] = [];
  for (const producer of topology.producers.values()) {
    const sent = summary.producers[producer.name.text]?.sent ?? 0;
    for (const to of destinations(producer.flows.map((flow) => flow.to)))
      edges.push({
        from: id("producer", producer.name.text),
        to,
        label: "",
        messages: producer.flows.length === 1 ? sent : 0,
      });
  }
  edges.push(...routed);
  if (topology.rabbitmq !== undefined) edges.push(...deadLetters(topology.rabbitmq, summary));
  for (const consumer of topology.consumers.values())
    edges.push(...reading(consumer, summary), ...sending(consumer, summary));
  const known = new Set(nodes.map((node) => node.id));
  for (const edge of edges)
    for (const end of [edge.from, edge.to])
      if (!known.has(end)) {
        known.add(end);
        nodes.push(predeclared(end));
      }
  return { nodes, edges: merged(edges) };
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
  for (const { name, from, instances } of all.values()) {
    if (from.kind === "log" && !groups.has(from.group.text)) {
      groups.add(from.group.text);
      yield {
        id: id("group", from.group.text),
        kind: "group",
        name: from.group.text,
        detail: "consumer group",
        at: from.group.span.start,
      };
    }
    yield {
      id: id("consumer", name.text),
      kind: "consumer",
      name: name.text,
      detail: counted(instances, "instance"),
      at: name.span.start,
    };
  }
}

/** Replies have edges of their own. */
function destinations(all: readonly Destination[]): Set<string> {
  return new Set(all.flatMap(({ kind, name }) => (kind === "reply" ? [] : [id(kind, name.text)])));
}

/** Topics lead to the group and from there to its consumers, queues straight to their consumers. */
function* reading({ name, from }: Consumer, summary: Counted): Iterable<GraphEdge> {
  const to = id("consumer", name.text);
  const delivered = summary.consumers[name.text]?.delivered ?? 0;
  if (from.kind === "queue") {
    const messages = from.queues.length === 1 ? delivered : 0;
    for (const queue of from.queues) yield { from: id("queue", queue.text), to, label: "", messages };
    return;
  }
  const group = id("group", from.group.text);
  const messages = from.topics.length === 1 ? delivered : 0;
  for (const topic of from.topics) yield { from: id("topic", topic.text), to: group, label: "", messages };
  yield { from: group, to, label: "", messages: delivered };
}

function* sending({ name, sends, changelog }: Consumer, summary: Counted): Iterable<GraphEdge> {
  const written = summary.consumers[name.text]?.changelog?.written ?? 0;
  const sent = (summary.consumers[name.text]?.sends?.sent ?? 0) - written;
  if (changelog !== undefined)
    yield {
      from: id("consumer", name.text),
      to: id("topic", changelog.to.name.text),
      label: "changelog",
      messages: written,
    };
  const to = destinations(sends.map(({ flow }) => flow.to));
  for (const end of to)
    yield { from: id("consumer", name.text), to: end, label: "", messages: to.size === 1 ? sent : 0 };
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
    if (alternate !== undefined && exchanges.has(alternate.text))
      add(id("exchange", name.text), id("exchange", alternate.text), "alternate");
  return Array.from(labels.values(), ({ from, to, labels: all }) => ({
    from,
    to,
    label: [...all].join(", "),
    messages: 0,
  }));
}

function* deadLetters(rabbitmq: RabbitMq, summary: Counted): Iterable<GraphEdge> {
  for (const { from, to } of deadLetterWays(rabbitmq)) {
    const left = Object.values(summary.queues[from.name.text]?.deadLettered ?? {});
    yield {
      from: id("queue", from.name.text),
      to: id(to.kind, to.name),
      label: "dead letters",
      messages: left.reduce((sum, count) => sum + count, 0),
    };
  }
}

/** The default exchange's way to a queue is drawn straight; `amq.*` exchanges stand in no file. */
function predeclared(node: string): GraphNode {
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
