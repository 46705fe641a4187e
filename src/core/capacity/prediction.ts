import { placeKeys } from "../log/key-placement.ts";
import type { Consumer, Processing, Topology } from "../model/topology.ts";
import { virtualHost } from "../queue/virtual-host.ts";
import { meanOf } from "../sim/sampler.ts";
import type { Distribution } from "../text/distribution.ts";
import { RateFlow, readTogether, type Stream } from "./streams.ts";
import { meanWait } from "./waiting.ts";

const nanosPerSecond = 1e9;

/** What a consumer is offered and what it can do, without running. Rates are messages per second. */
export interface ConsumerLoad {
  /** Deliveries, attempts again included. */
  readonly offered: number;
  /** What all its handlers together can do. */
  readonly capacity: number;
  /** Of the time of all handlers, the share at work; 1 and above: it falls behind. */
  readonly utilization: number;
  /** The busiest member of a group, where keys or partitions load them unevenly: its share of its own time. */
  readonly busiest: number;
  /** Mean time in the queue, ns; undefined where no formula holds. */
  readonly wait: number | undefined;
}

/** Rates and loads that follow from the file alone. What theory does not tell is not in it. */
export interface Prediction {
  /** By name. */
  readonly queues: ReadonlyMap<string, number>;
  readonly topics: ReadonlyMap<string, number>;
  readonly groups: ReadonlyMap<string, number>;
  readonly consumers: ReadonlyMap<string, ConsumerLoad>;
}

export function predict(topology: Topology): Prediction {
  const flow = new RateFlow(topology);
  const rates = (kind: string, names: Iterable<string>): Map<string, number> =>
    new Map(
      Array.from(names, (name) => [name, flow.rateTo(`${kind}:${name}`)] as const).filter(
        ([, rate]) => !Number.isNaN(rate),
      ),
    );
  const topics = rates("topic", topology.kafka?.topics.keys() ?? []);
  const groups = new Map<string, number>();
  const consumers = new Map<string, ConsumerLoad>();
  for (const consumer of topology.consumers.values()) {
    const { from, name } = consumer;
    if (from.kind === "log") {
      const rate = from.topics.reduce((sum, { text }) => sum + (topics.get(text) ?? NaN), 0);
      if (!Number.isNaN(rate)) groups.set(from.group.text, rate);
    }
    const load =
      from.kind === "log" ? logLoad(topology, flow, consumer) : queueLoad(topology, flow, consumer);
    if (load !== undefined && Number.isFinite(load.utilization)) consumers.set(name.text, load);
  }
  return { queues: rates("queue", topology.rabbitmq?.queues.keys() ?? []), topics, groups, consumers };
}

/** Attempts for each message, while each fails by itself; NaN where the file's failures have no such number. */
function attempts({ failures: { share, persistent }, from }: Consumer): number {
  if (share === 0) return 1;
  if (from.kind === "log") {
    const { onFailure, retries } = from.settings;
    return onFailure === "skip" || retries.length === 0 ? 1 : NaN;
  }
  const { onFailure, retries, ack } = from.settings;
  if (retries.length > 0) return NaN;
  if (ack !== "manual" || onFailure === "reject") return 1;
  return persistent ? NaN : 1 / (1 - share);
}

/** Mean ns of a delivery of what comes along these streams. */
function serviceTime(
  { perMessage, perBatch, byKind, byKey }: Processing,
  streams: readonly Stream[],
): number {
  const batch = perBatch === undefined ? 0 : meanOf(perBatch);
  const whole = meanOf(perMessage);
  if (byKind.size + byKey.size === 0) return whole + batch;
  let sum = 0;
  let total = 0;
  for (const { flow, rate } of streams) {
    const ofKind = byKind.get(flow.kind ?? "");
    const usual = ofKind === undefined ? whole : meanOf(ofKind);
    sum += rate * keyedTime(usual, byKey, flow.key);
    total += rate;
  }
  return sum / total + batch;
}

function keyedTime(
  usual: number,
  byKey: ReadonlyMap<string, Distribution>,
  choice: Stream["flow"]["key"],
): number {
  if (byKey.size === 0 || choice.kind === "none") return usual;
  if (choice.kind !== "weights") return NaN;
  let sum = 0;
  let total = 0;
  choice.keys.forEach((key, index) => {
    const own = byKey.get(key);
    const weight = choice.weights[index]!;
    sum += weight * (own === undefined ? usual : meanOf(own));
    total += weight;
  });
  return sum / total;
}

/** The squared coefficient of variation of a service time; undefined where the formulas have no use for it. */
function variationOf({ perMessage, perBatch, byKind, byKey }: Processing): number | undefined {
  if (perBatch !== undefined || byKind.size + byKey.size > 0) return undefined;
  if (perMessage.kind === "exponential") return 1;
  if (perMessage.kind === "constant") return 0;
  return perMessage.kind === "erlang" ? 1 / perMessage.shape : undefined;
}

