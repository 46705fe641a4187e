import { exchangeTypes, type ExchangeType, type FieldTable } from "../model/topology.ts";
import { assertNever } from "../sim/invariant.ts";
import { bucketOf, hashedBy, hashPropertyOf } from "./consistent-hash.ts";
import { noProperties, type HeaderTable, type MessageProperties } from "./content.ts";
import { headersMatch } from "./headers-match.ts";
import { TopicTrie } from "./topic-pattern.ts";

/** A queue's handle as it is, an exchange's as −1 − handle. */
export type DestinationHandle = number;

export interface BindingRule {
  readonly destination: DestinationHandle;
  readonly routingKey: string;
  readonly arguments: FieldTable;
}

export interface ExchangeSettings {
  readonly name: string;
  /** What the names of its virtual host begin with; nothing in the default one. */
  readonly scope?: string;
  readonly type: ExchangeType;
  readonly durable: boolean;
  readonly autoDelete: boolean;
  readonly internal: boolean;
  readonly alternate: string | undefined;
  readonly arguments?: FieldTable;
}

/** A number from 0 to below the count. */
export type Draw = (count: number) => number;

/** An exchange with what is bound to it; an index by its type is built at the first message after a change. */
export class BoundExchange {
  readonly handle: number;
  readonly settings: ExchangeSettings;
  /** The alternate exchange that a policy gives it; one of its own counts before it. */
  policyAlternate: string | undefined = undefined;
  deleted = false;
  private readonly draw: Draw;
  /** Headers have their types with them where they are hashed. */
  private readonly typedHeaders: boolean;
  private rules = new Map<string, BindingRule>();
  private match: Match | undefined = undefined;

  constructor(handle: number, settings: ExchangeSettings, draw: Draw, typedHeaders = false) {
    this.handle = handle;
    this.settings = settings;
    this.draw = draw;
    this.typedHeaders = typedHeaders;
  }

  /** In the order of binding. */
  get bindings(): Iterable<BindingRule> {
    return this.rules.values();
  }

  get isBound(): boolean {
    return this.rules.size > 0;
  }

  has(rule: BindingRule): boolean {
    return this.rules.has(identity(rule));
  }

  bind(rule: BindingRule): void {
    this.rules.set(identity(rule), rule);
    this.match = undefined;
  }

  unbind(rule: BindingRule): boolean {
    const found = this.rules.delete(identity(rule));
    if (found) this.match = undefined;
    return found;
  }

  /** It has gone. */
  clear(): void {
    this.rules.clear();
    this.match = undefined;
  }

  /** Takes all bindings to one destination away; answers whether there were any. */
  release(destination: DestinationHandle): boolean {
    const { size } = this.rules;
    for (const [key, rule] of this.rules) if (rule.destination === destination) this.rules.delete(key);
    if (this.rules.size < size) this.match = undefined;
    return this.rules.size < size;
  }

  /**
   * The broker has started again: a ring of hashes is made anew, its bindings in the order of their keys, then of their
   * destinations, which `nameOf` tells. Of several, the server works on some at once, which may change that order.
   * (`rabbit_binding:recover`, of a table that is sorted)
   */
  recovered(nameOf: (destination: DestinationHandle) => string): void {
    const placed = [...this.rules].map(([key, rule]) => ({
      place: `${rule.routingKey}\0${rule.destination < 0 ? "exchange" : "queue"}\0${nameOf(rule.destination)}`,
      entry: [key, rule] as const,
    }));
    placed.sort((a, b) => (a.place < b.place ? -1 : 1));
    this.rules = new Map(placed.map(({ entry }) => entry));
    this.match = undefined;
  }

  /** Whether the order of its bindings matters. */
  get isRing(): boolean {
    return matchedAs(this.settings) === "x-consistent-hash" && this.rules.size > 1;
  }

  get scope(): string {
    return this.settings.scope ?? "";
  }

  /** The default exchange of its virtual host. */
  get isDefault(): boolean {
    return this.settings.name === this.scope;
  }

  /** Neither the default one nor of those that are there from the beginning. */
  get isDeclared(): boolean {
    return !this.isDefault && !this.settings.name.startsWith(`${this.scope}amq.`);
  }

