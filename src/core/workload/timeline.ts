import { readingsOf } from "../model/readings.ts";
import type { Span } from "../text/span.ts";
import { instancesMax, type Target, type TimelineAction, type TimelineEntry } from "../model/timeline.ts";
import type { Topology } from "../model/topology.ts";
import type { Process } from "../sim/kernel.ts";
import type { World } from "../sim/world.ts";
import type { OccurrenceKind } from "../stats/occurrence-kinds.ts";
import { inWords, sentenceOf } from "../stats/occurrences.ts";
import type { Place } from "../stats/result.ts";
import { InForce } from "./in-force.ts";

const Event = {
  /** An entry's time has come: entry. */
  begins: 0,
  /** Its `for` is over: entry. */
  ends: 1,
} as const;

/** What a timeline acts on: the applications, and each broker's model. */
export interface Acted {
  /**
   * The action happens now. A target that is a consumer or producer always names its instance; a `slow`, a `rate` or a
   * `scale` says how things are from now on, overlaps settled. What is so already, or is not there, is left as it is.
   */
  act(action: TimelineAction): void;
  /** `for` is over for what no other action undoes. */
  end(action: Lasting): void;
}

export type Lasting = Extract<TimelineAction, { kind: "isolate" | "alarm" }>;
type ToInstances = Extract<TimelineAction, { kind: "crash" | "start" | "stop" | "restart" }>;

/** The sides of a run; a broker's is undefined where the file has none. */
export interface Sides {
  readonly applications: Acted;
  readonly log: Acted | undefined;
  readonly queue: Acted | undefined;
}

const told = {
  crash: "crashed",
  start: "started",
  stop: "stopped",
  restart: "restarted",
} as const satisfies Readonly<Record<ToInstances["kind"], OccurrenceKind>>;

/** After these messages may be lost. */
const faults: readonly OccurrenceKind[] = ["crashed", "stopped", "restarted", "scaled", "isolated"];

const nanosPerMilli = 1e6;

/**
 * Makes the file's timeline happen, before anything else of the same time: what ends first, then what begins, each in
 * the order of the file.
 */
export class Timeline implements Process {
  private readonly world: World;
  private readonly topology: Topology;
  private readonly sides: Sides;
  private readonly inForce: InForce;
  /** The line that happens now. */
  private line: Span | undefined = undefined;

  constructor(world: World, topology: Topology, sides: Sides) {
    this.world = world;
    this.topology = topology;
    this.sides = sides;
    this.inForce = new InForce(topology);
  }

  /** Before any other event is scheduled: of one time they come first. */
  start(): void {
    const { timeline } = this.topology;
    if (timeline.length === 0) return;
    const { kernel } = this.world;
    const base = kernel.register(this);
    for (const [number, { at, for: lasts }] of timeline.entries())
      if (lasts !== undefined) kernel.at(at + lasts, base | Event.ends, number, 0);
    for (const [number, { at }] of timeline.entries()) kernel.at(at, base | Event.begins, number, 0);
  }

  handle(kind: number, number: number): void {
    const entry = this.topology.timeline[number]!;
    this.line = entry.span;
    if (kind === Event.begins) this.begin(entry);
    else this.end(entry);
  }

  private begin(entry: TimelineEntry): void {
    const { action } = entry;
    switch (action.kind) {
      case "crash":
      case "start":
      case "stop":
      case "restart":
        this.actOnEach(action);
        break;
      case "slow":
      case "rate":
      case "scale":
        this.inForce.begin(entry);
        this.settle(action);
        break;
      case "isolate":
      case "alarm":
        this.tellLasting(action, true);
        this.tellSides(action);
        break;
      case "replay":
      case "purge":
      case "partitions":
      case "deleteRecords":
        this.tellSides(action);
    }
  }

  private end(entry: TimelineEntry): void {
    const { action } = entry;
    switch (action.kind) {
      case "crash":
      case "stop":
        this.actOnEach({ kind: "start", target: action.target });
        break;
      case "slow":
      case "rate":
      case "scale":
        this.inForce.end(entry);
        this.settle(action);
        break;
      case "isolate":
      case "alarm":
        this.tellLasting(action, false);
        for (const side of this.sidesOf(action)) side.end(action);
        break;
      case "start":
      case "restart":
      case "replay":
      case "purge":
      case "partitions":
      case "deleteRecords":
    }
  }

  private actOnEach({ kind, target }: ToInstances): void {
    this.tell(told[kind], target, 0);
    const comes = kind === "start" || kind === "restart";
    for (const one of this.each(target, comes)) {
      const action = { kind, target: one };
      const sides = this.sidesOf(action);
      // A client is there before its application goes on.
      for (const side of kind === "start" ? sides.toReversed() : sides) side.act(action);
    }
  }

