import type { ExchangeType, FieldTable } from "../model/topology.ts";
import { assertNever } from "../sim/invariant.ts";
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
}

/** An exchange with what is bound to it; an index by its type is built at the first message after a change. */
export class BoundExchange {
  readonly handle: number;
  readonly settings: ExchangeSettings;
  private rules: readonly BindingRule[] = [];
  private match: ((routingKey: string, headers: FieldTable) => Iterable<DestinationHandle>) | undefined;

  constructor(handle: number, settings: ExchangeSettings) {
    this.handle = handle;
    this.settings = settings;
  }

  get bindings(): readonly BindingRule[] {
    return this.rules;
  }

  set bindings(rules: readonly BindingRule[]) {
    this.rules = rules;
    this.match = undefined;
  }

  /** What its bindings lead to for this message, a destination once for each binding that matches or once. */
  destinations(routingKey: string, headers: FieldTable): Iterable<DestinationHandle> {
    return (this.match ??= matcher(this.settings.type, this.rules))(routingKey, headers);
  }
}

function matcher(type: ExchangeType, rules: readonly BindingRule[]) {
  switch (type) {
    case "direct": {
      const byKey = new Map<string, DestinationHandle[]>();
      for (const { routingKey, destination } of rules) {
        const same = byKey.get(routingKey);
        if (same === undefined) byKey.set(routingKey, [destination]);
        else same.push(destination);
      }
      return (routingKey: string) => byKey.get(routingKey) ?? [];
    }
    case "fanout": {
      const all = new Set(rules.map((rule) => rule.destination));
      return () => all;
    }
    case "topic": {
      const trie = new TopicTrie();
      for (const { routingKey, destination } of rules) trie.add(routingKey, destination);
      return (routingKey: string) => trie.match(routingKey);
    }
    case "headers":
      return (_: string, headers: FieldTable) =>
        rules.filter((rule) => headersMatch(rule.arguments, headers)).map((rule) => rule.destination);
    default:
      return assertNever(type);
  }
}
