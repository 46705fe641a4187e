import { arrivalRate } from "../model/arrival-rate.ts";
import { readings } from "../model/readings.ts";
import type { Consumer, Destination, Flow, Topology } from "../model/topology.ts";
import type { QueueRules } from "../queue/queue-arguments.ts";
import { route } from "../queue/routing.ts";
import { declaredHost, type DeclaredHost } from "../queue/declared-host.ts";
import type { VirtualHost } from "../queue/virtual-host.ts";
import { groupWork } from "./group-work.ts";
import { offerOf, paceOf, repeated, type Pace } from "./pace.ts";
import { Readers } from "./readers.ts";
import { pairsPerSecond, windowsPerSecond } from "./operator-rate.ts";

/** Messages of one flow with one routing key, where they are: per second while it sends, NaN where nobody can say. */
export interface Stream {
  readonly flow: Flow;
  /** Empty in the log model. */
  readonly routingKey: string;
  readonly rate: number;
  /** An overloaded consumer on its way here, which bounds it. */
  readonly behind?: string | undefined;
}

/** Rounds in which circles of dead letters and of consumers that send on must come to rest. */
const roundsMax = 60;
/** Keys of a template that are followed one by one. */
const filledMax = 200;

/** What comes to one place, each flow and routing key once. */
class Streams {
  readonly all: Stream[] = [];
  /** Where each stands, once there are many. */
  private places: Map<Flow, Map<string, number>> | undefined = undefined;

  add(stream: Stream): void {
    const at = this.placeOf(stream);
    const known = this.all[at];
    if (known === undefined) this.all.push(stream);
    else this.all[at] = { ...stream, rate: stream.rate + known.rate, behind: stream.behind ?? known.behind };
  }

  private placeOf({ flow, routingKey }: Stream): number {
    const { all } = this;
    if (this.places === undefined && all.length < searchedMax) {
      const found = all.findIndex((one) => one.flow === flow && one.routingKey === routingKey);
      return found < 0 ? all.length : found;
    }
    if (this.places === undefined) {
      this.places = new Map();
      for (const [index, one] of all.entries()) keysOf(this.places, one.flow).set(one.routingKey, index);
    }
    const keys = keysOf(this.places, flow);
    const known = keys.get(routingKey);
    if (known === undefined) keys.set(routingKey, all.length);
    return known ?? all.length;
  }
}

function keysOf(places: Map<Flow, Map<string, number>>, flow: Flow): Map<string, number> {
  let keys = places.get(flow);
  if (keys === undefined) places.set(flow, (keys = new Map()));
  return keys;
}

/** Of so few streams the same one is looked for. */
const searchedMax = 8;

const none: readonly Stream[] = [];

/** How much comes to each topic and queue, followed from the producers through exchanges, consumers and dead letters. */
export class RateFlow {
  readonly readers: Readers;
  private readonly topology: Topology;
  private readonly declared: DeclaredHost | undefined;
  private readonly host: VirtualHost | undefined;
  /** Whose messages have the keys of others. */
  private readonly keepKeys: ReadonlySet<Flow>;
  private arriving: ReadonlyMap<string, Streams> = new Map();
  /** Whether what arrives somewhere makes something arrive elsewhere, so that one round does not tell all. */
  private goesOn = false;
  private readonly paces = new Map<Consumer, Pace | undefined>();

  constructor(topology: Topology) {
    this.topology = topology;
    this.readers = new Readers(readings(topology));
    const forwards = readings(topology).flatMap(({ sends }) => sends);
    this.keepKeys = new Set(forwards.filter(({ sameKey }) => sameKey).map(({ flow }) => flow));
    this.declared = topology.rabbitmq && declaredHost(topology.rabbitmq);
    this.host = this.declared?.host;
    let before = "";
    for (let round = 0; ; round++) {
      this.arriving = this.next();
      if (!this.goesOn) break;
      const now = [...this.arriving.values()]
        .flatMap((streams) => streams.all.map(({ rate }) => rate.toPrecision(9)))
        .join(" ");
      if (now === before) break;
      if (round === roundsMax) {
        this.forgetRates();
        break;
      }
      before = now;
    }
  }