  private settle(action: Extract<TimelineAction, { kind: "slow" | "rate" | "scale" }>): void {
    const { inForce } = this;
    switch (action.kind) {
      case "slow":
        this.tell("slowed", action.target, inForce.slowness(action.target));
        for (const target of this.each(action.target, false))
          this.tellSides({ ...action, target, factor: inForce.slowness(target) });
        break;
      case "rate": {
        const factor = inForce.rate(action.producer.text);
        this.tell("rateChanged", { kind: "producer", name: action.producer, instance: 0 }, factor);
        this.tellSides({ ...action, factor });
        break;
      }
      case "scale": {
        const instances = inForce.instances(action.consumer.text);
        this.tell("scaled", { kind: "consumer", name: action.consumer, instance: 0 }, instances);
        this.tellSides({ ...action, instances });
      }
    }
  }

  private tellSides(action: TimelineAction): void {
    for (const side of this.sidesOf(action)) side.act(action);
  }

  /** Those whom an action concerns, in the order in which they are told. */
  private sidesOf(action: TimelineAction): Acted[] {
    const { applications, log, queue } = this.sides;
    const sides = { log: [log], queue: [queue], applications: [applications] };
    const concerned = (): readonly (Acted | undefined)[] => {
      switch (action.kind) {
        case "rate":
          return sides.applications;
        case "replay":
        case "partitions":
        case "deleteRecords":
          return sides.log;
        case "purge":
        case "alarm":
          return sides.queue;
        case "scale":
          return this.sidesRead(action.consumer.text);
        case "slow":
          return action.target.kind === "consumer" ? sides.applications : this.sidesOfTarget(action.target);
        case "isolate":
          // An application goes on, whichever brokers it talks to.
          return "instance" in action.targets[0]! ? [log, queue] : this.sidesOfTarget(action.targets[0]!);
        case "crash":
          // What a consumer sends with may be a client of the other broker.
          return action.target.kind === "consumer"
            ? [...new Set([...this.sidesOfTarget(action.target), log, queue])]
            : this.sidesOfTarget(action.target);
        case "start":
        case "stop":
        case "restart":
          return this.sidesOfTarget(action.target);
      }
    };
    return concerned().filter((side) => side !== undefined);
  }

  private sidesOfTarget(target: Target): readonly (Acted | undefined)[] {
    const { applications, log, queue } = this.sides;
    switch (target.kind) {
      case "broker":
      case "controller":
        return [log];
      case "node":
      case "queue":
        return [queue];
      case "producer":
        return [applications, log, queue];
      case "consumer":
        return this.sidesRead(target.name.text);
    }
  }

  private sidesRead(consumer: string): readonly (Acted | undefined)[] {
    const inputs = readingsOf(this.topology.consumers.get(consumer)!);
    return [...new Set(inputs.map(({ from }) => this.sides[from.kind]))];
  }

  /** Each instance that is meant; of those to come only as many as there shall be now. */
  private *each(target: Target, comes: boolean): Iterable<Target> {
    if (!("instance" in target) || target.instance > 0) {
      yield target;
      return;
    }
    const { producers, consumers, timeline } = this.topology;
    const name = target.name.text;
    const count =
      target.kind === "producer"
        ? producers.get(name)!.instances
        : comes
          ? this.inForce.instances(name)
          : instancesMax(name, consumers.get(name)!.instances, timeline);
    for (let instance = 1; instance <= count; instance++) yield { ...target, instance };
  }

  private tellLasting(action: Lasting, begins: boolean): void {
    if (action.kind === "isolate") {
      const rule = action.from && `timeline: ${action.from.map((one) => inWords(placed(one))).join(", ")}`;
      for (const target of action.targets) this.tell(begins ? "isolated" : "reconnected", target, 0, rule);
    } else {
      const target = { kind: "node", number: action.node } as const;
      this.tell(begins ? "alarmRaised" : "alarmCleared", target, 0, action.resource);
    }
  }

  private tell(kind: OccurrenceKind, target: Target, detail: number, rule = "timeline"): void {
    const { kernel, places, occurrences, losses } = this.world;
    const { now } = kernel;
    const place = this.placeOf(target);
    occurrences.add(now, kind, place, detail, rule);
    if (!faults.includes(kind)) return;
    const says = sentenceOf(kind, places.list[place]!, detail, rule);
    losses.strike({ at: now / nanosPerMilli, says, span: this.line! }, this.struckIn(target));
  }

  /** Where messages may be lost by what befalls a target. The clients of a producer's instances share its place. */
  private struckIn(target: Target): number[] {
    if (target.kind === "producer") return [this.placeOf({ ...target, instance: 0 })];
    return Array.from(this.each(target, false), (one) => this.placeOf(one));
  }

  private placeOf(target: Target): number {
    const { kind, name, number } = placed(target);
    return this.world.places.add(kind, name, number);
  }
}

function placed(target: Target): Place {
  const { kind } = target;
  if ("number" in target) return { kind, name: "", number: target.number };
  return { kind, name: target.name.text, number: ("instance" in target && target.instance) || null };
}
