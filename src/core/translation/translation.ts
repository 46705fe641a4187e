import type { Expectation } from "../model/expectation.ts";
import { readings } from "../model/readings.ts";
import type { Topology } from "../model/topology.ts";
import { at, entriesOf, type Entry, type Tree } from "../parse/tree.ts";
import { writtenConsumer, writtenProducer, type HalfOf } from "./applications.ts";
import type { Half } from "./half.ts";
import { InputsApart } from "./inputs-apart.ts";
import { LogHalf } from "./log-half.ts";
import { Notes, type Note } from "./note.ts";
import { QueueHalf } from "./queue-half.ts";
import {
  copied,
  fileText,
  isList,
  isMap,
  mapOf,
  same,
  text,
  type Written,
  type WrittenMap,
} from "./written.ts";

/** The two broker models: Kafka's, and RabbitMQ's. */
export const brokerModels = ["log", "queues"] as const;
export type BrokerModel = (typeof brokerModels)[number];

/** The same workload in the other model. */
export interface Translation {
  /** A topology file, with the notes as comments at its top. */
  readonly text: string;
  /** What has no equal, or means less or more, in the order of the file that was translated. */
  readonly notes: readonly Note[];
  /** The models that its brokers are of now. */
  readonly to: readonly BrokerModel[];
}

/** What a file says, and how it is written. */
export interface ReadFile {
  readonly topology: Topology;
  readonly tree: Tree | undefined;
}

/** The models that a file uses. */
export function modelsOf({ kafka, rabbitmq, producers, consumers }: Topology): readonly BrokerModel[] {
  const flows = [...producers.values()].flatMap((producer) => producer.flows);
  const sent = readings({ consumers }).flatMap(({ sends }) => sends.map(({ flow }) => flow));
  const kinds = new Set([...flows, ...sent].map(({ to }) => (to.kind === "topic" ? "log" : "queues")));
  for (const { from } of readings({ consumers })) kinds.add(from.kind === "log" ? "log" : "queues");
  if ((kafka?.topics.size ?? 0) > 0) kinds.add("log");
  if ((rabbitmq?.queues.size ?? 0) > 0) kinds.add("queues");
  return brokerModels.filter((model) => kinds.has(model));
}

/**
 * A file that is free of errors in the other model: arrivals, keys, sizes, processing, seed and run to the letter, so that the
 * same messages are sent at the same times. With `to` all of it is brought into that model; without, each half of a file that
 * has both goes over to the other one. Undefined where there is nothing to bring over.
 */
export function translate(file: ReadFile, to?: BrokerModel): Translation | undefined {
  const models = modelsOf(file.topology).filter((model) => model !== to);
  const notes = new Notes();
  const inputs = new InputsApart(file, notes);
  const { topology, tree } = inputs;
  if (tree === undefined || models.length === 0) return undefined;
  const { kafka, rabbitmq } = topology;
  const fromLog = models.includes("log");
  const fromQueues = models.includes("queues");
  const log = fromLog && kafka ? new LogHalf(topology, kafka, tree, notes, !fromQueues) : undefined;
  const queues =
    fromQueues && rabbitmq ? new QueueHalf(topology, rabbitmq, tree, notes, !fromLog) : undefined;
  const halves = [log, queues].filter((half) => half !== undefined);
  for (const half of halves) half.tell();
  const halfOf: HalfOf = (kind) => halves.find((half) => half.owns(kind));
  const sections = new Map<string, Written>([["topology", "1"]]);
  const name = at(tree, "name");
  if (name !== undefined) sections.set("name", copied(name));
  const description = at(tree, "description");
  if (description !== undefined) sections.set("description", copied(description));
  put(sections, "kafka", merged(log === undefined ? at(tree, "kafka") : undefined, queues?.sections()));
  put(sections, "rabbitmq", merged(queues === undefined ? at(tree, "rabbitmq") : undefined, log?.sections()));
  put(
    sections,
    "producers",
    things(at(tree, "producers"), ({ key, value }) => {
      const producer = topology.producers.get(key.text);
      return producer && writtenProducer(value, producer, halfOf);
    }),
  );
  put(
    sections,
    "consumers",
    inputs.together(
      things(at(tree, "consumers"), ({ key, value }) => {
        const consumer = topology.consumers.get(key.text);
        return consumer && writtenConsumer(value, consumer, halfOf);
      }),
    ),
  );
  const run = at(tree, "run");
  if (run !== undefined) sections.set("run", copied(run));
  const timeline = listOf(at(tree, "timeline"), (item, number) => {
    const entry = acted(item, number, halves, notes);
    return entry === undefined ? [] : inputs.acted(entry);
  });
  if (timeline.length > 0) sections.set("timeline", timeline);
  const expected = listOf(at(tree, "expect"), (item) => {
    const expectation = topology.expect.find(({ span }) => span.start === item.span.start);
    const written = expectation && measured(item, expectation, { halves, inputs, notes });
    return written === undefined ? [] : [written];
  });
  if (expected.length > 0) sections.set("expect", expected);
  const swept = at(tree, "sweep");
  if (swept !== undefined)
    notes.add("sweep", swept.span, "The sweep is left out: its paths are those of this file.");
  const listed = notes.list();
  const after = [
    ...(fromQueues || (to === "log" && kafka) ? ["log" as const] : []),
    ...(fromLog || (to === "queues" && rabbitmq) ? ["queues" as const] : []),
  ];
  return { text: `${comments(listed, after)}${fileText(sections)}`, notes: listed, to: after };
}

