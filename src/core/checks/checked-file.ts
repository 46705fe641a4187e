import { at, textOf, type MapTree, type Tree } from "../parse/tree.ts";
import type { Fix, Problem } from "../problems/problem.ts";
import type { Consumer, Flow, Producer, Topology } from "../model/topology.ts";
import type { Name, Span } from "../text/span.ts";
import { knowsRelease } from "../queue/release.ts";
import { RoutedMessages } from "./routed-messages.ts";
import { TreeEdits } from "./tree-edits.ts";

/** Whose rules are taken where those of the file's version are not known. */
const newestRelease = "4.1";

/** What the checks go by: what the parser read, and what it found wrong with it. */
export interface ReadFile {
  readonly topology: Topology;
  readonly tree: Tree | undefined;
  readonly problems: readonly Problem[];
}

export type Section = "kafka" | "rabbitmq" | "producers" | "consumers";

type Path = readonly (string | number)[];

/** A parsed file as the checks see it: the model, where its words stand, and what several checks ask of it. */
export class CheckedFile {
  readonly topology: Topology;
  readonly edits: TreeEdits;
  readonly flows: readonly SentFlow[];
  private readonly told = new Map<Section, boolean>();
  private readonly tree: Tree | undefined;
  private readonly errors: readonly Span[];
  private routed: RoutedMessages | undefined;
  private writers: ReadonlyMap<string, readonly SentFlow[]> | undefined;
  private members: ReadonlyMap<string, readonly LogReader[]> | undefined;

  constructor({ topology, tree, problems }: ReadFile, text: string) {
    this.topology = topology;
    this.tree = tree;
    this.edits = new TreeEdits(text, tree);
    this.errors = problems.filter(({ severity }) => severity === "error").map(({ span }) => span);
    this.flows = [...topology.producers.values()].flatMap((producer) =>
      producer.flows.map((flow) => new SentFlow(producer, flow, this)),
    );
  }

  /** The value at a path from the top of the file. */
  at(...path: Path): Tree | undefined {
    let found = this.tree;
    for (const step of path)
      found =
        typeof step === "string" ? at(found, step) : found?.kind === "list" ? found.items[step] : undefined;
    return found;
  }

  /** Where the key at the end of the path stands. */
  key(...path: readonly string[]): Span | undefined {
    const holder = this.at(...path.slice(0, -1));
    return holder?.kind === "map" ? holder.entries.get(path.at(-1) ?? "")?.key.span : undefined;
  }

  /**
   * Whether the section is there, and all of it in the model: only then it can be told what nothing in it does. What
   * could not be read has been reported, and would be reported a second time for what seems to be missing.
   */
  tells(section: Section): boolean {
    let tells = this.told.get(section);
    if (tells === undefined) this.told.set(section, (tells = this.isSound(section)));
    return tells;
  }

  /** Whether what stands at the path is there and could be read throughout. */
  isSound(...path: Path): boolean {
    const tree = this.at(...path);
    if (tree === undefined || (tree.kind === "scalar" && tree.value === null)) return false;
    const { start, end } = tree.span;
    return this.errors.every((error) => error.end < start || error.start > end);
  }

  /** Where messages go, by the engine's own rules; undefined without RabbitMQ. */
  get routing(): RoutedMessages | undefined {
    const { rabbitmq } = this.topology;
    if (rabbitmq === undefined) return undefined;
    const version = knowsRelease(rabbitmq.version) ? rabbitmq.version : newestRelease;
    return (this.routed ??= new RoutedMessages({ ...rabbitmq, version }, this.flows));
  }

  /** The flows that write to a topic. */
  writersOf(topic: string): readonly SentFlow[] {
    this.writers ??= grouped(
      this.flows.filter(({ flow }) => flow.to.kind === "topic"),
      ({ flow }) => flow.to.name.text,
    );
    return this.writers.get(topic) ?? [];
  }

  /** The consumers of each group. */
  get groups(): ReadonlyMap<string, readonly LogReader[]> {
    this.members ??= grouped(
      [...this.topology.consumers.values()].filter(readsLog),
      ({ from }) => from.group.text,
    );
    return this.members;
  }

  set(title: string, path: Path, value: string): Fix[] {
    const edits = this.edits.set(path, value);
    return edits.length === 0 ? [] : [{ title, edits }];
  }
}

export type LogReader = Consumer & { readonly from: { readonly kind: "log" } };
export type QueueReader = Consumer & { readonly from: { readonly kind: "queue" } };

function grouped<T>(things: readonly T[], nameOf: (thing: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const thing of things) {
    const name = nameOf(thing);
    const known = groups.get(name);
    if (known === undefined) groups.set(name, [thing]);
    else known.push(thing);
  }
  return groups;
}

export function readsLog(consumer: Consumer): consumer is LogReader {
  return consumer.from.kind === "log";
}

export function readsQueue(consumer: Consumer): consumer is QueueReader {
  return consumer.from.kind === "queue";
}

/** A flow with its producer, and the places of its words: a flow's own keys, else those of its producer. */
export class SentFlow {
  readonly producer: Producer;
  readonly flow: Flow;
  private readonly file: CheckedFile;

  constructor(producer: Producer, flow: Flow, file: CheckedFile) {
    this.producer = producer;
    this.flow = flow;
    this.file = file;
  }

  get name(): Name {
    return this.flow.name;
  }

  /** Whether Kafka's Java client sends it. */
  get isJava(): boolean {
    return (textOf(this.at("client")) ?? "java") === "java";
  }

  /** The path of a key: that of the map which has its first step, or of the flow's own map where neither has. */
  path(...path: readonly [string, ...string[]]): string[] {
    const producer = ["producers", this.producer.name.text];
    const own = [...producer, "flows", this.flow.name.text];
    const ownMap = this.file.at(...own) as MapTree | undefined;
    if (ownMap === undefined) return [...producer, ...path];
    if (at(ownMap, path[0]) !== undefined || at(this.file.at(...producer), path[0]) === undefined)
      return [...own, ...path];
    return [...producer, ...path];
  }

  at(...path: readonly [string, ...string[]]): Tree | undefined {
    return this.file.at(...this.path(...path));
  }

  /** Where the value stands, or else the name of the flow. */
  place(...path: readonly [string, ...string[]]): Span {
    return this.at(...path)?.span ?? this.name.span;
  }

  set(title: string, path: readonly [string, ...string[]], value: string): Fix[] {
    return this.file.set(title, this.path(...path), value);
  }
}
