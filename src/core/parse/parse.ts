import { readings } from "../model/readings.ts";
import type { Kafka, RabbitMq, Topology } from "../model/topology.ts";
import { problem } from "../problems/catalogue.ts";
import type { Problem } from "../problems/problem.ts";
import { FormCheck } from "./form.ts";
import type { Reference } from "./form.ts";
import { Place } from "./form-place.ts";
import { formatSchema } from "./format-schema.ts";
import { readNames } from "./names.ts";
import { charactersMax } from "./limits.ts";
import type { Names } from "./names.ts";
import { checkVirtualHosts } from "./one-virtual-host.ts";
import { newestVersion, readKafka, readRabbitMq } from "./read-brokers.ts";
import { readConsumers } from "./read-consumers.ts";
import { ReadContext } from "./read-context.ts";
import { readExpectations } from "./read-expect.ts";
import { readProducers } from "./read-producers.ts";
import { checkReplies } from "./read-requests.ts";
import { readRun } from "./read-run.ts";
import { readTimeline } from "./read-timeline.ts";
import { checkReferences } from "./references.ts";
import { checkSettings } from "./settings-check.ts";
import { sweepProblems, sweptTrees } from "./sweep.ts";
import { at, entriesOf, textOf } from "./tree.ts";
import type { Tree } from "./tree.ts";
import { readYaml } from "./yaml-text.ts";

export interface Parsed {
  readonly topology: Topology;
  /** In no order; `check` sorts them and leaves out what comments switch off. */
  readonly problems: readonly Problem[];
  /** Whether the file says that it is one: it has a `topology` key. */
  readonly isTopology: boolean;
  readonly tree: Tree | undefined;
  /** What refers to something by its name, known or not. */
  readonly references: readonly Reference[];
}

/** Reads a topology file. Never throws; what is broken is left out of the model, with a problem that has a span. */
export function parse(text: string): Parsed {
  const { tree, problems } = readYaml(text);
  const parsed = parseTree(tree, text);
  const swept = sweepProblems(tree, text, (changed) => parseTree(changed, text).problems);
  return { ...parsed, problems: distinct([...problems, ...parsed.problems, ...swept]) };
}

/** One combination of the values of a file's sweep. */
export interface SweepPoint {
  /** By path, as they are written. */
  readonly values: Readonly<Record<string, string>>;
  readonly topology: Topology;
  /** What this combination adds to the problems of the file. */
  readonly problems: readonly Problem[];
}

/** The file once for each combination of its sweep's values, the last path's changing first; none without a sweep. */
export function sweepPoints(text: string): SweepPoint[] {
  const { tree } = readYaml(text);
  const known = new Set(parseTree(tree, text).problems.map(placeOf));
  return sweptTrees(tree, text).map((swept) => {
    const { topology, problems } = parseTree(swept.tree, text);
    return { values: swept.values, topology, problems: problems.filter((one) => !known.has(placeOf(one))) };
  });
}

function parseTree(tree: Tree | undefined, text: string): Parsed {
  const context = new ReadContext();
  const names = readNames(tree);
  const form = checkForm(tree, names, text);
  const kafka = readKafka(at(tree, "kafka"), context);
  const rabbitmq = readRabbitMq(at(tree, "rabbitmq"), context);
  const read = { ...names, ...thingsOf(kafka, rabbitmq) };
  const version = kafka?.version ?? newestVersion;
  const producers = readProducers(at(tree, "producers"), read, version, context);
  const consumers = readConsumers(at(tree, "consumers"), read, version, context);
  if (rabbitmq !== undefined)
    checkVirtualHosts(rabbitmq, producers.values(), readings({ consumers }), context);
  checkReplies(producers, consumers, names, context);
  const run = readRun(at(tree, "run"), context);
  const stage = {
    kafka,
    producers,
    consumers,
    queues: read.queues,
    queueTypes: names.queueTypes,
    nodes: rabbitmq?.nodes ?? Infinity,
    run,
  };
  const topology: Topology = {
    name: textOf(at(tree, "name")) ?? "",
    description: textOf(at(tree, "description")) ?? "",
    kafka,
    rabbitmq,
    producers,
    consumers,
    run,
    timeline: readTimeline(at(tree, "timeline"), stage, context),
    expect: readExpectations(at(tree, "expect"), run, context),
  };
  const isTopology =
    at(tree, "topology") !== undefined || (tree === undefined && /^topology[ \t]*:/mu.test(text));
  const { references } = form;
  return { topology, problems: [...form.problems, ...context.problems], isTopology, tree, references };
}

/** What of the named things could be read: nothing in the model refers to what has been left out. */
function thingsOf(kafka: Kafka | undefined, rabbitmq: RabbitMq | undefined) {
  return {
    topics: new Set(kafka?.topics.keys()),
    exchanges: new Set(rabbitmq?.exchanges.keys()),
    queues: new Set(rabbitmq?.queues.keys()),
  };
}

interface CheckedForm {
  readonly problems: readonly Problem[];
  readonly references: readonly Reference[];
}

/** What the schema, the brokers' own settings and the names of the file say about its parts, each for itself. */
function checkForm(tree: Tree | undefined, names: Names, text: string): CheckedForm {
  const start = { text: "topology", span: { start: 0, end: Math.min(1, text.length) } };
  if (tree === undefined && text.length > charactersMax) return { problems: [], references: [] };
  if (tree === undefined || tree.kind !== "map") {
    const message = "The file is not a topology: expected a map that begins with `topology: 1`.";
    return { problems: [problem("schema", start.span, { kind: "rule", message })], references: [] };
  }
  const form = new FormCheck();
  const first = tree.entries.values().next().value;
  const key = first === undefined ? start : { text: "topology", span: first.key.span };
  form.value(tree, formatSchema, new Place(key));
  const versions = {
    kafka: textOf(at(tree, "kafka", "version")) ?? newestVersion,
    rabbitmq: textOf(at(tree, "rabbitmq", "version")) ?? newestVersion,
  };
  const owners = ownersOf(tree);
  const settings = form.settings.flatMap((holder) =>
    checkSettings(holder, versions, form.references, (part) => owners.get(part)),
  );
  const { references } = form;
  return {
    problems: [...form.problems, ...settings, ...checkReferences(references, names, text)],
    references,
  };
}

/** Of each flow its producer, and of each input its consumer. */
function ownersOf(root: Tree): ReadonlyMap<Tree, Tree> {
  const owners = new Map<Tree, Tree>();
  for (const { value } of entriesOf(at(root, "producers")))
    for (const flow of entriesOf(at(value, "flows"))) owners.set(flow.value, value);
  for (const { value } of entriesOf(at(root, "consumers"))) {
    const inputs = at(value, "inputs");
    for (const input of inputs?.kind === "list" ? inputs.items : []) owners.set(input, value);
  }
  return owners;
}

/** An alias brings the problems of its anchor along once more. */
function distinct(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter((one) => {
    const place = placeOf(one);
    const first = !seen.has(place);
    seen.add(place);
    return first;
  });
}

function placeOf({ code, span, message }: Problem): string {
  return `${span.start} ${span.end} ${code} ${message}`;
}