function put(sections: Map<string, Written>, key: string, map: WrittenMap): void {
  if (map.size > 0) sections.set(key, map);
}

/** A broker's section as it is, with what comes over to it. */
function merged(kept: Tree | undefined, come: WrittenMap | undefined): WrittenMap {
  const all = new Map<string, Written>(
    Array.from(entriesOf(kept), ({ key, value }) => [key.text, copied(value)]),
  );
  for (const [key, value] of come ?? []) {
    const known = all.get(key);
    if (isMap(known) && isMap(value)) all.set(key, new Map([...value, ...known]));
    else if (isList(known) && isList(value)) all.set(key, [...known, ...value]);
    else if (known === undefined && !empty(value)) all.set(key, value);
    else if (typeof known === "string" && typeof value === "string" && Number(value) > Number(known))
      all.set(key, value);
  }
  return all;
}

function empty(value: Written): boolean {
  return typeof value !== "string" && (isMap(value) ? value.size : value.length) === 0;
}

function things(tree: Tree | undefined, write: (entry: Entry) => Written | undefined): WrittenMap {
  const map = new Map<string, Written>();
  for (const entry of entriesOf(tree)) {
    const written = write(entry);
    if (written !== undefined) map.set(entry.key.text, written);
  }
  return map;
}

function listOf(
  tree: Tree | undefined,
  write: (item: Tree, number: number) => readonly Written[],
): readonly Written[] {
  return tree?.kind === "list" ? tree.items.flatMap(write) : [];
}

function acted(item: Tree, number: number, halves: readonly Half[], notes: Notes): Written | undefined {
  const reasons: string[] = [];
  for (const half of halves) {
    const action = half.action(item);
    if (typeof action === "object" && "reason" in action) reasons.push(action.reason);
    else if (!same(action, copied(item))) return action;
  }
  if (reasons.length === 0) return copied(item);
  notes.add(`timeline[${number}]`, item.span, `Left out: ${reasons[0]}.`);
  return undefined;
}

interface Measuring {
  readonly halves: readonly Half[];
  readonly inputs: InputsApart;
  readonly notes: Notes;
}

function measured(
  item: Tree,
  expectation: Expectation,
  { halves, inputs, notes }: Measuring,
): Written | undefined {
  if (item.kind !== "map") return undefined;
  for (const half of halves) {
    const reason = inputs.hasNone(expectation.of);
    const mapped = reason === undefined ? half.metric(expectation) : { reason };
    if (mapped === undefined) continue;
    if ("reason" in mapped) {
      notes.add(`expect ${expectation.metric.text}`, expectation.span, `Left out: ${mapped.reason}.`);
      return undefined;
    }
    const { metric, of } = mapped;
    const rest = Array.from(item.entries).filter(([key]) => key !== "metric" && key !== "of");
    return new Map<string, Written>([
      ["metric", text(metric)],
      ...(of === undefined
        ? []
        : [
            [
              "of",
              mapOf({ [of.kind]: text(of.kind === "consumer" ? inputs.ownerOf(of.name) : of.name) }),
            ] as const,
          ]),
      ...rest.map(([key, { value }]) => [key, copied(value)] as const),
    ]);
  }
  const group = inputs.groupMeant(expectation);
  if (group === undefined) return copied(item);
  return new Map<string, Written>([...(copied(item) as WrittenMap), ["of", mapOf({ group: text(group) })]]);
}

const inWords: Readonly<Record<BrokerModel, string>> = { log: "a log (Kafka)", queues: "queues (RabbitMQ)" };
const commentMax = 110;

function comments(notes: readonly Note[], to: readonly BrokerModel[]): string {
  const lines = [`# The same workload, told as ${to.map((model) => inWords[model]).join(" and as ")}.`];
  if (notes.length > 0) lines.push("# What has no equal there, or means something else:");
  for (const { where, says } of notes) lines.push(...wrapped(`- ${where}: ${says}`));
  return `${lines.join("\n")}\n`;
}

/** Names come from the file: what would end a comment's line is left out of it. */
function wrapped(says: string): string[] {
  const lines: string[] = [];
  let line = "#";
  for (const word of says.replaceAll(/[\u0000-\u0020\u007f-\u00a0\u2028\u2029]+/gu, " ").split(" ")) {
    if (line.length + 1 + word.length > commentMax) {
      lines.push(line);
      line = "#  ";
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
