import type { Expectation } from "../model/expectation.ts";
import { readingsOf } from "../model/readings.ts";
import type { Consumer, Topology } from "../model/topology.ts";
import type { Evidence, Finding, Piece } from "../stats/finding.ts";
import type { OccurrenceKind } from "../stats/occurrence-kinds.ts";
import { sentenceOf } from "../stats/occurrences.ts";
import type { EntityKind, Place, Recorded, Series, Summary } from "../stats/result.ts";
import { time } from "./sentence.ts";

export const nanosPerMilli = 1e6;

/** What of the file an explanation looks at. */
export type Setting = Pick<Topology, "rabbitmq" | "producers" | "consumers" | "timeline"> & {
  readonly expect: readonly Pick<Expectation, "unit">[];
};

/** Something that happened in the run. */
export interface Happened {
  /** Milliseconds. */
  readonly at: number;
  readonly kind: OccurrenceKind;
  readonly where: Place;
  readonly detail: number;
  readonly rule: string;
}

/** What takes a node, its queues and its clients' connections away. */
const ofNodes: readonly OccurrenceKind[] = ["crashed", "stopped", "restarted", "nodePaused", "nodeLost"];

/** What each of these ends. */
const begins: Readonly<Partial<Record<OccurrenceKind, OccurrenceKind>>> = {
  alarmCleared: "alarmRaised",
  queueAvailable: "queueUnavailable",
  connectionRecovered: "connectionLost",
  started: "crashed",
  reconnected: "isolated",
};

const goneBroker: readonly OccurrenceKind[] = ["crashed", "stopped", "isolated"];

/** Whether a broker's going is what another one leads for, or what it was fenced for. */
function bringsNewLeader(
  { kind: went, where: broker }: Happened,
  { kind, where, detail }: Happened,
): boolean {
  if (broker.kind !== "broker" || !goneBroker.includes(went)) return false;
  return kind === "brokerFenced"
    ? broker.number === where.number
    : kind === "leaderElected" && broker.number !== detail;
}

const isSame = (one: Place, other: Place): boolean =>
  one.kind === other.kind && one.name === other.name && one.number === other.number;

export type Span = NonNullable<Finding["about"]>;

/** All that a run has recorded, in the forms in which explanations ask for it. */
export class RecordedRun {
  readonly summary: Summary;
  readonly evidence: Evidence;
  readonly setting: Setting;
  /** In the order of time. */
  readonly happened: readonly Happened[];
  private readonly recorded: Recorded;

  constructor(recorded: Recorded, evidence: Evidence, setting: Setting) {
    this.recorded = recorded;
    this.summary = recorded.summary;
    this.evidence = evidence;
    this.setting = setting;
    const { rows, time, kind, place, detail, rule, kinds, rules } = recorded.occurrences;
    this.happened = Array.from({ length: rows }, (_, row) => ({
      at: time[row]! / nanosPerMilli,
      kind: kinds[kind[row]!]! as OccurrenceKind,
      where: recorded.trace.places[place[row]!]!,
      detail: detail[row]!,
      rule: rules[rule[row]!]!,
    }));
  }

  series(of: EntityKind, name: string, metric: Series["metric"]): Series | undefined {
    return this.recorded.series.find((one) => one.of === of && one.name === name && one.metric === metric);
  }

  /** Where a thing of the topology has its name in the file; undefined for what the broker declares by itself. */
  span(kind: EntityKind, name: string): Span | undefined {
    const start =
      this.recorded.graph.nodes.find((node) => node.kind === kind && node.name === name)?.at ?? -1;
    return start < 0 ? undefined : { start, end: start + name.length };
  }

  /** Names of the consumers that read from a queue or are in a group. */
  readersOf(node: string): readonly string[] {
    return this.recorded.graph.edges.flatMap(({ from, to }) =>
      from === node && to.startsWith("consumer:") ? [to.slice("consumer:".length)] : [],
    );
  }

  /** A consumer by each of its inputs; its figures are of all of them. */
  inputsOf(name: string): readonly Consumer[] {
    const consumer = this.setting.consumers.get(name);
    return consumer === undefined ? [] : readingsOf(consumer);
  }

  /** What stands before or behind a node on the way of messages, itself included. */
  reachOf(node: string): ReadonlySet<string> {
    const { edges } = this.recorded.graph;
    const behind = new Set([node]);
    for (const id of behind) for (const { from, to } of edges) if (from === id) behind.add(to);
    return new Set([...behind, ...this.wayTo(node)]);
  }

