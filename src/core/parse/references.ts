import { listed, problem, replace } from "../problems/catalogue.ts";
import type { Fix, Problem } from "../problems/problem.ts";
import { nearest } from "../text/nearest.ts";
import type { Reference } from "./form.ts";
import type { Names } from "./names.ts";
import { creation } from "./creation.ts";
import { at, shortened, textOf } from "./tree.ts";
import { quantityOf } from "./value-read.ts";

/** Each nearest name costs a comparison with every name. */
const nearestMax = 200;

/** Reports what refers to something that the file does not name. */
export function* checkReferences(
  references: readonly Reference[],
  names: Names,
  text: string,
): Iterable<Problem> {
  const resolver = new Resolver(names, text);
  const seen = new Set<string>();
  for (const reference of references) {
    const found = resolver.check(reference);
    if (found === undefined) continue;
    // An alias brings the same place along once more.
    const place = `${found.span.start} ${found.message}`;
    if (!seen.has(place)) yield found;
    seen.add(place);
  }
}

interface Named {
  readonly word: string;
  readonly names: ReadonlySet<string>;
  readonly more?: readonly string[];
}

class Resolver {
  private readonly names: Names;
  private readonly text: string;
  private compared = 0;

  constructor(names: Names, text: string) {
    this.names = names;
    this.text = text;
  }

  check(reference: Reference): Problem | undefined {
    const named = this.named(reference);
    if (named !== undefined) return this.byName(reference, named);
    const count = this.count(reference);
    return count === undefined ? undefined : this.byNumber(reference, count.word, count.count);
  }

  private named({ kind, name, holder }: Reference): Named | undefined {
    const { topics, exchanges, queues, producers, consumers, groups } = this.names;
    const exchange = { word: "exchange", names: exchanges, more: this.names.predeclared };
    switch (kind) {
      case "topic":
        return { word: "topic", names: topics };
      case "exchange":
        return exchange;
      case "queue":
        return { word: "queue", names: queues };
      case "reply-queue":
        return name.text === "amq.rabbitmq.reply-to" ? undefined : { word: "queue", names: queues };
      case "binding-destination":
        return textOf(at(holder, "destination_type")) === "exchange"
          ? exchange
          : { word: "queue", names: queues };
      case "group":
        return { word: "group", names: groups };
      case "producer":
        return { word: "producer", names: producers };
      case "consumer":
        return { word: "consumer", names: consumers };
      case "application":
        return { word: "producer or consumer", names: new Set([...producers, ...consumers]) };
      case "topic-or-queue":
        return { word: "topic or queue", names: new Set([...topics, ...queues]) };
      default:
        return undefined;
    }
  }

  private byName(reference: Reference, { word, names: all, more = [] }: Named): Problem | undefined {
    const { name, scope } = reference;
    if (all.has(scope + name.text) || more.includes(scope + name.text)) return undefined;
    const names = within(scope, all);
    const near =
      this.compared++ < nearestMax ? nearest(name.text, [...names, ...within(scope, more)]) : undefined;
    const fixes: Fix[] = near === undefined ? [] : [replace(`Change to ${near}`, name.span, near)];
    const create = creation(word, scope + name.text, this.names, this.text);
    if (create !== undefined) fixes.push(create);
    const known =
      names.size === 0
        ? `Name it under \`${sections[word] ?? word}\` first.`
        : `Known: ${listed([...names].map(shortened))}.`;
    return problem(
      "unknown-reference",
      name.span,
      { kind: word, name: shortened(name.text), nearest: near, known },
      fixes,
    );
  }

  private count({ kind, holder }: Reference): { word: string; count: number } | undefined {
    const { brokers, nodes, controllers } = this.names;
    if (kind === "broker") return { word: "broker", count: brokers };
    if (kind === "node") return { word: "node", count: nodes };
    if (kind === "controller") return { word: "controller", count: controllers };
    if (kind !== "instance") return undefined;
    for (const [key, section] of [
      ["consumer", "consumers"],
      ["producer", "producers"],
    ] as const) {
      const owner = textOf(at(holder, key));
      if (owner === undefined) continue;
      const thing = at(this.names.root, section, owner);
      if (thing === undefined) return undefined;
      const instances = at(thing, "instances");
      const count = instances === undefined ? 1 : (quantityOf(instances, "count") ?? Infinity);
      return { word: "instance", count: Math.max(count, ...this.scalesOf(owner)) };
    }
    return undefined;
  }

  /** The instances that the timeline gives a consumer. */
  private scalesOf(consumer: string): number[] {
    const timeline = at(this.names.root, "timeline");
    if (timeline?.kind !== "list") return [];
    return timeline.items.flatMap((item) => {
      const scale = at(item, "scale");
      return textOf(at(scale, "consumer")) === consumer
        ? (quantityOf(at(scale, "instances"), "count") ?? [])
        : [];
    });
  }

  private byNumber({ name }: Reference, word: string, count: number): Problem | undefined {
    const number = Number(name.text);
    if (!Number.isInteger(number) || (number >= 1 && number <= count)) return undefined;
    const known =
      count === 0
        ? "There is none."
        : count === 1
          ? "There is 1 only, number 1."
          : `They are counted from 1 to ${count}.`;
    return problem("unknown-reference", name.span, {
      kind: word,
      name: name.text,
      nearest: undefined,
      known,
    });
  }
}

/** Names as they are written in a virtual host, or outside of all of them. */
function within(scope: string, names: Iterable<string>): Set<string> {
  return new Set(
    scope === ""
      ? names
      : [...names].flatMap((name) => (name.startsWith(scope) ? [name.slice(scope.length)] : [])),
  );
}

const sections: Readonly<Record<string, string>> = {
  topic: "kafka.topics",
  exchange: "rabbitmq.exchanges",
  queue: "rabbitmq.queues",
  producer: "producers",
  consumer: "consumers",
  group: "consumers",
};
