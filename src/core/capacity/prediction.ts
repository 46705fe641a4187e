import { keyShare, placeKeys, spreadMax } from "../log/key-placement.ts";
import type { Costs } from "../model/calibration.ts";
import type { Processing } from "../model/consumer-work.ts";
import { readings, readingsOf } from "../model/readings.ts";
import type { Consumer, Flow, Topology } from "../model/topology.ts";
import type { QueueRules } from "../queue/queue-arguments.ts";
import { meanOf } from "../sim/sampler.ts";
import { bounded, RateFlow, repeated, type Stream } from "./streams.ts";
import { meanWait } from "./waiting.ts";

const nanosPerSecond = 1e9;

/** What a consumer is offered and what it can do, without running. Rates are messages per second. */
export interface ConsumerLoad {
  /** Deliveries, attempts again included. */
  readonly offered: number;
  /** What all its handlers together can do, with no more deliveries on the way to them than its prefetch allows. */
  readonly capacity: number;
  /** Of the time of all handlers, the share at work; 1 and above: they cannot keep up. */
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
  readonly consumers: ReadonlyMap<string, TotalLoad>;
  /** Of each source that a consumer reads, by handlers of its own. */
  readonly inputs: ReadonlyMap<Consumer, ConsumerLoad>;
}

/** All inputs of a consumer together: where it has one, that. */
export interface TotalLoad {
  readonly loads: readonly ConsumerLoad[];
  /** What it finishes. */
  readonly throughput: number;
  /** The mean over its inputs, which have as many handlers each. */
  readonly utilization: number;
}

/** The checks, the hints and the hovers of one text ask for the same. */
const known = new WeakMap<Topology, Prediction>();

export function predict(topology: Topology): Prediction {
  let prediction = known.get(topology);
  if (prediction === undefined) known.set(topology, (prediction = predicted(topology)));
  return prediction;
}

function predicted(topology: Topology): Prediction {
  const flow = new RateFlow(topology);
  const rates = (kind: string, names: Iterable<string>): Map<string, number> => {
    const known = new Map<string, number>();
    for (const name of names) {
      const rate = flow.rateTo(`${kind}:${name}`);
      if (!Number.isNaN(rate)) known.set(name, rate);
    }
    return known;
  };
  const topics = rates("topic", topology.kafka?.topics.keys() ?? []);
  const groups = new Map<string, number>();
  const consumers = new Map<string, TotalLoad>();
  const inputs = new Map<Consumer, ConsumerLoad>();
  for (const consumer of readings(topology)) {
    const { from } = consumer;
    if (from.kind === "log") {
      const rate = from.topics.reduce((sum, { text }) => sum + (topics.get(text) ?? NaN), 0);
      if (!Number.isNaN(rate)) groups.set(from.group.text, rate);
    }
    const load =
      from.kind === "log" ? logLoad(topology, flow, consumer) : queueLoad(topology, flow, consumer);
    if (load === undefined || !Number.isFinite(load.utilization)) continue;
    inputs.set(consumer, load);
  }
  for (const consumer of topology.consumers.values()) {
    const loads = readingsOf(consumer).map((reading) => inputs.get(reading));
    if (loads.every((load) => load !== undefined)) consumers.set(consumer.name.text, total(loads));
  }
  return {
    queues: rates("queue", topology.rabbitmq?.queues.keys() ?? []),
    topics,
    groups,
    consumers,
    inputs,
  };
}

function total(loads: readonly ConsumerLoad[]): TotalLoad {
  const sum = (of: (load: ConsumerLoad) => number) => loads.reduce((all, load) => all + of(load), 0);
  return {
    loads,
    throughput: sum(({ offered, capacity }) => Math.min(offered, capacity)),
    utilization: sum(({ utilization }) => utilization) / loads.length,
  };
}

