import { readingsOf } from "../model/readings.ts";
import type { Target, TimelineAction } from "../model/timeline.ts";
import type { Name } from "../text/span.ts";
import type { ReadContext } from "./read-context.ts";
import type { Stage } from "./read-timeline.ts";
import { at, nameOf } from "./tree.ts";
import type { Tree } from "./tree.ts";

const kinds = {
  brokers: "broker",
  nodes: "node",
  controllers: "controller",
  consumers: "consumer",
  producers: "producer",
} as const;

type Kind = (typeof kinds)[keyof typeof kinds];
type Machine = Exclude<Kind, "consumer" | "producer">;
type Isolated = Exclude<Target, { kind: "queue" }>;

/** `isolate`: who is cut off, and from whom. */
export function readIsolation(tree: Tree, stage: Stage, context: ReadContext): TimelineAction | undefined {
  for (const [key, kind] of Object.entries(kinds)) {
    const targets = namesOf(at(tree, key)).flatMap((name) => target(kind, name, stage) ?? []);
    if (targets.length === 0) continue;
    const from = at(tree, "from");
    return {
      kind: "isolate",
      targets,
      from: from === undefined ? undefined : othersOf(from, targets, stage, context),
    };
  }
  return undefined;
}

function target(kind: Kind, name: Name, { producers, consumers }: Stage): Isolated | undefined {
  if (kind === "consumer" || kind === "producer") {
    const known = kind === "consumer" ? consumers : producers;
    return known.has(name.text) ? { kind, name, instance: 0 } : undefined;
  }
  const number = Number(name.text);
  return Number.isInteger(number) && number >= 1 ? { kind, number } : undefined;
}

/**
 * A name is an application's; a number is a broker, node or controller: one like those cut off, or of the sides that
 * applications talk to, and where they talk to both, the broker and the node.
 */
function othersOf(tree: Tree, targets: readonly Isolated[], stage: Stage, context: ReadContext): Isolated[] {
  const kinds = machinesBeside(targets, stage);
  return namesOf(tree).flatMap((name) => {
    for (const kind of ["consumer", "producer"] as const) {
      const application = target(kind, name, stage);
      if (application !== undefined) return application;
    }
    const machines = kinds.flatMap((kind) =>
      Number(name.text) <= countOf(kind, stage) ? (target(kind, name, stage) ?? []) : [],
    );
    if (machines.length > 0) return machines;
    context.badValue(name.span, {
      key: "from",
      found: `\`${name.text}\``,
      reason: `expected the name of a producer or consumer, or the number of a ${kinds.join(" or ")} that there is, counted from 1`,
    });
    return [];
  });
}

function machinesBeside(targets: readonly Isolated[], stage: Stage): readonly Machine[] {
  const machines = targets.flatMap((one) =>
    "number" in one ? [one.kind] : sides(one.kind, one.name.text, stage),
  );
  return [...new Set(machines)];
}

function countOf(kind: Machine, { kafka, nodes }: Stage): number {
  if (kind === "node") return nodes;
  return (kind === "broker" ? kafka?.brokers : kafka?.controllers) ?? Infinity;
}

/** Of each source of a consumer, and of each flow that it or a producer sends, whose it is. */
function sides(kind: "consumer" | "producer", name: string, { producers, consumers }: Stage): Machine[] {
  const inputs = kind === "consumer" ? readingsOf(consumers.get(name)!) : [];
  const flows =
    kind === "consumer"
      ? inputs.flatMap(({ sends }) => sends.map(({ flow }) => flow))
      : producers.get(name)!.flows;
  return [
    ...inputs.map(({ from }) => (from.kind === "log" ? "broker" : "node")),
    ...flows.map(({ to }) => (to.kind === "topic" ? "broker" : "node")),
  ];
}

function namesOf(tree: Tree | undefined): Name[] {
  return tree?.kind === "list" ? tree.items.flatMap((item) => nameOf(item) ?? []) : [];
}
