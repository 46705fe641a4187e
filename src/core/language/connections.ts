import { readings, readingsOf, sourcesOf } from "../model/readings.ts";
import {
  directReplyTo,
  type Consumer,
  type Destination,
  type Flow,
  type Topology,
} from "../model/topology.ts";
import type { Name } from "../text/span.ts";
import { predict, type ConsumerLoad } from "../capacity/prediction.ts";
import { held, loadHint, perSecond, totalHint, type Hint } from "./hints.ts";
import type { ThingKind } from "./named-things.ts";
import { code } from "./markdown.ts";

/** What a thing of the file is, and what it is connected to, as sentences in Markdown. */
export function connections(topology: Topology, kind: ThingKind, name: string): string[] {
  const predicted = prediction(topology, kind, name);
  return [...connected(topology, kind, name), ...(predicted === undefined ? [] : [predicted])];
}

/** What the file's rates make of it, as far as theory tells. */
function prediction(topology: Topology, kind: ThingKind, name: string): string | undefined {
  const { queues, topics, groups, consumers, inputs, behind } = predict(topology);
  if (kind === "consumer") {
    const load = consumers.get(name);
    if (load === undefined) return undefined;
    return `Predicted: ${sentenceOf(totalHint(load))}`;
  }
  const rates = { queue: queues, topic: topics, group: groups, producer: undefined, exchange: undefined }[
    kind
  ];
  const rate = rates?.get(name);
  if (rate === undefined) return undefined;
  const loads = (kind === "queue" || kind === "group" ? readersOf(topology, kind, name) : []).map(
    (reader) => ({
      reader,
      load: inputs.get(reader),
    }),
  );
  return [
    `Predicted: ${perSecond(rate)} arrive.${held(behind(`${kind}:${name}`))}`,
    ...loads.flatMap(({ reader, load }) =>
      load === undefined ? [] : [`${code(reader.name.text)} is ${loadHint(load).text}.`],
    ),
    ...backlog(kind === "group" ? "Its lag" : "Its depth", loads),
  ].join(" ");
}

interface Reading {
  readonly reader: Consumer;
  readonly load: ConsumerLoad | undefined;
}

/** What waits on average, or how fast it grows; nothing where a reader's load is not known, or is of several queues together. */
function backlog(what: string, readings: readonly Reading[]): string[] {
  const shared = readings.some(({ reader: { from } }) => from.kind === "queue" && from.queues.length > 1);
  const loads = readings.map(({ load }) => load);
  if (shared || loads.length === 0 || !loads.every((load) => load !== undefined)) return [];
  const growth = loads.reduce((sum, { offered, capacity }) => sum + offered - capacity, 0);
  if (growth > 0) return [`${what} grows by ${perSecond(growth)}.`];
  const [{ offered, wait }, ...others] = loads as [ConsumerLoad, ...ConsumerLoad[]];
  if (wait === undefined || others.length > 0) return [];
  return [`${what} is ${Number(((offered * wait) / 1e9).toPrecision(3))} on average.`];
}

function connected(topology: Topology, kind: ThingKind, name: string): string[] {
  switch (kind) {
    case "topic":
      return topic(topology, name);
    case "exchange":
      return exchange(topology, name);
    case "queue":
      return queue(topology, name);
    case "producer":
      return producer(topology, name);
    case "consumer":
      return consumer(topology, name);
    case "group":
      return group(topology, name);
  }
}

const listed = (names: readonly string[]): string => [...new Set(names)].map(code).join(", ");
const sentenceOf = ({ text, details }: Omit<Hint, "offset">): string => `${text}. ${details}`;
const counted = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? "" : "s"}`;

function sentence(words: string, names: readonly string[], otherwise: string): string {
  return names.length === 0 ? otherwise : `${words} ${listed(names)}.`;
}

/** Who sends there: producers, and consumers that send on. */
function senders({ producers, consumers }: Topology, kind: Destination["kind"], name: string): string[] {
  const leads = ({ to }: Flow): boolean => to.kind === kind && to.name.text === name;
  const all = [
    ...[...producers.values()].filter(({ flows }) => flows.some(leads)),
    ...readings({ consumers }).filter(({ sends }) => sends.some(({ flow }) => leads(flow))),
  ].map((one) => one.name.text);
  return [...new Set(all)];
}

function readersOf({ consumers }: Topology, kind: "topic" | "group" | "queue", name: string): Consumer[] {
  const named = (source: Name): boolean => source.text === name;
  return readings({ consumers }).filter(({ from }) => {
    if (from.kind === "queue") return kind === "queue" && from.queues.some(named);
    return kind === "group" ? named(from.group) : kind === "topic" && from.topics.some(named);
  });
}

/** Whose replies come by a queue. */
function requesters({ producers }: Topology, queue: string) {
  return [...producers.values()].filter(({ flows }) =>
    flows.some(({ requests }) => requests?.replyTo?.text === queue),
  );
}

function topic(topology: Topology, name: string): string[] {
  const found = topology.kafka?.topics.get(name);
  if (found === undefined) return [];
  const groups = readersOf(topology, "topic", name).map(({ from }) =>
    from.kind === "log" ? from.group.text : "",
  );
  return [
    `${counted(found.partitions, "partition")}, ${counted(found.replicas, "replica")} each.`,
    sentence("Written by", senders(topology, "topic", name), "No producer writes to it."),
    sentence("Read by the groups", groups, "No group reads it."),
  ];
}

function exchange(topology: Topology, name: string): string[] {
  const { rabbitmq } = topology;
  const bindings = rabbitmq?.bindings.filter(({ source }) => source.text === name) ?? [];
  const to = bindings.map(({ destination, routingKey }) =>
    routingKey.text === "" ? code(destination.text) : `${code(destination.text)} by ${code(routingKey.text)}`,
  );
  const found = rabbitmq?.exchanges.get(name);
  return [
    ...(found === undefined ? [] : [`Type \`${found.type}\`.`]),
    sentence("Published to by", senders(topology, "exchange", name), "No producer publishes to it."),
    to.length === 0 ? "Nothing is bound to it." : `Leads to ${to.join(", ")}.`,
    ...(found?.alternate === undefined
      ? []
      : [`What matches no binding goes to ${code(found.alternate.text)}.`]),
  ];
}

