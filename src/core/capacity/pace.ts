import { keyShare, spreadMax } from "../log/key-placement.ts";
import type { Costs } from "../model/calibration.ts";
import type { Processing } from "../model/consumer-work.ts";
import type {
  Consumer,
  Flow,
  KafkaConsumerSettings,
  QueueConsumerSettings,
  Topology,
} from "../model/topology.ts";
import type { QueueRules } from "../queue/queue-arguments.ts";
import { meanOf } from "../sim/sampler.ts";
import { confirmTime } from "./confirm-time.ts";
import type { RateFlow, Stream } from "./streams.ts";

export const nanosPerSecond = 1e9;

/** What follows for a consumer from the file, whatever comes. */
export interface Pace {
  readonly consumer: Consumer;
  /** `queue:name` or `topic:name`. */
  readonly places: readonly string[];
  /** Of what comes there, what comes to it; above 1 where each of several instances reads all. */
  readonly share: number;
  /** Deliveries of each message, and the share of messages that one of them succeeds with. */
  readonly attempts: number;
  readonly success: number;
  /** That work at a time. */
  readonly handlers: number;
  /** Deliveries that may be outstanding, and for how long one is beside the work on it, ns. */
  readonly outstanding: number;
  readonly turn: number;
  /** For how long a handler keeps it beyond its work, until what it has sent on is confirmed, ns. */
  readonly confirming: number;
  /** Whether nobody else reads there. */
  readonly alone: boolean;
  /** Of the queues. */
  readonly rules: readonly QueueRules[];
  /** Partitions by member of its group. */
  readonly held: Float64Array;
  /** Of so many instances each one does work that the others need not do. */
  readonly instancesMax: number;
}

/** What comes to a consumer and what it can do, in deliveries per second; `service`: ns that one takes a handler, on average. */
export interface Offer {
  readonly offered: number;
  readonly capacity: number;
  readonly service: number;
  /** What keeps its handlers from work, most of all, when it does all it can. */
  readonly idles: "prefetch" | "confirms" | undefined;
}

/** Undefined where no theory tells what it can do. */
export function paceOf(topology: Topology, flow: RateFlow, consumer: Consumer): Pace | undefined {
  return consumer.from.kind === "log"
    ? logPace(topology, flow, consumer)
    : queuePace(topology, flow, consumer);
}

export function offerOf({ consumer, share, attempts, ...pace }: Pace, streams: readonly Stream[]): Offer {
  const service = serviceTime(consumer.processing, streams);
  const rate = streams.reduce((sum, one) => sum + one.rate, 0);
  const { handlers, outstanding, turn, confirming } = pace;
  const worked = handlers / (service + confirming);
  const delivered = outstanding / (service + confirming + turn);
  return {
    offered: rate * share * attempts,
    capacity: nanosPerSecond * Math.min(worked, delivered),
    service,
    idles: delivered < worked && turn > confirming ? "prefetch" : confirming > 0 ? "confirms" : undefined,
  };
}

function queuePace(topology: Topology, flow: RateFlow, consumer: Consumer): Pace | undefined {
  const { from, instances, concurrency } = consumer;
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
  const among = competitors.reduce((sum, one) => sum + one.instances, 0);
  const { ack } = from.settings;
  const window = windowOf(from);
  // Instances share out the queues that each have one active consumer.
  const sharing = oneActive && !from.settings.exclusive ? from.queues.length : 1;
  const readersMax = single ? sharing : Infinity;
  const active = Math.min(instances, readersMax);
  return {
    consumer,
    places: from.queues.map(({ text }) => `queue:${text}`),
    share: (stream || single ? 1 : instances / among) * (stream ? instances : 1),
    ...fateOf(consumer, () => deliveriesMax(from.settings, rules)),
    handlers: active * Math.min(concurrency, window),
    outstanding: active * window,
    // A delivery is outstanding for longer than it is worked on: what is not yet fetched ahead comes after a turn over the network.
    turn: ack === "auto" || stream ? 0 : turnaround(topology.run.calibration.costs),
    confirming: confirmTime(topology, flow, consumer, Math.min(concurrency, window)),
    alone: competitors.length === 1,
    rules,
    held: new Float64Array(0),
    // Each reader of a stream gets all of it.
    instancesMax: stream ? 1 : readersMax,
  };
}

