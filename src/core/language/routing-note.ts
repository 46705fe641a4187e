import type { Binding, Flow, Topology } from "../model/topology.ts";
import { route } from "../queue/routing.ts";
import { topicMatches } from "../queue/topic-pattern.ts";
import { virtualHost, type VirtualHost } from "../queue/virtual-host.ts";
import type { Span } from "../text/span.ts";
import { code } from "./markdown.ts";

/** Which queues the routing key at this place reaches, and by which bindings; undefined where none stands. */
export function routingNote(topology: Topology, offset: number): { span: Span; lines: string[] } | undefined {
  const { rabbitmq } = topology;
  if (rabbitmq === undefined) return undefined;
  const holds = ({ start, end }: Span): boolean => start <= offset && offset <= end;
  for (const { flows } of topology.producers.values())
    for (const flow of flows) {
      const { routingKey } = flow.rabbitmq;
      if (flow.to.kind !== "exchange" || routingKey.kind !== "weights") continue;
      const key = routingKey.keys.find(({ span, text }) => text !== "" && holds(span));
      if (key !== undefined)
        return { span: key.span, lines: reached(virtualHost(rabbitmq), rabbitmq.bindings, flow, key.text) };
    }
  const binding = rabbitmq.bindings.find(
    ({ routingKey, source }) => holds(routingKey.span) && routingKey.span !== source.span,
  );
  return binding === undefined
    ? undefined
    : { span: binding.routingKey.span, lines: matched(topology, binding) };
}

function reached(host: VirtualHost, bindings: readonly Binding[], flow: Flow, key: string): string[] {
  const exchange = host.exchange(flow.to.name.text);
  if (exchange === undefined) return [];
  const { queues, steps } = route(
    host,
    exchange.handle,
    [key, ...flow.rabbitmq.cc, ...flow.rabbitmq.bcc],
    flow.rabbitmq.headers,
  );
  if (queues.length === 0) return [`${code(key)} reaches no queue: the message is unroutable.`];
  const lines = [`${code(key)} reaches ${queues.map((queue) => code(host.queues[queue]!.name)).join(", ")}:`];
  for (const { from, to, alternate } of steps) {
    const source = host.exchanges[from]!.settings;
    const target = to >= 0 ? host.queues[to]!.name : host.exchanges[-1 - to]!.settings.name;
    const by = bindings
      .filter((one) => one.source.text === source.name && one.destination.text === target)
      .filter(({ routingKey }) => source.type !== "topic" || topicMatches(routingKey.text, key))
      .filter(({ routingKey }) => source.type !== "direct" || routingKey.text === key)
      .map(({ routingKey }) => (routingKey.text === "" ? "a binding without a key" : code(routingKey.text)));
    const why = alternate
      ? "as its alternate, for nothing matched"
      : source.type === "fanout"
        ? "which gets every message"
        : `by ${[...new Set(by)].join(" and ")}`;
    lines.push(`- ${code(source.name)} → ${code(target)}, ${why}`);
  }
  return lines;
}

/** The routing keys of the file that a binding lets through. */
function matched({ producers, rabbitmq }: Topology, binding: Binding): string[] {
  const type = rabbitmq?.exchanges.get(binding.source.text)?.type ?? "";
  const pattern = binding.routingKey.text;
  const passes = (key: string): boolean =>
    type === "fanout" || (type === "topic" ? topicMatches(pattern, key) : key === pattern);
  const passed: string[] = [];
  const others: string[] = [];
  for (const producer of producers.values())
    for (const { to, rabbitmq: publishing } of producer.flows)
      if (
        to.kind === "exchange" &&
        to.name.text === binding.source.text &&
        publishing.routingKey.kind === "weights"
      )
        for (const { text } of publishing.routingKey.keys)
          (passes(text) ? passed : others).push(`${code(text)} of ${code(producer.name.text)}`);
  const target = code(binding.destination.text);
  if (type === "headers") return [`A headers exchange goes by headers: the key does not matter.`];
  return [
    passed.length === 0
      ? `No producer of this file sends a key that ${code(pattern)} lets through to ${target}.`
      : `Lets through to ${target}: ${[...new Set(passed)].join(", ")}.`,
    ...(others.length === 0 ? [] : [`Not: ${[...new Set(others)].join(", ")}.`]),
  ];
}