  /** All that messages pass on their way to a node, itself included. */
  wayTo(node: string): ReadonlySet<string> {
    const { edges } = this.recorded.graph;
    const found = new Set([node]);
    for (const id of found) for (const { from, to } of edges) if (to === id) found.add(from);
    return found;
  }

  /**
   * Whether what happens at a place can delay or repeat messages at a node: at itself, what it reads from, who reads from it,
   * and the brokers that hold any of these; of producers, at what they send to.
   */
  concerns(node: string): (where: Place) => boolean {
    const { edges } = this.recorded.graph;
    const sends = node.startsWith("producer:");
    const near = sends
      ? new Set(edges.flatMap(({ from, to }) => (from === node ? [to] : [])))
      : this.wayTo(node);
    const all = new Set([node, ...near, ...this.readersOf(node).map((name) => `consumer:${name}`)]);
    const kinds = new Set([...all].map((id) => id.slice(0, id.indexOf(":"))));
    return ({ kind, name }) => {
      if (kind === "node") return kinds.has("queue") || kinds.has("exchange");
      return name === "" ? kinds.has("topic") : all.has(`${kind}:${name}`);
    };
  }

  /** What befell a node at the very time at which something happened to what it holds or serves; else that itself. */
  rootOf(one: Happened): Happened {
    const befell = this.happened.filter(
      ({ at, kind, where }) =>
        where.kind === "node" && ofNodes.includes(kind) && Math.abs(at - one.at) < 1e-3,
    );
    const since = this.happened.indexOf(one);
    // Of several the one that came right before it: a node that crashes may have another one pause.
    return befell.findLast((fault) => this.happened.indexOf(fault) < since) ?? befell[0] ?? one;
  }

  /** What began that which this ended, or what it followed from; else what befell its node at the time, or itself. */
  beginningOf(one: Happened): Happened {
    const before = this.happened.slice(0, this.happened.indexOf(one));
    const ended = begins[one.kind];
    const begin = before.findLast(
      (earlier) =>
        (earlier.kind === ended && isSame(earlier.where, one.where)) || bringsNewLeader(earlier, one),
    );
    return this.rootOf(begin ?? one);
  }

  /** A queue of the file whose messages stay when they have been read. */
  isStream(queue: string): boolean {
    return this.argument(queue, "x-queue-type") === "stream";
  }

  /** As the file writes it. */
  argument(queue: string, name: string): unknown {
    return this.setting.rabbitmq?.queues.get(queue)?.arguments.get(name);
  }

  /** When a message was first seen at this station of a place, ms; undefined for none of the traced ones. */
  firstSeen(station: string, kind: EntityKind, name: string): number | undefined {
    const { trace } = this.recorded;
    const number = trace.stations.indexOf(station);
    for (let row = 0; row < trace.rows; row++) {
      if (trace.station[row] !== number) continue;
      const place = trace.places[trace.place[row]!]!;
      if (place.kind === kind && place.name === name) return trace.time[row]! / nanosPerMilli;
    }
    return undefined;
  }

  /** The line of the timeline that made it happen; else the thing that it happened to. */
  origin({ at, kind, where, rule }: Happened): Span | undefined {
    const entry =
      rule.startsWith("timeline") || kind === "alarmRaised"
        ? this.setting.timeline.find((one) => Math.abs(one.at / nanosPerMilli - at) < 1e-3)
        : undefined;
    if (entry !== undefined) return entry.span;
    return where.name === "" ? undefined : this.span(where.kind as EntityKind, where.name);
  }
}

/** What happened, in words, with its rule where the words leave it out. */
export function told({ kind, where, detail, rule }: Happened): Piece {
  const words = sentenceOf(kind, where, detail, rule);
  // An election's words explain its rule.
  const plain = kind === "leaderElected" || rule.startsWith("timeline") || words.includes(rule);
  return { quote: plain ? words : `${words} (${rule})` };
}

/** A clause of what happened, if anything did, with its time. */
export const clause = (one: Happened | undefined): readonly Piece[] =>
  one === undefined ? [] : ["; at ", time(one.at), " ", told(one)];

/** `node`, `at` and `about` of a finding, as far as they are known. */
export function whence(
  node: string | undefined,
  at: number | undefined,
  about: Span | undefined,
): Pick<Finding, "node" | "at" | "about"> {
  return {
    ...(node === undefined ? {} : { node }),
    ...(at === undefined ? {} : { at }),
    ...(about === undefined ? {} : { about }),
  };
}
