import type { Consumer, Destination, Topology } from "./model/topology.ts";
import type { QueueModel } from "./queue/queue-model.ts";
import type { EntityKind, Graph, GraphEdge, GraphNode, Summary } from "./stats/result.ts";

/** What is connected to what: nodes in the order of the file, edges with the messages that went along. */
export function graphOf(topology: Topology, summary: Summary, queue: QueueModel | undefined): Graph {
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
  edges.push(...(queue?.edges() ?? []));
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
  for (const { name } of rabbitmq?.queues.values() ?? [])
    yield {
      id: id("queue", name.text),
      kind: "queue",
      name: name.text,
      detail: "classic queue",
      at: name.span.start,
    };
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

function destinations(all: readonly Destination[]): Set<string> {
  return new Set(all.map(({ kind, name }) => id(kind, name.text)));
}

/** Topics lead to the group and from there to its consumers, queues straight to their consumers. */
function* reading({ name, from }: Consumer, summary: Summary): Iterable<GraphEdge> {
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

function* sending({ name, sends }: Consumer, summary: Summary): Iterable<GraphEdge> {
  const sent = summary.consumers[name.text]?.sends?.sent ?? 0;
  const to = destinations(sends.map(({ flow }) => flow.to));
  for (const end of to)
    yield { from: id("consumer", name.text), to: end, label: "", messages: to.size === 1 ? sent : 0 };
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
