import { scopeOf } from "../model/topology.ts";
import type { Parsed } from "../parse/parse.ts";
import type { Reference } from "../parse/form.ts";
import { at, entriesOf, nameOf, textOf, type Tree } from "../parse/tree.ts";
import type { Name, Span } from "../text/span.ts";

export type ThingKind = "topic" | "exchange" | "queue" | "producer" | "consumer" | "group";

/** A place where something is named: where it is declared, or where it is referred to. */
export interface Naming {
  readonly kind: ThingKind;
  /** Of a thing in a virtual host with its name before it. */
  readonly text: string;
  readonly span: Span;
  readonly declares: boolean;
  /** What of the text is not written at this place, since it stands inside the virtual host. */
  readonly scope: string;
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
  const declare = (kind: ThingKind, scope: string, things: Tree | undefined): void => {
    for (const { key } of entriesOf(things)) {
      const text = scope + key.text;
      declared.add(`${kind} ${text}`);
      found.push({ kind, text, span: key.span, declares: true, scope });
    }
  };
  for (const [kind, path] of sections) declare(kind, "", at(tree, ...path));
  for (const { key, value } of entriesOf(at(tree, "rabbitmq", "vhosts"))) {
    declare("exchange", scopeOf(key.text), at(value, "exchanges"));
    declare("queue", scopeOf(key.text), at(value, "queues"));
  }
  for (const group of groups(at(tree, "consumers")))
    found.push({ kind: "group", ...group, declares: true, scope: "" });
  const knows = (kind: ThingKind, text: string): boolean => declared.has(`${kind} ${text}`);
  for (const reference of references) {
    const kind = kindOf(reference, knows);
    const { name, scope } = reference;
    if (kind !== undefined)
      found.push({ kind, text: scope + name.text, span: name.span, declares: false, scope });
  }
  const hosts = [...entriesOf(at(tree, "rabbitmq", "vhosts"))];
  for (const [scope, host] of [
    ["", at(tree, "rabbitmq")] as const,
    ...hosts.map(({ key, value }) => [scopeOf(key.text), value] as const),
  ])
    for (const [kind, { text, span }] of inSettings(host))
      found.push({ kind, text: scope + text, span, declares: false, scope });
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
function* inSettings(host: Tree | undefined): Iterable<[ThingKind, Name]> {
  const holders = [
    ...[...entriesOf(at(host, "queues"))].map(({ value }) => at(value, "arguments")),
    ...[...entriesOf(at(host, "exchanges"))].map(({ value }) => at(value, "arguments")),
    ...[...entriesOf(at(host, "policies"))].map(({ value }) => at(value, "definition")),
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

/** What the cursor is about: the thing that is named there, else the one whose entry it stands in. */
export function thingAt(parsed: Parsed, offset: number): Pick<Naming, "kind" | "text"> | undefined {
  const named = namingAt(namings(parsed), offset);
  if (named !== undefined) return named;
  const within = (kind: ThingKind, scope: string, things: Tree | undefined) => {
    for (const { key, value } of entriesOf(things))
      if (key.span.start <= offset && offset <= value.span.end) return { kind, text: scope + key.text };
    return undefined;
  };
  for (const [kind, path] of sections) {
    const found = within(kind, "", at(parsed.tree, ...path));
    if (found !== undefined) return found;
  }
  for (const { key, value } of entriesOf(at(parsed.tree, "rabbitmq", "vhosts"))) {
    const scope = scopeOf(key.text);
    const found =
      within("exchange", scope, at(value, "exchanges")) ?? within("queue", scope, at(value, "queues"));
    if (found !== undefined) return found;
  }
  return undefined;
}

export function sameThing(all: readonly Naming[], { kind, text }: Naming): Naming[] {
  return all.filter((one) => one.kind === kind && one.text === text);
}