/** How many messages an instance of a queue's consumer may hold at a time. */
export function windowOf({ queues, settings }: Consumer["from"] & { readonly kind: "queue" }): number {
  const { prefetch, channelPrefetch, ack } = settings;
  return ack === "auto" ? Infinity : Math.min(prefetch * queues.length, channelPrefetch);
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

function logPace(topology: Topology, flow: RateFlow, consumer: Consumer): Pace | undefined {
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
  const count = members.reduce((sum, one) => sum + one.instances, 0);
  if (count > spreadMax) return undefined;
  const held = new Float64Array(count);
  for (const { partitions } of topics)
    for (let partition = 0; partition < partitions; partition++)
      held[memberOf(partition, partitions, count)]!++;
  const share = instances / count;
  const handlers =
    from.settings.share === undefined
      ? held.reduce((sum, partitions) => sum + handlersOf(consumer, partitions), 0)
      : count * concurrency;
  return {
    consumer,
    places: topics.map(({ name }) => `topic:${name.text}`),
    share,
    ...fateOf(consumer, () => triesMax(topology, from.settings)),
    handlers: handlers * share,
    outstanding: Infinity,
    turn: 0,
    confirming: 0,
    alone: members.length === 1,
    rules: [],
    held,
    instancesMax:
      from.settings.share === undefined
        ? topics.reduce((sum, { partitions }) => sum + partitions, 0)
        : Infinity,
  };
}

/** Members take runs of partitions, as near to the same number as there are; which ones hardly matters but for hot ones. */
export function memberOf(partition: number, partitions: number, members: number): number {
  return Math.min(members - 1, Math.floor((partition * members) / partitions));
}

/** Handlers of a member of a group that find work. */
export function handlersOf({ from, concurrency }: Consumer, partitions: number): number {
  if (isSerial(from)) return Math.min(concurrency, partitions);
  return partitions > 0 ? concurrency : 0;
}

/** Whether records of a partition are worked on one by one. */
export function isSerial(from: Consumer["from"]): boolean {
  return from.kind === "log" && from.settings.orderedBy === "partition" && from.settings.share === undefined;
}

/** What becomes of each message after no more than so many deliveries; NaN attempts where some wait for another one. */
function fateOf(
  { failures: { share, persistent }, from }: Consumer,
  triesOf: () => number,
): Pick<Pace, "attempts" | "success"> {
  if (share === 0) return { attempts: 1, success: 1 };
  // A failure aborts all that its transaction holds.
  if (from.kind === "log" && from.settings.commit === "transactional") return { attempts: NaN, success: NaN };
  const tries = triesOf();
  const failing = persistent ? share : repeated(share, tries);
  const all = persistent ? 1 - share + share * tries : (1 - failing) / (1 - share);
  const attempts = tries === 1 ? 1 : all;
  const waits = from.settings.retries.length > 0 || attempts === Infinity;
  return { attempts: waits ? NaN : attempts, success: 1 - failing };
}

/** Of a queue's message. */
function deliveriesMax(
  { ack, onFailure, retries }: QueueConsumerSettings,
  rules: readonly QueueRules[],
): number {
  if (ack !== "manual" || retries.length > 0 || onFailure === "reject") return 1 + retries.length;
  const limits = rules.map(({ type, deliveryLimit }) => (type === "quorum" ? deliveryLimit : Infinity));
  return 1 + Math.min(...limits);
}

/** Of a topic's record. */
function triesMax({ kafka }: Topology, { share, onFailure, retries }: KafkaConsumerSettings): number {
  if (share !== undefined)
    return share.explicit && share.onFailure === "release"
      ? (share.deliveryCountLimit ?? kafka!.cluster.share.deliveryCountLimit)
      : 1 + retries.length;
  return onFailure === "retry" ? Infinity : 1 + retries.length;
}

/** A factor below 1 to the power of a count; of Infinity 0. */
export function repeated(factor: number, times: number): number {
  if (times === Infinity) return 0;
  let product = 1;
  for (let power = factor, left = times; left > 0; power *= power, left = Math.floor(left / 2))
    if (left % 2 === 1) product *= power;
  return product;
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

export function usualTime(
  { perMessage, byKind }: Pick<Processing, "perMessage" | "byKind">,
  { kind }: Flow,
): number {
  return meanOf(byKind.get(kind ?? "") ?? perMessage);
}

/** Each round asks for them again. */
const known = new WeakMap<Flow["key"], Map<string, number>>();

/** NaN where a key's share depends on how many messages there are. */
export function shareOf({ key: choice }: Flow, key: string): number {
  if (choice.kind === "none") return 0;
  let shares = known.get(choice);
  if (shares === undefined) known.set(choice, (shares = new Map()));
  let share = shares.get(key);
  if (share === undefined) shares.set(key, (share = keyShare(choice, key) ?? NaN));
  return share;
}
