import { at, entriesOf, textOf, type Entry, type ListTree, type Tree } from "../parse/tree.ts";
import type { Span } from "../text/span.ts";
import type { ThingKind } from "./named-things.ts";

/** A line of the outline. */
export interface OutlineItem {
  readonly name: string;
  readonly detail: string;
  readonly kind: ThingKind | "section" | "binding" | "flow" | "expectation" | "event" | "value";
  readonly span: Span;
  /** The name's own place, within `span`. */
  readonly at: Span;
  readonly children: readonly OutlineItem[];
}

const namedSections: Readonly<Record<string, ThingKind>> = {
  "kafka.topics": "topic",
  "rabbitmq.exchanges": "exchange",
  "rabbitmq.queues": "queue",
  producers: "producer",
  consumers: "consumer",
};

/** The file's sections and what they name, in the order of the text. */
export function outline(tree: Tree | undefined): OutlineItem[] {
  return [...entriesOf(tree)].map((entry) => section(entry, entry.key.text));
}

function section(entry: Entry, path: string): OutlineItem {
  const { value } = entry;
  const kind = Object.hasOwn(namedSections, path) ? namedSections[path] : undefined;
  if (value.kind === "scalar") return item(entry, "value", textOf(value) ?? "", []);
  if (value.kind === "list") return item(entry, "section", "", listed(value, path));
  if (kind !== undefined)
    return item(
      entry,
      "section",
      "",
      [...value.entries.values()].map((thing) => named(thing, kind)),
    );
  if (path === "rabbitmq.vhosts")
    return item(
      entry,
      "section",
      "",
      [...value.entries.values()].map((host) => section(host, "rabbitmq.vhosts.*")),
    );
  if (path === "kafka" || path === "rabbitmq" || path === "rabbitmq.vhosts.*")
    return item(
      entry,
      "section",
      textOf(at(value, "version")) ?? "",
      [...value.entries.values()].map((part) =>
        section(part, `${path.replace(".vhosts.*", "")}.${part.key.text}`),
      ),
    );
  return item(entry, "section", summary(value), []);
}

function named(entry: Entry, kind: ThingKind): OutlineItem {
  const { value } = entry;
  const flows = [...entriesOf(at(value, "flows"))].map((flow) => item(flow, "flow", summary(flow.value), []));
  return item(entry, kind, summary(value), [...flows, ...inputsOf(value)]);
}

/** What a consumer of several sources reads. */
function inputsOf(consumer: Tree): OutlineItem[] {
  const inputs = at(consumer, "inputs");
  if (inputs?.kind !== "list") return [];
  return inputs.items.map((input) => {
    const { span } = input;
    return { name: summary(input) || "—", detail: "", kind: "flow", span, at: span, children: [] };
  });
}

/** What tells one thing from the other at a glance. */
function summary(value: Tree): string {
  const words: string[] = [];
  for (const key of ["type", "topic", "exchange", "queue", "rate", "group", "partitions", "duration"]) {
    const text = textOf(at(value, key));
    if (text !== undefined) words.push(key === "partitions" ? `${text} partitions` : text);
  }
  return words.join(" · ");
}

function listed(list: ListTree, path: string): OutlineItem[] {
  return list.items.map((entry) => {
    const [name, kind] = titleOf(entry, path);
    return {
      name: name === "" ? "—" : name,
      detail: "",
      kind,
      span: entry.span,
      at: entry.span,
      children: [],
    };
  });
}

function titleOf(entry: Tree, path: string): [string, OutlineItem["kind"]] {
  const text = (...keys: readonly string[]): string => textOf(at(entry, ...keys)) ?? "";
  if (path === "rabbitmq.bindings")
    return [`${text("source")} → ${text("destination")} ${text("routing_key")}`.trim(), "binding"];
  const scope = [...entriesOf(at(entry, "of"))].map(({ value }) => textOf(value) ?? "").join(" ");
  if (path === "expect") return [`${text("metric")} ${scope}`.trim(), "expectation"];
  if (path !== "timeline") return [textOf(entry) ?? "", "value"];
  const action =
    [...entriesOf(entry)].find(({ key }) => key.text !== "at" && key.text !== "for")?.key.text ?? "";
  return [`${text("at")} ${action}`.trim(), "event"];
}

function item(
  { key, value }: Entry,
  kind: OutlineItem["kind"],
  detail: string,
  children: readonly OutlineItem[],
): OutlineItem {
  const end = Math.max(key.span.end, value.span.end, ...children.map(({ span }) => span.end));
  const name = key.text === "" ? "—" : key.text;
  return { name, detail, kind, span: { start: key.span.start, end }, at: key.span, children };
}
