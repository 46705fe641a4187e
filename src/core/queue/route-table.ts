import type { FieldTable, RoutingKeyChoice } from "../model/topology.ts";
import { noKey } from "../sim/messages.ts";
import type { World } from "../sim/world.ts";
import type { Content } from "./content.ts";
import { route, type RouteStep } from "./routing.ts";
import type { VirtualHost } from "./virtual-host.ts";

/** Routing keys made from a template that are remembered at a time. */
const keysMax = 65_536;

/** Where messages of one exchange and routing key go, and how many went. */
export interface CountedRoute {
  readonly queues: Int32Array;
  readonly steps: readonly RouteStep[];
  /** Inside the window. */
  messages: number;
}

/** What one flow's messages are routed to, found once for each routing key. */
export class RouteTable {
  readonly place: number;
  readonly exchange: number;
  /** The flow names its queue: the default exchange on the way is not seen. */
  readonly straight: boolean;
  private readonly world: World;
  private readonly host: VirtualHost;
  private readonly choice: RoutingKeyChoice;
  private readonly headers: FieldTable;
  private version = -1;
  /** By the number of the routing key, or by message key for a template. */
  private readonly listed: (CountedRoute | undefined)[] = [];
  private readonly byKey = new Map<number, CountedRoute>();
  /** One for each different way. */
  private readonly routes = new Map<string, CountedRoute>();

  constructor(
    world: World,
    host: VirtualHost,
    of: {
      readonly exchange: number;
      readonly straight: boolean;
      readonly place: number;
      readonly choice: RoutingKeyChoice;
      readonly headers: FieldTable;
    },
  ) {
    this.world = world;
    this.host = host;
    this.exchange = of.exchange;
    this.straight = of.straight;
    this.place = of.place;
    this.choice = of.choice;
    this.headers = of.headers;
  }

  /** The route of one message, which is counted. */
  lookup(drawn: number, key: number): CountedRoute {
    // A queue's name is the only routing key of a flow that names its queue, whatever keys the flow draws.
    const routing = this.straight ? 0 : drawn;
    if (this.version !== this.host.version) this.forget();
    const known = this.choice.kind === "weights" ? this.listed[routing] : this.byKey.get(key);
    const found = known ?? this.find(routing, key);
    if (this.world.kernel.now >= this.world.window.from) found.messages++;
    return found;
  }

  /** What a message with this routing key carries. */
  contentOf(drawn: number, key: number, persistent: boolean): Content {
    const { choice, host } = this;
    const routingKey =
      choice.kind === "weights"
        ? choice.keys[this.straight ? 0 : drawn]!.text
        : this.filled(choice.text.text, key);
    return {
      id: "",
      exchange: host.exchanges[this.exchange]!.settings.name,
      routingKeys: [routingKey],
      headers: this.headers,
      deaths: [],
      expiration: undefined,
      priority: undefined,
      persistent,
    };
  }

  /** A publish to an internal exchange closes the channel. */
  get refused(): boolean {
    return this.host.exchanges[this.exchange]!.settings.internal;
  }

  counted(): Iterable<CountedRoute> {
    return this.routes.values();
  }

  private forget(): void {
    this.version = this.host.version;
    this.listed.length = 0;
    this.byKey.clear();
  }

  private find(routing: number, key: number): CountedRoute {
    const { choice } = this;
    if (choice.kind === "weights") return (this.listed[routing] = this.resolve(choice.keys[routing]!.text));
    if (this.byKey.size === keysMax) this.byKey.clear();
    const found = this.resolve(this.filled(choice.text.text, key));
    this.byKey.set(key, found);
    return found;
  }

  /** A routing key's template with the message's key in it. */
  private filled(template: string, key: number): string {
    const text = key === noKey ? "" : this.world.keys.textOf(key);
    return template.replaceAll("{key}", () => text);
  }

  private resolve(routingKey: string): CountedRoute {
    const { queues, steps } = route(this.host, this.exchange, [routingKey], this.headers);
    const way = JSON.stringify(steps);
    let known = this.routes.get(way);
    if (known === undefined)
      this.routes.set(way, (known = { queues: Int32Array.from(queues), steps, messages: 0 }));
    return known;
  }
}
