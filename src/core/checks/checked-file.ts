import { at, textOf, type Tree } from "../parse/tree.ts";
import type { Fix, Problem } from "../problems/problem.ts";
import { placeOf, readings } from "../model/readings.ts";
import type { Consumer, Flow, Producer, Queue, Topology } from "../model/topology.ts";
import { policyRule } from "../queue/policies.ts";
import type { Path } from "../text/path.ts";
import type { Name, Span } from "../text/span.ts";
import { RoutedMessages } from "./routed-messages.ts";
import { hostedPath, TreeEdits } from "./tree-edits.ts";
import { writtenPolicies } from "./written-policies.ts";

/** What the checks go by: what the parser read, and what it found wrong with it. */
export interface ReadFile {
  readonly topology: Topology;
  readonly tree: Tree | undefined;
  readonly problems: readonly Problem[];
}

export type Section = "kafka" | "rabbitmq" | "producers" | "consumers";

/** A parsed file as the checks see it: the model, where its words stand, and what several checks ask of it. */
export class CheckedFile {
  readonly topology: Topology;
  readonly edits: TreeEdits;
  readonly flows: readonly SentFlow[];
  private readonly told = new Map<Section, boolean>();
  private readonly tree: Tree | undefined;
  private readonly errors: readonly Span[];
  private routed: RoutedMessages | undefined = undefined;
  private writers: ReadonlyMap<string, readonly SentFlow[]> | undefined = undefined;
  private members: ReadonlyMap<string, readonly LogReader[]> | undefined = undefined;

  constructor({ topology, tree, problems }: ReadFile, text: string) {
    this.topology = topology;
    this.tree = tree;
    this.edits = new TreeEdits(text, tree);
    this.errors = problems
      .filter((found) => found.severity === "error" && !isPlannedSetting(found, tree))
      .map(({ span }) => span);
    this.flows = [...sentFlows(this)];
  }

  /** The value at a path from the top of the file. */
  at(...path: Path): Tree | undefined {
    let found = this.tree;
    for (const step of hostedPath(path, this.tree))
      found =
        typeof step === "string" ? at(found, step) : found?.kind === "list" ? found.items[step] : undefined;
    return found;
  }

  /** Where the key at the end of the path stands. */
  key(...path: readonly string[]): Span | undefined {
    const hosted = hostedPath(path, this.tree);
    const holder = this.at(...hosted.slice(0, -1));
    return holder?.kind === "map" ? holder.entries.get(String(hosted.at(-1) ?? ""))?.key.span : undefined;
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

  /** Whether the file has producers, and whoever else sends anything could be read. */
  get tellsSenders(): boolean {
    return this.tells("producers") && (this.at("consumers") === undefined || this.tells("consumers"));
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
    return (this.routed ??= new RoutedMessages(rabbitmq, this.flows));
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
    this.members ??= grouped(readings(this.topology).filter(readsLog), ({ from }) => from.group.text);
    return this.members;
  }

  /** Where a queue's argument stands (without its `x-`), or else what a policy says in its place, or the queue's name. */
  placeOfRule({ name, vhost }: Queue, key: string, part: "key" | "value"): Span {
    const own = ["rabbitmq", "queues", name.text, "arguments", `x-${key}`];
    const source = this.routing?.rulesOf(name.text)?.source(key) ?? "";
    const policies = [...writtenPolicies(this.topology.rabbitmq!)];
    const by = policies.find(
      ({ policy, byOperator }) =>
        policy.vhost === vhost && source === policyRule(key, policy.name.text, byOperator),
    );
    const path = by === undefined ? own : [...by.path, "definition", key];
    return (part === "key" ? this.key(...path) : this.at(...path)?.span) ?? name.span;
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

/** What brokers are given beside the things that the model is made of. */
const settings: ReadonlySet<string> = new Set(["arguments", "config", "definition", "version"]);

/** Whether the engine alone lacks it: the thing that a broker's setting is about is in the model all the same. */
function isPlannedSetting({ code, span }: Problem, tree: Tree | undefined): boolean {
  if (code !== "not-simulated-yet") return false;
  for (const section of ["kafka", "rabbitmq"]) {
    let found = at(tree, section);
    while (found?.kind === "map") {
      const entry = [...found.entries.values()].find(
        ({ key, value }) =>
          key.span.start <= span.start && span.end <= Math.max(key.span.end, value.span.end),
      );
      if (entry !== undefined && settings.has(entry.key.text)) return true;
      found = entry?.value;
    }
  }
  return false;
}

/** What a producer or a consumer sends, and the places of its words: a flow's own keys, else those of its producer. */
export class SentFlow {
  readonly owner: Producer | Consumer;
  readonly flow: Flow;
  /** What a consumer sends on has the key of what it reads. */
  readonly sameKey: boolean;
  private readonly own: Path;
  private readonly shared: Path;
  private readonly file: CheckedFile;

  constructor(
    file: CheckedFile,
    of: { owner: Producer | Consumer; flow: Flow; sameKey: boolean; own: Path; shared: Path },
  ) {
    this.file = file;
    this.owner = of.owner;
    this.flow = of.flow;
    this.sameKey = of.sameKey;
    this.own = of.own;
    this.shared = of.shared;
  }

  get name(): Name {
    return this.flow.name;
  }

  /** Whether Kafka's Java client sends it. */
  get isJava(): boolean {
    return (textOf(this.at("client")) ?? "java") === "java";
  }

  /** The path of a key: that of the map which has its first step, or of the flow's own map where neither has. */
  path(...path: readonly [string, ...string[]]): Path {
    if (this.file.at(...this.own) === undefined) return [...this.shared, ...path];
    const isShared =
      this.file.at(...this.own, path[0]) === undefined && this.file.at(...this.shared, path[0]) !== undefined;
    return [...(isShared ? this.shared : this.own), ...path];
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

function* sentFlows(file: CheckedFile): Iterable<SentFlow> {
  for (const owner of file.topology.producers.values()) {
    const shared = ["producers", owner.name.text];
    for (const flow of owner.flows)
      yield new SentFlow(file, {
        owner,
        flow,
        sameKey: false,
        own: [...shared, "flows", flow.name.text],
        shared,
      });
  }
  for (const reading of readings(file.topology)) {
    const owner = file.topology.consumers.get(reading.name.text)!;
    const sends = file.at("consumers", owner.name.text, "sends");
    const items = sends?.kind === "list" ? sends.items : [];
    for (const { flow, sameKey } of reading.sends) {
      const { start } = flow.to.name.span;
      const first = owner.sends.find(({ flow: { to } }) => to.name.span.start === start)?.flow;
      // What it sends on is the same for all that it reads, but for each input's client and the routing keys that there are.
      if (reading !== owner && first !== undefined && goesAlike(flow, first)) continue;
      const index = items.findIndex(({ span }) => span.start <= start && start <= span.end);
      const own = ["consumers", owner.name.text, "sends", index];
      yield new SentFlow(file, { owner, flow, sameKey, own, shared: placeOf(reading) });
    }
  }
}

/** Whether its keys lead where those of the other do. */
function goesAlike({ to, key, kafka, rabbitmq }: Flow, other: Flow): boolean {
  if (to.kind === "exchange") return rabbitmq.routingKey.kind === other.rabbitmq.routingKey.kind;
  if (to.kind !== "topic" || key.kind === "none") return true;
  return kafka.ignoreKeys === other.kafka.ignoreKeys && kafka.roundRobin === other.kafka.roundRobin;
}