function queueLoad(topology: Topology, flow: RateFlow, consumer: Consumer): ConsumerLoad | undefined {
  const { from, instances, concurrency, processing } = consumer;
  if (from.kind !== "queue" || topology.rabbitmq === undefined) return undefined;
  const host = virtualHost(topology.rabbitmq);
  const rules = from.queues.flatMap(({ text }) => {
    const handle = host.queue(text);
    return handle === undefined ? [] : [host.queueRules(handle)];
  });
  const competitors = [...topology.consumers.values()].filter((other) => readTogether(consumer, other));
  const stream = rules.some(({ type }) => type === "stream");
  const single = rules.some(({ singleActiveConsumer }) => singleActiveConsumer) || from.settings.exclusive;
  // Who gets how much is then a matter of priorities, of who came first, or of how long each works.
  if (competitors.length > 1 && (single || from.queues.length > 1 || competitors.some(differsFrom(consumer))))
    return undefined;
  const streams = from.queues.flatMap(({ text }) => flow.streamsTo(`queue:${text}`));
  const rate = streams.reduce((sum, one) => sum + one.rate, 0);
  const among = competitors.reduce((sum, one) => sum + one.instances, 0);
  const { prefetch, channelPrefetch, ack } = from.settings;
  const window = ack === "auto" ? Infinity : Math.min(prefetch * from.queues.length, channelPrefetch);
  const handlers = Math.min(concurrency, window);
  const active = single ? 1 : instances;
  const servers = active * handlers;
  const service = serviceTime(processing, streams);
  const share = stream || single ? 1 : instances / among;
  const offered = rate * share * attempts(consumer) * (stream ? instances : 1);
  const capacity = (servers * nanosPerSecond) / service;
  const alone = among === instances && from.queues.length === 1;
  const poisson =
    alone &&
    !stream &&
    prefetch === 1 &&
    streams.every((one) => one.flow.arrivals.kind === "poisson" && one.flow.rabbitmq.priority === undefined);
  return {
    offered,
    capacity,
    utilization: offered / capacity,
    busiest: offered / capacity,
    wait: poisson
      ? meanWait({ utilization: offered / capacity, servers, service, variation: variationOf(processing) })
      : undefined,
  };
}

function differsFrom({ processing, from, concurrency }: Consumer) {
  return (other: Consumer): boolean =>
    other.from.kind !== from.kind ||
    JSON.stringify(other.from.settings) !== JSON.stringify(from.settings) ||
    other.concurrency !== concurrency ||
    meanOf(other.processing.perMessage) !== meanOf(processing.perMessage);
}

function logLoad(topology: Topology, flow: RateFlow, consumer: Consumer): ConsumerLoad | undefined {
  const { from, instances, concurrency, processing } = consumer;
  if (from.kind !== "log") return undefined;
  // What a batch costs for each record depends on how many a poll finds.
  if (processing.perBatch !== undefined) return undefined;
  const members = [...topology.consumers.values()].filter((other) => readTogether(consumer, other));
  const topics = from.topics.flatMap(({ text }) => topology.kafka?.topics.get(text) ?? []);
  const uneven = members.some(
    ({ from: other }) => other.kind !== "log" || other.topics.length !== from.topics.length,
  );
  if (topics.length === 0 || uneven) return undefined;
  const streams = topics.flatMap(({ name }) => flow.streamsTo(`topic:${name.text}`));
  const service = serviceTime(processing, streams);
  const count = members.reduce((sum, one) => sum + one.instances, 0);
  const again = attempts(consumer);

  // Members take runs of partitions, as near to the same number as there are; which ones hardly matters but for hot ones.
  const shared = from.settings.share !== undefined;
  const byMember = new Float64Array(count);
  const held = new Float64Array(count);
  let hottest = 0;
  for (const { name, partitions } of topics) {
    const rates = partitionRates(flow.streamsTo(`topic:${name.text}`), partitions);
    rates.forEach((rate, partition) => {
      const member = Math.min(count - 1, Math.floor((partition * count) / partitions));
      byMember[member]! += rate;
      held[member]!++;
      hottest = Math.max(hottest, rate);
    });
  }
  const rate = byMember.reduce((sum, one) => sum + one, 0);
  const serial = from.settings.orderedBy === "partition" && !shared;
  const handlersOf = (member: number): number =>
    serial ? Math.min(concurrency, held[member]!) : concurrency;
  const active = shared ? count : held.reduce((sum, one) => sum + (one > 0 ? 1 : 0), 0);
  const handlers = shared ? count * concurrency : sumOf(count, handlersOf);
  let busiest = shared ? (rate * service) / (handlers * nanosPerSecond) : 0;
  if (!shared)
    for (let member = 0; member < count; member++)
      if (held[member]! > 0)
        busiest = Math.max(busiest, (byMember[member]! * service) / (handlersOf(member) * nanosPerSecond));
  if (serial) busiest = Math.max(busiest, (hottest * service) / nanosPerSecond);
  const share = instances / count;
  return {
    offered: rate * share * again,
    capacity: (handlers * share * nanosPerSecond) / service,
    // Members without partitions are alive as well, and do nothing.
    utilization: (rate * again * service) / (count * concurrency * nanosPerSecond),
    busiest: active === 0 ? NaN : busiest * again,
    wait: undefined,
  };
}

function sumOf(count: number, value: (index: number) => number): number {
  let sum = 0;
  for (let index = 0; index < count; index++) sum += value(index);
  return sum;
}

/** Messages per second of each partition. */
function partitionRates(streams: readonly Stream[], partitions: number): Float64Array {
  const rates = new Float64Array(partitions);
  for (const { flow, rate } of streams) {
    const placed =
      flow.kafka.ignoreKeys || flow.kafka.roundRobin ? undefined : placeKeys(flow.key, partitions);
    for (let partition = 0; partition < partitions; partition++)
      rates[partition]! += rate * (placed === undefined ? 1 / partitions : placed.shares[partition]!);
  }
  return rates;
}
