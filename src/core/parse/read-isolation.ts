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
      from: from === undefined ? undefined : othersOf(from, targets[0]!, stage, context),
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
 * A name is an application's; a number is a broker, node or controller: one like those cut off, or of the side that an
 * application talks to, and where it talks to both, the broker and the node.
 */
function othersOf(tree: Tree, first: Isolated, stage: Stage, context: ReadContext): Isolated[] {
  return namesOf(tree).flatMap((name) => {
    for (const kind of ["consumer", "producer"] as const) {
      const application = target(kind, name, stage);
      if (application !== undefined) return application;
    }
    const machines = machinesBeside(first, stage).flatMap((kind) => target(kind, name, stage) ?? []);
    if (machines.length > 0) return machines;
    context.badValue(name.span, {
      key: "from",
      found: `\`${name.text}\``,
      reason: "expected the name of a producer or consumer, or a number counted from 1",
    });
    return [];
  });
}

function machinesBeside(first: Isolated, { producers, consumers }: Stage): readonly Machine[] {
  if ("number" in first) return [first.kind];
  const { text } = first.name;
  const ofKafka =
    first.kind === "consumer"
      ? readingsOf(consumers.get(text)!).map(({ from }) => from.kind === "log")
      : producers.get(text)!.flows.map(({ to }) => to.kind === "topic");
  return [...new Set(ofKafka.map((kafka) => (kafka ? "broker" : "node")))];
}

function namesOf(tree: Tree | undefined): Name[] {
  return tree?.kind === "list" ? tree.items.flatMap((item) => nameOf(item) ?? []) : [];
}