  /** What comes to a queue or topic, `queue:name` or `topic:name`. */
  streamsTo(place: string): readonly Stream[] {
    return this.arriving.get(place)?.all ?? none;
  }

  rateTo(place: string): number {
    return this.streamsTo(place).reduce((sum, { rate }) => sum + rate, 0);
  }

  /** What comes to what a consumer reads. */
  streamsFor({ places }: Pace): readonly Stream[] {
    return places.flatMap((place) => this.streamsTo(place));
  }

  /** The overloaded consumers that what comes to a place comes by, by name. */
  behind(place: string): readonly string[] {
    return [...new Set(this.streamsTo(place).flatMap(({ behind }) => behind ?? []))];
  }

  paceOf(consumer: Consumer): Pace | undefined {
    if (!this.paces.has(consumer)) this.paces.set(consumer, paceOf(this.topology, this, consumer));
    return this.paces.get(consumer);
  }

  /** Undefined for a queue that the broker would not declare. */
  rulesOf(queue: string): QueueRules | undefined {
    return this.declared?.rulesOf(queue);
  }

  /** All queues that what is sent there may come to. */
  queuesOf({ kind, name: { text } }: Destination): readonly string[] {
    if (kind === "queue") return [text];
    const { host } = this;
    const exchange = kind === "exchange" ? host?.exchange(text)?.handle : undefined;
    if (host === undefined || exchange === undefined) return [];
    return reachable(host, [exchange]).map((queue) => host.queues[queue]!.name);
  }

  /** Whether one connection alone may read it. */
  isExclusive(queue: string): boolean {
    return this.host?.queues[this.host.queue(queue) ?? -1]?.owner !== undefined;
  }

  /** A circle that does not come to rest: its rates have no end. */
  private forgetRates(): void {
    for (const { all } of this.arriving.values())
      for (const [index, stream] of all.entries()) all[index] = { ...stream, rate: NaN };
  }

  private next(): ReadonlyMap<string, Streams> {
    const arriving = new Map<string, Streams>();
    for (const { flows } of this.topology.producers.values())
      for (const flow of flows)
        this.send(arriving, { flow, routingKey: "", rate: arrivalRate(flow.arrivals) ?? NaN });
    for (const consumer of readings(this.topology)) this.sendOn(arriving, consumer);
    for (const { name } of this.topology.rabbitmq?.queues.values() ?? [])
      this.deadLetter(arriving, name.text);
    return arriving;
  }

  private sendOn(arriving: Map<string, Streams>, consumer: Consumer): void {
    const { sends, from, failures } = consumer;
    if (sends.length === 0) return;
    this.goesOn = true;
    const read =
      from.kind === "log"
        ? from.topics.map(({ text }) => `topic:${text}`)
        : from.queues.map(({ text }) => `queue:${text}`);
    const filters = from.kind === "queue" && from.settings.streamFilter !== undefined;
    const done = this.doneBy(consumer);
    const pace = this.paceOf(consumer);
    const own = filters ? NaN : (pace?.share ?? this.shareOf(consumer));
    const streams = read.flatMap((place) => this.streamsTo(place));
    const rate = streams.reduce((sum, stream) => sum + stream.rate, 0) * own;
    const slow = done < 1 ? consumer.name.text : undefined;
    const behind = slow ?? streams.find((stream) => stream.behind !== undefined)?.behind;
    const fails = failures.share;
    const succeeds = pace?.success ?? 1 - fails;
    // Windows are of the messages' own times, however late they are read.
    const gathered = this.gathered(consumer, read, rate * succeeds);
    this.changes(arriving, consumer, read, rate * succeeds * done);
    const shares = { success: succeeds * gathered, failure: fails, givenUp: fails };
    for (const { flow, ratio, when } of sends) {
      const known = fails === 0 || when === "success";
      const share = known ? ratio * shares[when] * done : NaN;
      if (flow.rabbitmq.routingKey.kind !== "same")
        this.send(arriving, { flow, routingKey: "", rate: rate * share, behind });
      else
        for (const { routingKey, ...stream } of streams)
          this.send(arriving, {
            flow,
            routingKey,
            rate: stream.rate * share * own,
            behind: slow ?? stream.behind,
          });
    }
  }

