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

function target(kind: Kind, name: Name, { producers, consumers }: Stage): Target | undefined {
  if (kind === "consumer" || kind === "producer") {
    const known = kind === "consumer" ? consumers : producers;
    return known.has(name.text) ? { kind, name, instance: 0 } : undefined;
  }
  const number = Number(name.text);
  return Number.isInteger(number) && number >= 1 ? { kind, number } : undefined;
}

/** A name is an application's; a number is a broker, node or controller: one like those cut off, or of the side that an application talks to. */
function othersOf(tree: Tree, first: Target, stage: Stage, context: ReadContext): Target[] {
  return namesOf(tree).flatMap((name) => {
    for (const kind of ["consumer", "producer"] as const) {
      const application = target(kind, name, stage);
      if (application !== undefined) return application;
    }
    const machine = target(machineBeside(first, stage), name, stage);
    if (machine !== undefined) return machine;
    context.badValue(name.span, {
      key: "from",
      found: `\`${name.text}\``,
      reason: "expected the name of a producer or consumer, or a number counted from 1",
    });
    return [];
  });
}

function machineBeside(first: Target, stage: Stage): "broker" | "node" | "controller" {
  if ("number" in first) return first.kind;
  return isOfKafka(first, stage) ? "broker" : "node";
}

function isOfKafka(target: Target, { producers, consumers }: Stage): boolean {
  if ("number" in target) return target.kind !== "node";
  if (target.kind === "queue") return false;
  return target.kind === "consumer"
    ? consumers.get(target.name.text)?.from.kind === "log"
    : producers.get(target.name.text)?.flows[0]?.to.kind === "topic";
}

function namesOf(tree: Tree | undefined): Name[] {
  return tree?.kind === "list" ? tree.items.flatMap((item) => nameOf(item) ?? []) : [];
}