  /** The exchange that gets what matches no binding. */
  get alternate(): string | undefined {
    const name = this.settings.alternate ?? this.policyAlternate;
    return name === undefined ? undefined : this.scope + name;
  }

  /** Whether two messages with the same keys and headers may take different ways. */
  get drawsLots(): boolean {
    return this.settings.type === "x-random" || this.settings.type === "x-local-random";
  }

  /** Whether it goes by a property, which each message may have of its own. */
  get goesByProperty(): boolean {
    return (
      matchedAs(this.settings) === "x-consistent-hash" &&
      hashPropertyOf(this.settings.arguments) !== undefined
    );
  }

  /** What its bindings lead to for this message, a destination once for each binding that matches or once. */
  destinations(
    routingKeys: readonly string[],
    headers: HeaderTable,
    properties: MessageProperties = noProperties,
  ): Iterable<DestinationHandle> {
    this.match ??= this.matcher([...this.rules.values()]);
    return this.match(routingKeys, headers, properties);
  }

  private matcher(rules: readonly BindingRule[]): Match {
    const { settings, draw } = this;
    const type = matchedAs(settings);
    if (type !== "x-consistent-hash") return matcher(type, rules, draw);
    const shares = bucketsOf(rules);
    const buckets = shares.at(-1)?.end ?? 0;
    const hashed = hashedBy(settings.arguments, this.typedHeaders);
    if (buckets === 0) return () => [];
    return (...message) => {
      const bucket = bucketOf(hashed(...message), buckets);
      return [shares.find(({ end }) => bucket < end)!.destination];
    };
  }
}

type Match = (
  routingKeys: readonly string[],
  headers: HeaderTable,
  properties: MessageProperties,
) => Iterable<DestinationHandle>;

/** What two bindings have in common that are the same; types of arguments matter, their order does not. */
function identity({ destination, routingKey, arguments: args }: BindingRule): string {
  const table = args.size === 0 ? "" : JSON.stringify([...args].sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${destination} ${table} ${routingKey}`;
}

/** An `x-delayed-message` exchange routes like the type that its argument names. */
export function matchedAs({ type, arguments: args }: ExchangeSettings): ExchangeType {
  if (type !== "x-delayed-message") return type;
  return exchangeTypes.find((kind) => kind === args?.get("x-delayed-type")) ?? "direct";
}

function matcher(
  type: Exclude<ExchangeType, "x-consistent-hash">,
  rules: readonly BindingRule[],
  draw: Draw,
): Match {
  switch (type) {
    case "direct": {
      const byKey = new Map<string, DestinationHandle[]>();
      for (const { routingKey, destination } of rules) {
        const same = byKey.get(routingKey);
        if (same === undefined) byKey.set(routingKey, [destination]);
        else same.push(destination);
      }
      return (keys) => keys.flatMap((key) => byKey.get(key) ?? []);
    }
    case "fanout":
    case "x-recent-history": {
      const all = new Set(rules.map((rule) => rule.destination));
      return () => all;
    }
    case "topic": {
      const trie = new TopicTrie();
      for (const { routingKey, destination } of rules) trie.add(routingKey, destination);
      return (keys) =>
        keys.length === 1 ? trie.match(keys[0]!) : keys.flatMap((key) => [...trie.match(key)]);
    }
    case "headers":
      return (_, headers) =>
        rules.filter((rule) => headersMatch(rule.arguments, headers)).map((rule) => rule.destination);
    case "x-random":
    case "x-local-random":
      return () => (rules.length === 0 ? [] : [rules[draw(rules.length)]!.destination]);
    case "x-delayed-message":
      return () => [];
    default:
      return assertNever(type);
  }
}

/** As many for each destination as its first binding weighs, in the order of binding: up to `end`, without it. */
function bucketsOf(rules: readonly BindingRule[]): { destination: DestinationHandle; end: number }[] {
  const seen = new Set<DestinationHandle>();
  const shares: { destination: DestinationHandle; end: number }[] = [];
  for (const { destination, routingKey } of rules) {
    if (seen.has(destination)) continue;
    seen.add(destination);
    shares.push({ destination, end: (shares.at(-1)?.end ?? 0) + Number(routingKey) });
  }
  return shares;
}
