import { RateFlow, routingKeys } from "../capacity/streams.ts";
import type { Flow, RabbitMq, Topology } from "../model/topology.ts";
import { route } from "../queue/routing.ts";
import { virtualHost, type VirtualHost } from "../queue/virtual-host.ts";

/** Where messages of a flow end up: a share of them, in all of these queues. */
export interface Way {
  readonly share: number;
  readonly queues: ReadonlySet<string>;
}

/** Rooms that dead letters pass through, one behind the other, before it is taken for a circle. */
const roomsMax = 8;

/** Which queues messages reach, by the routing that runs follow. Who waits in a queue that nobody reads is where it goes on to. */
export class QueueRoutes {
  readonly rates: RateFlow;
  /** Queues of which a message reaches one, drawn by lot or by hash: together they are read as one. */
  readonly lots: (readonly string[])[] = [];
  /** Exchanges on the way that hold messages back, by name. */
  readonly delaying = new Set<string>();
  /** Queues whose messages wait for their expiry to go on. */
  readonly rooms = new Map<string, readonly string[]>();
  private readonly topology: Topology;
  private readonly host: VirtualHost;

  constructor(topology: Topology, rabbitmq: RabbitMq) {
    this.topology = topology;
    this.rates = new RateFlow(topology);
    this.host = virtualHost(rabbitmq);
  }

  /** The ways of a flow's messages, those that are alike together; shares make 1, or are all NaN where nobody can say. */
  ways(
    flow: Flow,
    brought: readonly { readonly text: string; readonly share: number }[] = [],
  ): readonly Way[] {
    const { to } = flow;
    const scope = to.kind === "queue" ? this.host.scopeOfQueue(to.name.text) : "";
    const exchange = to.kind === "queue" ? scope : to.name.text;
    const keys =
      flow.rabbitmq.routingKey.kind === "same" && to.kind !== "queue"
        ? brought
        : routingKeys(flow, "", scope);
    const ways = new Map<string, { share: number; queues: Set<string> }>();
    for (const { text, share } of keys) {
      const queues = this.reached(exchange, text, flow, new Set());
      const id = JSON.stringify([...queues].sort());
      const known = ways.get(id);
      if (known === undefined) ways.set(id, { share, queues });
      else known.share += share;
    }
    if (ways.size === 1) for (const way of ways.values()) way.share = 1;
    return [...ways.values()].filter(({ share }) => share !== 0);
  }

  /** The routing keys of what comes to these queues, and their shares. */
  keysAt(queues: readonly string[]): readonly { readonly text: string; readonly share: number }[] {
    const streams = queues.flatMap((queue) => this.rates.streamsTo(`queue:${queue}`));
    const all = streams.reduce((sum, { rate }) => sum + rate, 0);
    return streams.map(({ routingKey, rate }) => ({ text: routingKey, share: all > 0 ? rate / all : NaN }));
  }

  /** Where the dead letters of a queue go, whatever their routing key. */
  deadLetters(queue: string): ReadonlySet<string> {
    const reached = new Set<string>();
    const letters = this.rates.rulesOf(queue)?.deadLetters;
    if (letters === undefined) return reached;
    for (const { flow, routingKey } of this.rates.streamsTo(`queue:${queue}`))
      for (const one of this.reached(letters.exchange, letters.routingKey ?? routingKey, flow, new Set()))
        reached.add(one);
    return reached;
  }

  /** A waiting room on the way of a queue's dead letters. */
  roomBehind(queue: string): string | undefined {
    const letters = this.rates.rulesOf(queue)?.deadLetters;
    if (letters === undefined) return undefined;
    for (const { flow, routingKey } of this.rates.streamsTo(`queue:${queue}`)) {
      const room = this.direct(letters.exchange, letters.routingKey ?? routingKey, flow).find((one) =>
        this.isRoom(one, flow),
      );
      if (room !== undefined) return room;
    }
    return undefined;
  }

  private reached(
    exchange: string,
    routingKey: string,
    flow: Flow,
    through: ReadonlySet<string>,
  ): Set<string> {
    const reached = new Set<string>();
    for (const queue of this.direct(exchange, routingKey, flow)) {
      const letters = this.rates.rulesOf(queue)?.deadLetters;
      if (
        letters === undefined ||
        !this.isRoom(queue, flow) ||
        through.has(queue) ||
        through.size === roomsMax
      ) {
        reached.add(queue);
        continue;
      }
      const on = this.reached(
        letters.exchange,
        letters.routingKey ?? routingKey,
        flow,
        new Set([...through, queue]),
      );
      this.rooms.set(queue, [...on]);
      for (const one of on) reached.add(one);
    }
    return reached;
  }

  private direct(exchange: string, routingKey: string, flow: Flow): string[] {
    const { host } = this;
    const handle = host.exchange(exchange)?.handle;
    if (handle === undefined) return [];
    const { cc, bcc, headers } = flow.rabbitmq;
    const { queues, exchanges } = route(host, handle, [routingKey, ...cc, ...bcc], headers);
    const names = new Set(queues.map((queue) => host.queues[queue]!.name));
    for (const passed of exchanges) {
      const { settings, drawsLots, bindings } = host.exchanges[passed]!;
      if (settings.type === "x-delayed-message") this.delaying.add(settings.name);
      if (!drawsLots && settings.type !== "x-consistent-hash") continue;
      const drawn = [...bindings].flatMap(({ destination }) =>
        destination >= 0 ? [host.queues[destination]!.name] : [],
      );
      this.lots.push(drawn);
      for (const name of drawn) names.add(name);
    }
    return [...names];
  }

  /** Nobody reads it, and what waits there long enough goes on by dead letters. */
  private isRoom(queue: string, flow: Flow): boolean {
    const rules = this.rates.rulesOf(queue);
    if (rules?.deadLetters === undefined || this.isRead(queue)) return false;
    return rules.messageTtl !== undefined || flow.rabbitmq.lifetime < Infinity;
  }

  isRead(queue: string): boolean {
    if (this.rates.readers.ofQueue(queue).length > 0) return true;
    return [...this.topology.producers.values()].some(({ flows }) =>
      flows.some(({ requests }) => requests?.replyTo?.text === queue),
    );
  }
}
