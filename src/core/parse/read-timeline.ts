import { readings } from "../model/readings.ts";
import type { Consumer, Kafka, Producer, Run } from "../model/topology.ts";
import type { ReplayPoint, Target, TimelineAction, TimelineEntry, TimelineKind } from "../model/timeline.ts";
import { readIsolation } from "./read-isolation.ts";
import type { ReadContext } from "./read-context.ts";
import { at, describe, nameOf, textOf } from "./tree.ts";
import type { MapTree, Tree } from "./tree.ts";
import { numberOf, quantityOf } from "./value-read.ts";

/** What of the file a timeline acts on, as far as it could be read. */
export interface Stage {
  readonly kafka: Kafka | undefined;
  readonly producers: ReadonlyMap<string, Producer>;
  readonly consumers: ReadonlyMap<string, Consumer>;
  readonly queues: ReadonlySet<string>;
  readonly queueTypes: ReadonlyMap<string, string>;
  /** RabbitMQ's. */
  readonly nodes: number;
  readonly run: Run;
}

/** Each kind of action, and why one cannot be undone, where that is so. */
const actions: Readonly<Record<TimelineKind, { readonly undo: true | string }>> = {
  crash: { undo: true },
  start: { undo: "write a `stop` at its time" },
  stop: { undo: true },
  restart: { undo: "it comes back by itself; for a longer time write `stop` with `for`" },
  slow: { undo: true },
  isolate: { undo: true },
  rate: { undo: true },
  scale: { undo: true },
  replay: { undo: "what was read again stays read" },
  purge: { undo: "what is deleted does not come back" },
  alarm: { undo: true },
  partitions: { undo: "Kafka never takes partitions away" },
  deleteRecords: { undo: "what is deleted does not come back" },
};

const kinds = Object.keys(actions) as readonly TimelineKind[];

export function readTimeline(tree: Tree | undefined, stage: Stage, context: ReadContext): TimelineEntry[] {
  if (tree?.kind !== "list") return [];
  const reader = new TimelineReader(stage, context);
  return tree.items.flatMap((item) => (item.kind === "map" ? (reader.entry(item) ?? []) : []));
}

class TimelineReader {
  private readonly stage: Stage;
  private readonly context: ReadContext;

  constructor(stage: Stage, context: ReadContext) {
    this.stage = stage;
    this.context = context;
  }

  entry(map: MapTree): TimelineEntry | undefined {
    const kind = kinds.find((known) => map.entries.has(known));
    if (kind === undefined) return undefined;
    const time = quantityOf(at(map, "at"), "duration");
    const lasts = map.entries.has("for") ? quantityOf(at(map, "for"), "duration") : undefined;
    this.checkTimes(kind, map, time);
    const action = this.action(kind, at(map, kind)!);
    if (action === undefined || time === undefined) return undefined;
    return { at: time, for: actions[kind].undo === true ? lasts : undefined, action, span: map.span };
  }

  private checkTimes(kind: TimelineKind, map: MapTree, time: number | undefined): void {
    const { undo } = actions[kind];
    const written = map.entries.get("for");
    if (written !== undefined && undo !== true)
      this.context.rule(written.key.span, `\`${kind}\` is not undone: ${undo}. Delete \`for\`.`);
    const { duration } = this.stage.run;
    if (time !== undefined && time >= duration)
      this.context.badValue(at(map, "at")!.span, {
        key: "at",
        found: describe(at(map, "at")!),
        reason: `the run is over by then (\`run.duration\` is ${duration / 1e9} s), so it never happens. Make it earlier, or the run longer`,
      });
  }

  private action(kind: TimelineKind, tree: Tree): TimelineAction | undefined {
    switch (kind) {
      case "crash":
      case "start":
      case "stop":
      case "restart": {
        const target = this.target(tree);
        return target === undefined ? undefined : { kind, target };
      }
      case "slow": {
        const target = this.target(tree);
        const factor = numberOf(at(tree, "factor"));
        return target === undefined || factor === undefined || factor <= 0
          ? undefined
          : { kind, target, factor };
      }
      case "isolate":
        return readIsolation(tree, this.stage, this.context);
      case "rate":
        return this.rate(tree);
      case "scale": {
        const consumer = nameOf(at(tree, "consumer"));
        const instances = quantityOf(at(tree, "instances"), "count");
        if (consumer === undefined || instances === undefined) return undefined;
        return this.stage.consumers.has(consumer.text) ? { kind, consumer, instances } : undefined;
      }
      case "replay":
        return this.replay(tree);
      case "purge": {
        const queue = nameOf(at(tree, "queue"));
        if (queue === undefined || !this.stage.queues.has(queue.text)) return undefined;
        if (this.stage.queueTypes.get(queue.text) !== "stream") return { kind, queue };
        this.context.rule(
          queue.span,
          `\`${queue.text}\` is a stream, which the broker does not purge (540). Let \`x-max-age\` or \`x-max-length-bytes\` take its old segments.`,
        );
        return undefined;
      }
      case "alarm": {
        const node = quantityOf(at(tree, "node"), "count");
        const resource = textOf(at(tree, "kind"));
        return node !== undefined && (resource === "memory" || resource === "disk")
          ? { kind, node, resource }
          : undefined;
      }
      case "partitions":
        return this.partitions(tree);
      case "deleteRecords":
        return this.deleteRecords(tree);
    }
  }