  /** Each message that a consumer succeeds with changes each of its windows, or waits for a partner. */
  private changes(
    arriving: Map<string, Streams>,
    { window, join, changelog }: Consumer,
    read: readonly string[],
    rate: number,
  ): void {
    if (changelog === undefined) return;
    const windows = window?.kind === "time" ? window.size / window.every : NaN;
    // A join's sources beside the two go on one by one.
    const each = window !== undefined ? windows : join !== undefined && read.length === 2 ? 1 : NaN;
    this.send(arriving, { flow: changelog, routingKey: "", rate: rate * each });
  }

  /** What follows from each message that a consumer succeeds with, at this rate: windows, pairs, or the message itself. */
  private gathered(
    { window, join, from, instances }: Consumer,
    read: readonly string[],
    rate: number,
  ): number {
    if (rate === 0 || (window === undefined && join === undefined)) return 1;
    const flows = read.flatMap((place) => this.streamsTo(place)).map(({ flow }) => flow);
    const keys = new Set(flows.map((flow) => (this.keepKeys.has(flow) ? "" : JSON.stringify(flow.key))));
    const key = keys.size === 1 && !keys.has("") ? flows[0]!.key : undefined;
    if (window === undefined) {
      // Sources beside the two go on one by one.
      if (join === undefined || read.length > 2) return NaN;
      const all = read.reduce((sum, place) => sum + this.rateTo(place), 0);
      const [left, right] = read.map((place) => (this.rateTo(place) / all) * rate) as [number, number];
      return pairsPerSecond(join, { left, right, key }) / rate;
    }
    const counts =
      from.kind === "log"
        ? from.topics.map(({ text }) => this.topology.kafka!.topics.get(text)!.partitions)
        : [];
    const windows = windowsPerSecond(window, {
      rate,
      key,
      tasks: from.kind === "log" ? Math.max(...counts) : instances,
      keyed: from.kind === "log",
    });
    return windows / rate;
  }

  /** Of what is read together with others. */
  private shareOf(consumer: Consumer): number {
    const all = this.readers.beside(consumer).reduce((sum, { instances }) => sum + instances, 0);
    return consumer.instances / all;
  }

  private send(arriving: Map<string, Streams>, stream: Stream): void {
    const { flow, routingKey, rate } = stream;
    const { to } = flow;
    if (to.kind === "topic") {
      this.add(arriving, `topic:${to.name.text}`, stream);
      return;
    }
    const scope = to.kind === "queue" ? (this.host?.scopeOfQueue(to.name.text) ?? "") : "";
    const exchange = this.host?.exchange(to.kind === "queue" ? scope : to.name.text)?.handle;
    if (exchange === undefined) return;
    for (const { text, share } of routingKeys(flow, routingKey, scope))
      this.publish(arriving, exchange, { ...stream, routingKey: text, rate: rate * share });
  }

  private publish(arriving: Map<string, Streams>, exchange: number, stream: Stream): void {
    const { host } = this;
    if (host === undefined) return;
    const { cc, bcc, headers } = stream.flow.rabbitmq;
    const { queues, exchanges } = route(host, exchange, [stream.routingKey, ...cc, ...bcc], headers);
    let chance = false;
    for (const handle of exchanges) {
      const { drawsLots, goesByProperty } = host.exchanges[handle]!;
      chance ||= drawsLots || goesByProperty;
    }
    const targets = chance ? reachable(host, exchanges) : queues;
    for (const queue of targets)
      this.add(arriving, `queue:${host.queues[queue]!.name}`, chance ? { ...stream, rate: NaN } : stream);
  }