/** Attempts for each message, while each fails by itself; NaN where the file's failures have no such number. */
function attempts(
  { failures: { share, persistent }, from }: Consumer,
  rules: readonly QueueRules[] = [],
): number {
  if (share === 0) return 1;
  if (from.kind === "log") {
    const { onFailure, retries } = from.settings;
    return onFailure === "skip" || retries.length === 0 ? 1 : NaN;
  }
  const { onFailure, retries, ack } = from.settings;
  if (retries.length > 0) return NaN;
  if (ack !== "manual" || onFailure === "reject") return 1;
  const limit = Math.min(
    ...rules.map(({ type, deliveryLimit }) => (type === "quorum" ? deliveryLimit : Infinity)),
  );
  if (persistent) return limit === Infinity ? NaN : 1 + share * limit;
  return (1 - repeated(share, limit + 1)) / (1 - share);
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
    const usual = usualTime({ perMessage, byKind }, flow);
    sum += rate * usual;
    for (const [key, own] of byKey) sum += rate * shareOf(flow, key) * (meanOf(own) - usual);
    total += rate;
  }
  return sum / total + batch;
}

function usualTime(
  { perMessage, byKind }: Pick<Processing, "perMessage" | "byKind">,
  { kind }: Flow,
): number {
  return meanOf(byKind.get(kind ?? "") ?? perMessage);
}

/** NaN where a key's share depends on how many messages there are. */
function shareOf({ key: choice }: Flow, key: string): number {
  return choice.kind === "none" ? 0 : (keyShare(choice, key) ?? NaN);
}

/** The squared coefficient of variation of a service time; undefined where the formulas have no use for it. */
function variationOf({ perMessage, perBatch, byKind, byKey }: Processing): number | undefined {
  if (perBatch !== undefined || byKind.size + byKey.size > 0) return undefined;
  if (perMessage.kind === "exponential") return 1;
  if (perMessage.kind === "constant") return 0;
  return perMessage.kind === "erlang" ? 1 / perMessage.shape : undefined;
}

function queueLoad(
  { rabbitmq, run: { calibration } }: Topology,
  flow: RateFlow,
  consumer: Consumer,
): ConsumerLoad | undefined {
  const { from, instances, concurrency, processing } = consumer;
  // How much of a stream passes its filter is not predicted.
  if (from.kind !== "queue" || from.settings.streamFilter !== undefined) return undefined;
  const rules = from.queues.flatMap(({ text }) => flow.rulesOf(text) ?? []);
  const competitors = flow.readers.beside(consumer);
  const stream = rules.some(({ type }) => type === "stream");
  const oneActive = rules.some(({ singleActiveConsumer }) => singleActiveConsumer);
  const single =
    oneActive || from.settings.exclusive || from.queues.some(({ text }) => flow.isExclusive(text));
  // Who gets how much is then a matter of priorities, of who came first, or of how long each works.
  if (competitors.length > 1 && (single || from.queues.length > 1 || competitors.some(differsFrom(consumer))))
    return undefined;
  const streams = from.queues.flatMap(({ text }) => flow.streamsTo(`queue:${text}`));
  const rate = streams.reduce((sum, one) => sum + one.rate, 0);
  const among = competitors.reduce((sum, one) => sum + one.instances, 0);
  const { prefetch, channelPrefetch, ack } = from.settings;
  const window = ack === "auto" ? Infinity : Math.min(prefetch * from.queues.length, channelPrefetch);
  const handlers = Math.min(concurrency, window);
  // Instances share out the queues that each have one active consumer.
  const sharing = oneActive && !from.settings.exclusive ? from.queues.length : 1;
  const active = single ? Math.min(instances, sharing) : instances;
  const servers = active * handlers;
  const service = serviceTime(processing, streams);
  const share = stream || single ? 1 : instances / among;
  const offered = rate * share * attempts(consumer, rules) * (stream ? instances : 1);
  // A delivery is outstanding for longer than it is worked on: what is not yet fetched ahead comes after a turn over the network.
  const turn = ack === "auto" || stream ? 0 : turnaround(calibration.costs);
  const capacity = nanosPerSecond * Math.min(servers / service, (active * window) / (service + turn));
  const utilization = (offered * service) / (servers * nanosPerSecond);
  const variation = variationOf(processing);
  const worked = service / (service + turn);
  const alone = among === instances && from.queues.length === 1;
  const poisson =
    alone &&
    !stream &&
    prefetch === 1 &&
    (turn === 0 || rabbitmq?.nodes === 1) &&
    !rules.some(bounded) &&
    streams.every((one) => one.flow.arrivals.kind === "poisson" && one.flow.rabbitmq.priority === undefined);
  return {
    offered,
    capacity,
    utilization,
    busiest: utilization,
    wait:
      poisson && variation !== undefined
        ? meanWait({
            utilization: offered / capacity,
            servers,
            service: service + turn,
            variation: variation * worked * worked,
          })
        : undefined,
  };
}

