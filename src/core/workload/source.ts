import type { Flow } from "../model/topology.ts";
import { AtOnce } from "../sim/at-once.ts";
import { LimitReached } from "../sim/limit.ts";
import { Sampler, WeightedChoice } from "../sim/sampler.ts";
import type { DeliveryEnd, Outlet, World } from "../sim/world.ts";
import type { ProducerStats } from "../stats/producer-stats.ts";
import { Station } from "../stats/trace.ts";
import { arrivals, partOf, type Arrivals } from "./arrivals.ts";
import { KeyDraw } from "./key-draw.ts";
import type { Requests } from "./requests.ts";
import type { SendingOn } from "./sending-on.ts";

/** What 16 bits of a message can name. */
const sourcesMax = 65_536;
/** To each client of a closed loop, beyond which a run stops. */
const answersAtOnce = 10_000;

/** What the sources of one flow share: how many messages it may still send. */
export interface FlowBudget {
  left: number;
}

/** One instance of a flow: it makes messages and hands them to its client. Its streams are named after it alone. */
export class Source {
  readonly number: number;
  readonly flow: Flow;
  /** Time to think of a closed loop's client; undefined for open ones. */
  readonly think: Sampler | undefined;
  readonly arrivals: Arrivals;
  readonly producer: string;
  /** From 0. */
  readonly instance: number;
  /** Clients of a closed loop. */
  readonly clients: number;
  /** Those of them that wait for an answer. */
  waiting = 0;
  /** False while it is down. */
  running = true;
  /** Messages that it has sent, inside the window. */
  sent = 0;
  /** Counts the times that what was to come has been thrown over: events of an earlier plan are void. */
  plan = 0;
  outlet: Outlet | undefined = undefined;
  /** Hears what becomes of its messages, where it belongs to a consumer that sends on. */
  onward: SendingOn | undefined = undefined;
  /** Where it waits for a reply to each message. */
  requests: Requests | undefined = undefined;
  /** Answers to a closed loop's clients. */
  readonly answers: AtOnce;
  private readonly world: World;
  private readonly stats: ProducerStats;
  readonly place: number;
  private readonly budget: FlowBudget;
  private readonly keys: KeyDraw;
  private readonly size: Sampler;
  private readonly routing: WeightedChoice | undefined;
  private readonly attributes;

  constructor(
    world: World,
    of: {
      readonly number: number;
      readonly flow: Flow;
      readonly producer: string;
      readonly instance: number;
      readonly instances: number;
      readonly streamName: string;
      readonly stats: ProducerStats;
      readonly place: number;
      readonly budget: FlowBudget;
    },
  ) {
    const { kernel } = world;
    const { flow } = of;
    if (of.number === sourcesMax)
      throw new LimitReached(
        "sources",
        `${sourcesMax} instances of flows can send; give the producers fewer.`,
      );
    this.world = world;
    this.number = of.number;
    this.flow = flow;
    this.producer = of.producer;
    this.instance = of.instance;
    this.clients =
      flow.arrivals.kind === "closed" ? partOf(flow.arrivals.clients, of.instance, of.instances) : 0;
    this.stats = of.stats;
    this.place = of.place;
    this.budget = of.budget;
    this.arrivals = arrivals(flow, of.instance, of.instances, kernel.stream(`${of.streamName} arrivals`));
    this.think =
      flow.arrivals.kind === "closed"
        ? new Sampler(flow.arrivals.think, kernel.stream(`${of.streamName} thinking`))
        : undefined;
    const answersMax = answersAtOnce * Math.max(this.clients, 1);
    this.answers = new AtOnce(
      answersMax,
      "closed",
      `The clients of a closed loop of \`${of.producer}\` were answered ${answersMax} times in no time. Give them a time to \`think\`, or the calibration a duration.`,
    );
    this.keys = new KeyDraw(
      flow.key,
      world.keys,
      kernel.stream(`${of.streamName} keys`),
      of.instance,
      of.instances,
    );
    this.size = new Sampler(flow.size, kernel.stream(`${of.streamName} sizes`));
    const { routingKey } = flow.rabbitmq;
    this.routing =
      routingKey.kind === "weights" && routingKey.keys.length > 1
        ? new WeightedChoice(routingKey.weights)
        : undefined;
    this.attributes = kernel.stream(`${of.streamName} routing keys`);
  }

  /** The flow has sent all that it may. */
  get spent(): boolean {
    return this.budget.left === 0;
  }

  /** Sends one message at this instant. */
  send(id: number): void {
    this.budget.left--;
    this.requests?.begin(id);
    this.hand(
      id,
      this.keys.draw(),
      this.flow.tombstone ? 0 : Math.round(this.size.draw()),
      this.drawRouting(),
    );
  }

  /** Sends a message on account of another, with the key, the size or the routing key of that one where they are given. */
  sendOn(id: number, key = this.keys.draw(), bytes?: number, routingKey?: string): void {
    const size = this.flow.tombstone ? 0 : (bytes ?? Math.round(this.size.draw()));
    const routing = routingKey === undefined ? this.drawRouting() : this.outlet!.routingNumber!(routingKey);
    this.hand(id, key, size, routing);
  }

  /** Sends a record to the partition of this number. */
  record(id: number, key: number, bytes: number | undefined, partition: number): void {
    this.hand(id, key, this.flow.tombstone ? 0 : (bytes ?? Math.round(this.size.draw())), partition);
  }

  /** Answers a request. */
  reply(id: number, of: DeliveryEnd, key = this.keys.draw()): void {
    this.outlet!.reply!(this.make(id, key, Math.round(this.size.draw()), of.source), of);
  }

  private drawRouting(): number {
    return this.routing === undefined ? 0 : this.routing.pick(this.attributes);
  }

  private hand(id: number, key: number, bytes: number, routing: number): void {
    this.outlet!.send(this.make(id, key, bytes, routing));
  }

  private make(id: number, key: number, bytes: number, routing: number): number {
    const { messages, kernel, trace, window } = this.world;
    const { now } = kernel;
    const message = messages.allocate();
    messages.sentAt[message] = now;
    messages.id[message] = id;
    messages.source[message] = this.number;
    messages.key[message] = key;
    messages.bytes[message] = bytes;
    messages.routing[message] = routing;
    this.stats.send(now);
    if (now >= window.from) this.sent++;
    if (trace.wants(id)) trace.add(id, Station.sent, this.place, messages.key[message]!);
    return message;
  }

  /** Whether it sends at this time at all. */
  open(at: number): boolean {
    return at < this.flow.until && this.budget.left > 0;
  }
}