  private target(tree: Tree): Target | undefined {
    for (const kind of ["consumer", "producer"] as const) {
      const name = nameOf(at(tree, kind));
      if (name === undefined) continue;
      const known = kind === "consumer" ? this.stage.consumers : this.stage.producers;
      const instance = quantityOf(at(tree, "instance"), "count") ?? 0;
      return known.has(name.text) ? { kind, name, instance } : undefined;
    }
    for (const kind of ["broker", "node", "controller"] as const) {
      const number = quantityOf(at(tree, kind), "count");
      if (number !== undefined) return { kind, number };
    }
    const name = nameOf(at(tree, "queue"));
    return name !== undefined && this.stage.queues.has(name.text) ? { kind: "queue", name } : undefined;
  }

  /** A new rate is told as a multiple of the file's: flows keep their shares of it. */
  private rate(tree: Tree): TimelineAction | undefined {
    const name = nameOf(at(tree, "producer"));
    const producer = name === undefined ? undefined : this.stage.producers.get(name.text);
    if (name === undefined || producer === undefined) return undefined;
    let rate = 0;
    for (const { arrivals } of producer.flows) if ("rate" in arrivals) rate += arrivals.rate;
    if (rate === 0) {
      this.context.rule(
        name.span,
        `\`${name.text}\` has no \`rate\` that could change: its \`arrivals\` set its pace. Change \`arrivals\`, or take the entry out.`,
      );
      return undefined;
    }
    const to = quantityOf(at(tree, "to"), "rate");
    const factor = to === undefined ? numberOf(at(tree, "factor")) : to / rate;
    return factor === undefined || factor < 0 ? undefined : { kind: "rate", producer: name, factor };
  }

  private replay(tree: Tree): TimelineAction | undefined {
    const group = nameOf(at(tree, "group"));
    const topic = nameOf(at(tree, "topic"));
    const to = replayPoint(at(tree, "to"));
    if (group === undefined || topic === undefined || to === undefined) return undefined;
    const members = readings(this.stage).flatMap(({ from }) =>
      from.kind === "log" && from.group.text === group.text ? [from] : [],
    );
    if (members.length === 0 || !this.stage.kafka?.topics.has(topic.text)) return undefined;
    if (!members.some(({ topics }) => topics.some(({ text }) => text === topic.text))) {
      const read = members.flatMap(({ topics }) => topics.map(({ text }) => `\`${text}\``));
      this.context.rule(
        topic.span,
        `Group \`${group.text}\` does not read \`${topic.text}\`, so it cannot seek in it. It reads ${[...new Set(read)].join(", ")}.`,
      );
      return undefined;
    }
    return { kind: "replay", group, topic, to };
  }

  private partitions(tree: Tree): TimelineAction | undefined {
    const name = nameOf(at(tree, "topic"));
    const topic = name === undefined ? undefined : this.stage.kafka?.topics.get(name.text);
    const count = quantityOf(at(tree, "count"), "count");
    if (name === undefined || topic === undefined || count === undefined) return undefined;
    if (count > topic.partitions) return { kind: "partitions", topic: name, count };
    this.context.badValue(at(tree, "count")!.span, {
      key: "count",
      found: describe(at(tree, "count")!),
      reason: `it is the new total, and \`${name.text}\` has ${topic.partitions} already; Kafka never takes partitions away`,
    });
    return undefined;
  }

  private deleteRecords(tree: Tree): TimelineAction | undefined {
    const name = nameOf(at(tree, "topic"));
    const topic = name === undefined ? undefined : this.stage.kafka?.topics.get(name.text);
    const partition = quantityOf(at(tree, "partition"), "count");
    const before = quantityOf(at(tree, "before"), "count");
    if (name === undefined || topic === undefined || partition === undefined || before === undefined)
      return undefined;
    if (partition < topic.partitions) return { kind: "deleteRecords", topic: name, partition, before };
    this.context.badValue(at(tree, "partition")!.span, {
      key: "partition",
      found: describe(at(tree, "partition")!),
      reason: `\`${name.text}\` has ${topic.partitions}, counted from 0`,
    });
    return undefined;
  }
}

function replayPoint(tree: Tree | undefined): ReplayPoint | undefined {
  const word = textOf(tree);
  if (word === "earliest" || word === "latest") return { kind: word };
  const offset = quantityOf(at(tree, "offset"), "count");
  if (offset !== undefined) return { kind: "offset", offset };
  const time = quantityOf(at(tree, "time"), "duration");
  return time === undefined ? undefined : { kind: "time", time };
}
