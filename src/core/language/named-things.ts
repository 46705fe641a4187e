import type { Parsed } from "../parse/parse.ts";
import type { Reference } from "../parse/form.ts";
import { at, entriesOf, nameOf, textOf, type Tree } from "../parse/tree.ts";
import type { Name, Span } from "../text/span.ts";

export type ThingKind = "topic" | "exchange" | "queue" | "producer" | "consumer" | "group";

/** A place where something is named: where it is declared, or where it is referred to. */
export interface Naming {
  readonly kind: ThingKind;
  readonly text: string;
  readonly span: Span;
  readonly declares: boolean;
}

const sections: readonly (readonly [ThingKind, readonly string[]])[] = [
  ["topic", ["kafka", "topics"]],
  ["exchange", ["rabbitmq", "exchanges"]],
  ["queue", ["rabbitmq", "queues"]],
  ["producer", ["producers"]],
  ["consumer", ["consumers"]],
];

/** Every place where one of the file's things is named, in the order of the text. */
export function namings({ tree, references }: Parsed): Naming[] {
  const found: Naming[] = [];
  const declared = new Set<string>();
  for (const [kind, path] of sections)
    for (const { key } of entriesOf(at(tree, ...path))) {
      declared.add(`${kind} ${key.text}`);
      found.push({ kind, ...key, declares: true });
    }
  for (const group of groups(at(tree, "consumers"))) found.push({ kind: "group", ...group, declares: true });
  const knows = (kind: ThingKind, text: string): boolean => declared.has(`${kind} ${text}`);
  for (const reference of references) {
    const kind = kindOf(reference, knows);
    if (kind !== undefined) found.push({ kind, ...reference.name, declares: false });
  }
  for (const [kind, name] of inSettings(tree)) found.push({ kind, ...name, declares: false });
  return distinct(found);
}

function kindOf({ kind, name, holder }: Reference, knows: (kind: ThingKind, text: string) => boolean) {
  switch (kind) {
    case "topic":
    case "exchange":
    case "queue":
    case "producer":
    case "consumer":
    case "group":
      return kind;
    case "reply-queue":
      return "queue";
    case "binding-destination":
      return textOf(at(holder, "destination_type")) === "exchange" ? "exchange" : "queue";
    case "application":
      return knows("producer", name.text) ? "producer" : "consumer";
    case "topic-or-queue":
      return knows("topic", name.text) ? "topic" : "queue";
    default:
      return undefined;
  }
}

function* groups(consumers: Tree | undefined): Iterable<Name> {
  for (const { value } of entriesOf(consumers)) {
    const inputs = at(value, "inputs");
    for (const holder of [value, ...(inputs?.kind === "list" ? inputs.items : [])])
      for (const key of ["group", "shareGroup"]) {
        const group = nameOf(at(holder, key));
        if (group !== undefined) yield group;
      }
  }
}

/** Names of exchanges and queues in arguments and policies, which the format takes as the broker's own texts. */
function* inSettings(tree: Tree | undefined): Iterable<[ThingKind, Name]> {
  const rabbitmq = at(tree, "rabbitmq");
  const holders = [
    ...[...entriesOf(at(rabbitmq, "queues"))].map(({ value }) => at(value, "arguments")),
    ...[...entriesOf(at(rabbitmq, "exchanges"))].map(({ value }) => at(value, "arguments")),
    ...[...entriesOf(at(rabbitmq, "policies"))].map(({ value }) => at(value, "definition")),
  ];
  for (const holder of holders) {
    for (const key of ["x-dead-letter-exchange", "dead-letter-exchange", "alternate-exchange"]) {
      const exchange = nameOf(at(holder, key));
      if (exchange !== undefined && exchange.text !== "") yield ["exchange", exchange];
      // By the default exchange the routing key is a queue's name.
      if (exchange?.text !== "") continue;
      const prefix = key.slice(0, -"exchange".length);
      const queue = nameOf(at(holder, `${prefix}routing-key`));
      if (queue !== undefined) yield ["queue", queue];
    }
  }
}

function distinct(found: readonly Naming[]): Naming[] {
  const byPlace = new Map(found.toReversed().map((naming) => [naming.span.start, naming]));
  return [...byPlace.values()].sort((a, b) => a.span.start - b.span.start);
}

/** The naming that a cursor stands in or at the end of. */
export function namingAt(all: readonly Naming[], offset: number): Naming | undefined {
  return all.find(({ span }) => span.start <= offset && offset <= span.end);
}

export function sameThing(all: readonly Naming[], { kind, text }: Naming): Naming[] {
  return all.filter((one) => one.kind === kind && one.text === text);
}
