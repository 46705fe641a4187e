import type { Identity, Publishing } from "../model/topology.ts";
import { noKey } from "../sim/messages.ts";
import type { World } from "../sim/world.ts";
import {
  noProperties,
  type Content,
  type HeaderTable,
  type HeaderValue,
  type MessageProperties,
} from "./content.ts";
import { route, type RouteStep } from "./routing.ts";
import type { VirtualHost } from "./virtual-host.ts";

const nanosPerMilli = 1e6;
const nanosPerSecond = 1e9;

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
  /** Ids of the routing keys, or of their template. */
  private readonly texts: number[];
  private readonly world: World;
  private readonly host: VirtualHost;
  private readonly publishing: Publishing;
  private readonly headers: HeaderTable;
  /** Those of `cc` and `bcc`. */
  private readonly copies: readonly string[];
  private version = -1;
  /** By the number of the routing key, or by message key for a template. */
  private readonly listed: (CountedRoute | undefined)[] = [];
  private readonly byKey = new Map<number, CountedRoute>();
  /** Routing keys that messages bring along, and their numbers. */
  private readonly broughtTexts: string[] = [];
  private readonly brought = new Map<string, number>();
  /** One for each different way. */
  private readonly routes = new Map<string, CountedRoute>();

  constructor(
    world: World,
    host: VirtualHost,
    of: {
      readonly exchange: number;
      readonly straight: boolean;
      readonly place: number;
      readonly publishing: Publishing;
    },
  ) {
    this.world = world;
    this.host = host;
    this.exchange = of.exchange;
    this.straight = of.straight;
    this.place = of.place;
    this.publishing = of.publishing;
    const { headers, cc, bcc, routingKey } = of.publishing;
    const texts =
      routingKey.kind === "weights"
        ? routingKey.keys
        : routingKey.kind === "template"
          ? [routingKey.text]
          : [];
    this.texts = texts.map(({ text }) => world.keys.idOf(text));
    this.headers = cc.length === 0 ? headers : new Map<string, HeaderValue>([...headers, ["CC", cc]]);
    this.copies = [...cc, ...bcc];
  }

  /** The route of one message, which is counted. */
  lookup(message: number): CountedRoute {
    const { messages } = this.world;
    const key = messages.key[message]!;
    const drawn = messages.routing[message]!;
    // A queue's name is the only routing key of a flow that names its queue, whatever keys the flow draws.
    const routing = this.straight ? 0 : drawn;
    if (this.version !== this.host.version) this.forget();
    const known = this.publishing.routingKey.kind === "template" ? this.byKey.get(key) : this.listed[routing];
    const found = known ?? this.find(routing, key, message);
    if (this.world.kernel.now >= this.world.window.from) found.messages++;
    return found;
  }

  /** The id of the text of a routing key; of the template where there is one. */
  textOf(drawn: number): number {
    return this.texts[this.straight || this.texts.length === 1 ? 0 : drawn]!;
  }

  /** What a message with this routing key carries. */
  contentOf(message: number): Content {
    const { host } = this;
    const { messages } = this.world;
    const drawn = messages.routing[message]!;
    const key = messages.key[message]!;
    const { persistent, priority, lifetime } = this.publishing;
    const routingKey = this.routingKeyOf(this.straight ? 0 : drawn, key);
    return {
      id: "",
      exchange: host.exchanges[this.exchange]!.settings.name,
      routingKeys: [routingKey, ...this.copies],
      headers: this.headers,
      properties: this.propertiesOf(message, key),
      deaths: [],
      expiration: lifetime === Infinity ? undefined : String(Math.round(lifetime / nanosPerMilli)),
      priority,
      persistent,
    };
  }

  /** ns for which the exchange holds its messages back. */
  get delay(): number {
    const { settings } = this.host.exchanges[this.exchange]!;
    const delay = this.headers.get("x-delay");
    return settings.type === "x-delayed-message" && typeof delay === "number" ? delay * nanosPerMilli : 0;
  }

  /** A publish to an internal exchange closes the channel, and so does one to an exchange that has gone. */
  get refused(): boolean {
    const { settings, deleted } = this.host.exchanges[this.exchange]!;
    return settings.internal || deleted;
  }

  counted(): Iterable<CountedRoute> {
    return this.routes.values();
  }

  private forget(): void {
    this.version = this.host.version;
    this.listed.length = 0;
    this.byKey.clear();
  }

  /** The number of a routing key that messages bring along. */
  numberOf(routingKey: string): number {
    let number = this.brought.get(routingKey);
    if (number === undefined) {
      number = this.broughtTexts.push(routingKey) - 1;
      this.texts.push(this.world.keys.idOf(routingKey));
      this.brought.set(routingKey, number);
    }
    return number;
  }

  /** Nothing is remembered where an exchange on the way draws lots for each message, or goes by what is the message's own. */
  private find(routing: number, key: number, message: number): CountedRoute {
    const { exchanges } = this.host;
    const properties = this.propertiesOf(message, key);
    const found = this.resolve(this.routingKeyOf(routing, key), properties);
    const differ = properties !== noProperties && exchanges.some((exchange) => exchange.goesByProperty);
    if (differ || exchanges.some((exchange) => exchange.drawsLots)) return found;
    if (this.publishing.routingKey.kind !== "template") {
      this.listed[routing] = found;
      return found;
    }
    if (this.byKey.size === keysMax) this.byKey.clear();
    this.byKey.set(key, found);
    return found;
  }

  private routingKeyOf(routing: number, key: number): string {
    const { routingKey: choice } = this.publishing;
    switch (choice.kind) {
      case "weights":
        return choice.keys[routing]!.text;
      case "template":
        return this.filled(choice.text.text, key);
      case "same":
        return this.broughtTexts[routing]!;
    }
  }

  /** A routing key's template with the message's key in it. */
  private filled(template: string, key: number): string {
    const text = key === noKey ? "" : this.world.keys.textOf(key);
    return template.replaceAll("{key}", () => text);
  }

  private propertiesOf(message: number, key: number): MessageProperties {
    const { correlationId, messageId, timestamp } = this.publishing;
    if (correlationId === undefined && messageId === undefined && !timestamp) return noProperties;
    const { messages } = this.world;
    const tell = (identity: Identity | undefined): string | undefined =>
      identity?.kind === "unique"
        ? String(messages.id[message]!)
        : identity && this.filled(identity.text, key);
    return {
      correlationId: tell(correlationId),
      messageId: tell(messageId),
      timestamp: timestamp ? Math.trunc(messages.sentAt[message]! / nanosPerSecond) : undefined,
    };
  }

  private resolve(routingKey: string, properties: MessageProperties): CountedRoute {
    const keys = [routingKey, ...this.copies];
    const { queues, steps } = route(this.host, this.exchange, keys, this.headers, properties);
    const way = JSON.stringify(steps);
    let known = this.routes.get(way);
    if (known === undefined)
      this.routes.set(way, (known = { queues: Int32Array.from(queues), steps, messages: 0 }));
    return known;
  }
}