/** From the end of a handler's work to the delivery that its acknowledgement makes room for, ns. */
function turnaround({ networkLatency, channelPerMessage, queueAck, queueDeliver }: Costs): number {
  return 2 * networkLatency + channelPerMessage + queueAck + queueDeliver;
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
  const members = flow.readers.beside(consumer);
  const topics = from.topics.flatMap(({ text }) => topology.kafka?.topics.get(text) ?? []);
  const uneven = members.some(
    ({ from: other }) => other.kind !== "log" || other.topics.length !== from.topics.length,
  );
  if (topics.length === 0 || uneven || topics.some(({ partitions }) => partitions > spreadMax))
    return undefined;
  const streams = topics.flatMap(({ name }) => flow.streamsTo(`topic:${name.text}`));
  const service = serviceTime(processing, streams);
  const count = members.reduce((sum, one) => sum + one.instances, 0);
  if (count > spreadMax) return undefined;
  const again = attempts(consumer);

  // Members take runs of partitions, as near to the same number as there are; which ones hardly matters but for hot ones.
  const shared = from.settings.share !== undefined;
  const work = new Float64Array(count);
  const held = new Float64Array(count);
  let rate = 0;
  let hottest = 0;
  for (const { name, partitions } of topics) {
    const streams = flow.streamsTo(`topic:${name.text}`);
    rate += streams.reduce((sum, one) => sum + one.rate, 0);
    partitionWork(streams, partitions, processing).forEach((busy, partition) => {
      const member = Math.min(count - 1, Math.floor((partition * count) / partitions));
      work[member]! += busy;
      held[member]!++;
      hottest = Math.max(hottest, busy);
    });
  }
  const serial = from.settings.orderedBy === "partition" && !shared;
  const handlersOf = (member: number): number =>
    serial ? Math.min(concurrency, held[member]!) : concurrency;
  const active = shared ? count : held.reduce((sum, one) => sum + (one > 0 ? 1 : 0), 0);
  const handlers = shared ? count * concurrency : sumOf(count, handlersOf);
  let busiest = shared ? sumOf(count, (member) => work[member]!) / handlers : 0;
  if (!shared)
    for (let member = 0; member < count; member++)
      if (held[member]! > 0) busiest = Math.max(busiest, work[member]! / handlersOf(member));
  if (serial) busiest = Math.max(busiest, hottest);
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

/** Handlers that each partition keeps busy. */
function partitionWork(streams: readonly Stream[], partitions: number, processing: Processing): Float64Array {
  const work = new Float64Array(partitions);
  for (const { flow, rate } of streams) {
    const placed =
      flow.kafka.ignoreKeys || flow.kafka.roundRobin ? undefined : placeKeys(flow.key, partitions);
    const usual = (rate * usualTime(processing, flow)) / nanosPerSecond;
    for (let partition = 0; partition < partitions; partition++)
      work[partition]! += usual * (placed === undefined ? 1 / partitions : placed.shares[partition]!);
    for (const [key, own] of processing.byKey) {
      const more = shareOf(flow, key) * ((rate * meanOf(own)) / nanosPerSecond - usual);
      const at = placeKeys({ kind: "weights", keys: [key], weights: [1] }, partitions)!.shares;
      for (let partition = 0; partition < partitions; partition++)
        work[partition]! += more * (placed === undefined ? 1 / partitions : at[partition]!);
    }
  }
  return work;
}