  /** What leaves a queue as dead letters: what nobody reads and it may not keep, and what its consumers give up. */
  private deadLetter(arriving: Map<string, Streams>, queue: string): void {
    const rules = this.rulesOf(queue);
    if (rules?.deadLetters === undefined) return;
    const exchange = this.host?.exchange(rules.deadLetters.exchange)?.handle;
    if (exchange === undefined) return;
    this.goesOn = true;
    const readers = this.readers.ofQueue(queue);
    const limit = rules.type === "quorum" ? rules.deliveryLimit : Infinity;
    const all = readers.reduce((sum, { instances }) => sum + instances, 0);
    const done = readers.reduce((sum, one) => sum + this.doneBy(one) * one.instances, 0) / all;
    const given = lettered(readers, limit) * done;
    for (const { flow, routingKey, rate, behind } of this.streamsTo(`queue:${queue}`)) {
      const leaves = bounded(rules) || flow.rabbitmq.lifetime < Infinity;
      const lost = readers.length > 0 ? given : leaves ? 1 : 0;
      if (lost === 0) continue;
      this.publish(arriving, exchange, {
        flow,
        routingKey: rules.deadLetters.routingKey ?? routingKey,
        rate: rate * lost,
        behind: done < 1 ? readers[0]!.name.text : behind,
      });
    }
  }

  /** Of what comes to a consumer the share that it can do: of a group's that of its members, each of its own partitions. */
  doneBy(consumer: Consumer): number {
    const pace = this.paceOf(consumer);
    if (pace === undefined) return 1;
    const { offered, capacity } = offerOf(pace, this.streamsFor(pace));
    const whole = capacity < offered ? capacity / offered : 1;
    if (consumer.from.kind === "queue") return whole;
    const { done } = groupWork(this.topology, pace, (place) => this.streamsTo(place));
    return done < whole ? done : whole;
  }

  private add(arriving: Map<string, Streams>, place: string, stream: Stream): void {
    let streams = arriving.get(place);
    if (streams === undefined) arriving.set(place, (streams = new Streams()));
    streams.add(stream);
  }
}

/** Whether a queue gives up what waits too long in it, or what it has no room for. */
export function bounded({ messageTtl, maxLength, maxBytes }: QueueRules): boolean {
  return messageTtl !== undefined || maxLength < Infinity || maxBytes < Infinity;
}

/** The share of a queue's messages that its consumers reject for good; NaN where that depends on counts of failures. */
function lettered(readers: readonly Consumer[], deliveryLimit: number): number {
  const shares = readers.map(({ from, failures: { share, persistent } }) => {
    if (share === 0 || from.kind !== "queue") return 0;
    const { onFailure, retries, ack } = from.settings;
    if (ack !== "manual") return 0;
    if (onFailure === "requeue" && deliveryLimit === Infinity) return persistent ? NaN : 0;
    if (onFailure === "requeue") return persistent ? share : repeated(share, deliveryLimit + 1);
    return persistent ? share : repeated(share, retries.length + 1);
  });
  return shares.every((share) => share === shares[0]) ? shares[0]! : NaN;
}

/** All queues that any message may come to. */
function reachable(host: VirtualHost, exchanges: Iterable<number>): number[] {
  const queues = new Set<number>();
  for (const exchange of exchanges)
    for (const { destination } of host.exchanges[exchange]!.bindings)
      if (destination >= 0) queues.add(destination);
  return [...queues];
}

/** Each routing key of a flow and the share of its messages that have it; `sameKey`: that of the message it goes on with. */
export function routingKeys(
  { rabbitmq: { routingKey: choice }, key, to }: Flow,
  sameKey: string,
  scope: string,
): { text: string; share: number }[] {
  if (to.kind === "queue") return [{ text: to.name.text.slice(scope.length), share: 1 }];
  if (choice.kind === "weights") {
    const total = choice.weights.reduce((sum, weight) => sum + weight, 0);
    return choice.keys.map(({ text }, index) => ({ text, share: choice.weights[index]! / total }));
  }
  if (choice.kind === "same") return [{ text: sameKey, share: 1 }];
  const fill = (text: string): string => choice.text.text.replaceAll("{key}", () => text);
  if (key.kind === "weights") {
    const total = key.weights.reduce((sum, weight) => sum + weight, 0);
    return key.keys.map((text, index) => ({ text: fill(text), share: key.weights[index]! / total }));
  }
  if (key.kind === "none") return [{ text: fill(""), share: 1 }];
  const count = key.kind === "unique" ? filledMax : Math.min(key.values, filledMax);
  const share = key.kind === "zipf" ? NaN : 1 / count;
  return Array.from({ length: count }, (_, number) => ({ text: fill(String(number)), share }));
}
