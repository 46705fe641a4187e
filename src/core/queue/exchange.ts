import { exchangeTypes, type ExchangeType, type FieldTable } from "../model/topology.ts";
import { assertNever } from "../sim/invariant.ts";
import { bucketOf } from "./consistent-hash.ts";
import type { HeaderTable, HeaderValue } from "./content.ts";
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
  private rules: BindingRule[] = [];
  /** By destination and routing key; filled by the first binding that is added. */
  private known: Map<string, BindingRule[]> | undefined = undefined;
  private match: Match | undefined = undefined;

  constructor(handle: number, settings: ExchangeSettings, draw: Draw) {
    this.handle = handle;
    this.settings = settings;
    this.draw = draw;
  }

  get bindings(): readonly BindingRule[] {
    return this.rules;
  }

  set bindings(rules: readonly BindingRule[]) {
    this.rules = [...rules];
    this.known = undefined;
    this.match = undefined;
  }

  get alternate(): string | undefined {
    return this.settings.alternate ?? this.policyAlternate;
  }

  /** False where the same is bound already. */
  add(rule: BindingRule): boolean {
    if (this.known === undefined) {
      this.known = new Map();
      for (const one of this.rules) this.alike(one).push(one);
    }
    const alike = this.alike(rule);
    if (alike.some((one) => sameRule(one, rule))) return false;
    alike.push(rule);
    this.rules.push(rule);
    this.match = undefined;
    return true;
  }

  private alike({ destination, routingKey }: BindingRule): BindingRule[] {
    const place = `${destination} ${routingKey}`;
    const known = this.known!.get(place);
    if (known !== undefined) return known;
    const alike: BindingRule[] = [];
    this.known!.set(place, alike);
    return alike;
  }

  /** Whether two messages with the same keys and headers may take different ways. */
  get drawsLots(): boolean {
    return this.settings.type === "x-random" || this.settings.type === "x-local-random";
  }

  /** What its bindings lead to for this message, a destination once for each binding that matches or once. */
  destinations(routingKeys: readonly string[], headers: HeaderTable): Iterable<DestinationHandle> {
    this.match ??= matcher(matchedAs(this.settings), this.rules, this.settings, this.draw);
    return this.match(routingKeys, headers);
  }
}

export function sameRule(a: BindingRule, b: BindingRule): boolean {
  return (
    a.destination === b.destination && a.routingKey === b.routingKey && sameTable(a.arguments, b.arguments)
  );
}

function sameTable(a: FieldTable, b: FieldTable): boolean {
  return a.size === b.size && [...a].every(([name, value]) => b.has(name) && b.get(name) === value);
}

type Match = (routingKeys: readonly string[], headers: HeaderTable) => Iterable<DestinationHandle>;

/** An `x-delayed-message` exchange routes like the type that its argument names. */
export function matchedAs({ type, arguments: args }: ExchangeSettings): ExchangeType {
  if (type !== "x-delayed-message") return type;
  return exchangeTypes.find((kind) => kind === args?.get("x-delayed-type")) ?? "direct";
}

function matcher(
  type: ExchangeType,
  rules: readonly BindingRule[],
  settings: ExchangeSettings,
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
      return (keys) => keys.flatMap((key) => [...trie.match(key)]);
    }
    case "headers":
      return (_, headers) =>
        rules.filter((rule) => headersMatch(rule.arguments, headers)).map((rule) => rule.destination);
    case "x-random":
    case "x-local-random":
      return () => (rules.length === 0 ? [] : [rules[draw(rules.length)]!.destination]);
    case "x-consistent-hash": {
      const buckets = bucketsOf(rules);
      const header = settings.arguments?.get("hash-header");
      return (keys, headers) => {
        if (buckets.length === 0) return [];
        const key = typeof header === "string" ? hashed(headers.get(header)) : keys[0]!;
        return [buckets[bucketOf(key, buckets.length)]!];
      };
    }
    case "x-delayed-message":
      return () => [];
    default:
      return assertNever(type);
  }
}

/** As many for each destination as its first binding weighs, in the order of binding. */
function bucketsOf(rules: readonly BindingRule[]): DestinationHandle[] {
  const weights = new Map<DestinationHandle, number>();
  for (const { destination, routingKey } of rules)
    if (!weights.has(destination)) weights.set(destination, Number(routingKey));
  return [...weights].flatMap(([destination, weight]) =>
    new Array<DestinationHandle>(weight).fill(destination),
  );
}

function hashed(value: HeaderValue | undefined): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? null);
}