function queue(topology: Topology, name: string): string[] {
  const { rabbitmq } = topology;
  const found = rabbitmq?.queues.get(name);
  if (found === undefined) return [];
  const bound = rabbitmq!.bindings
    .filter(({ destinationType, destination }) => destinationType === "queue" && destination.text === name)
    .map(({ source, routingKey }) =>
      routingKey.text === "" ? code(source.text) : `${code(source.text)} by ${code(routingKey.text)}`,
    );
  const type = found.arguments.get("x-queue-type") ?? "classic";
  const direct = senders(topology, "queue", name);
  const filled = [
    ...(bound.length === 0 ? [] : [`Bound to ${bound.join(", ")}.`]),
    ...(direct.length === 0 ? [] : [`Published to by ${listed(direct)}.`]),
  ];
  return [
    `A ${String(type)} queue.`,
    ...(filled.length === 0 ? ["Nothing is bound to it and no producer names it."] : filled),
    sentence(
      "Read by",
      [...readersOf(topology, "queue", name), ...requesters(topology, name)].map((one) => one.name.text),
      "No consumer reads it.",
    ),
  ];
}

function producer({ producers }: Topology, name: string): string[] {
  const found = producers.get(name);
  if (found === undefined) return [];
  const to = found.flows.map((flow) => `the ${flow.to.kind} ${code(flow.to.name.text)}`);
  const replies = found.flows.flatMap(({ requests }) =>
    requests === undefined ? [] : [requests.replyTo?.text ?? directReplyTo],
  );
  return [
    `${counted(found.instances, "instance")}.`,
    ...(to.length === 0 ? [] : [`Sends to ${[...new Set(to)].join(", ")}.`]),
    ...(replies.length === 0 ? [] : [`Waits for replies by ${listed(replies)}.`]),
  ];
}

function consumer(topology: Topology, name: string): string[] {
  const found = topology.consumers.get(name);
  if (found === undefined) return [];
  const inputs = readingsOf(found);
  const loads = predict(topology).inputs;
  const to = inputs
    .flatMap(({ sends }) => sends)
    .map(({ flow }) =>
      flow.to.kind === "reply" ? "whoever asks" : `the ${flow.to.kind} ${code(flow.to.name.text)}`,
    );
  const sources = inputs.map((reading) => {
    const { from, input } = reading;
    const group = from.kind === "log" ? ` in the group ${code(from.group.text)}` : "";
    const reads = `Reads ${listed(sourcesOf(reading).map(({ text }) => text))}${group}.`;
    const load = input === undefined ? undefined : loads.get(reading);
    const predicted = load === undefined ? "" : ` Predicted: ${sentenceOf(loadHint(load))}`;
    return input === undefined ? reads : `- ${reads}${predicted}`;
  });
  return [
    `${counted(found.instances, "instance")}, ${counted(found.concurrency, "message")} at a time each${inputs.length > 1 ? ", by each input" : ""}.`,
    sources.join("\n"),
    ...(to.length === 0 ? [] : [`Sends on to ${[...new Set(to)].join(", ")}.`]),
  ];
}

function group(topology: Topology, name: string): string[] {
  const members = readersOf(topology, "group", name);
  const topics = [
    ...new Set(
      members.flatMap(({ from }) => (from.kind === "log" ? from.topics : [])).map(({ text }) => text),
    ),
  ];
  const partitions = topics.reduce(
    (sum, topic) => sum + (topology.kafka?.topics.get(topic)?.partitions ?? 0),
    0,
  );
  const instances = members.reduce((sum, member) => sum + member.instances, 0);
  return [
    `${counted(instances, "member")} for ${counted(partitions, "partition")} of ${listed(topics)}.`,
    sentence(
      "Its consumers:",
      members.map((one) => one.name.text),
      "No consumer is in it.",
    ),
  ];
}
