import type { Journeys } from "../messages/journeys.ts";
import { models } from "../result.ts";
import type { Metric, Result, Series } from "../result.ts";

const nanosPerMilli = 1e6;

/** Times, ms, in order, and what stood at each. */
class Track {
  readonly times: number[] = [];
  readonly values: number[] = [];

  add(time: number, value: number): void {
    this.times.push(time);
    this.values.push(value);
  }

  /** How many have happened by then. */
  count(at: number): number {
    return upTo(this.times, at);
  }

  /** The last value by then. */
  last(at: number): number | undefined {
    return this.values[this.count(at) - 1];
  }
}

/** How many of these times, in order, are not after `at`. */
export function upTo(times: ArrayLike<number>, at: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How an instance or a thing of the broker is, if not as usual. */
const conditions: Readonly<Record<string, string | undefined>> = {
  crashed: "crashed",
  stopped: "stopped",
  isolated: "cut off",
  evicted: "evicted",
  queueUnavailable: "unavailable",
  queueAvailable: undefined,
  started: undefined,
  restarted: undefined,
  reconnected: undefined,
};

/** The state of the topology at any time of a run, from its series, the traced messages and what happened. */
export class Moments {
  private readonly places: ReadonlyMap<string, number>;
  private readonly series: ReadonlyMap<string, Series>;
  /** By place. */
  private readonly appended = new Map<number, Track>();
  private readonly committed = new Map<number, Track>();
  private readonly taken = new Map<number, Track>();
  private readonly left = new Map<number, Track>();
  private readonly changes = new Map<
    number,
    { readonly at: number; readonly condition: string | undefined }[]
  >();
  /** For each edge of the graph the times at which traced messages came along it, ms, in order. */
  readonly flows: readonly (readonly number[])[];

  constructor(journeys: Journeys, result: Result) {
    const { trace, occurrences } = result;
    this.places = new Map(
      trace.places.map(({ kind, name, number }, at) => [`${kind}:${name}:${number}`, at]),
    );
    // Of several lines of one thing and metric the first speaks for it.
    this.series = new Map(
      result.series.toReversed().map((line) => [`${line.of}:${line.metric}:${line.name}`, line]),
    );
    const tracks = new Map<number, Map<number, Track>>([
      [journeys.station("appended"), this.appended],
      [journeys.station("committed"), this.committed],
      [journeys.station("takenUp"), this.taken],
      [journeys.station("finished"), this.left],
      [journeys.station("failed"), this.left],
    ]);
    for (let row = 0; row < trace.rows; row++) {
      const kept = tracks.get(trace.station[row]!);
      if (kept === undefined) continue;
      const place = trace.place[row]!;
      let track = kept.get(place);
      if (track === undefined) kept.set(place, (track = new Track()));
      track.add(trace.time[row]! / nanosPerMilli, trace.detail[row]!);
    }
    for (let row = 0; row < occurrences.rows; row++) {
      const kind = occurrences.kinds[occurrences.kind[row]!] ?? "";
      if (!Object.hasOwn(conditions, kind)) continue;
      const place = occurrences.place[row]!;
      const changes = this.changes.get(place) ?? [];
      changes.push({ at: occurrences.time[row]! / nanosPerMilli, condition: conditions[kind] });
      this.changes.set(place, changes);
    }
    this.flows = flowsOf(journeys, result);
  }

  /** The mean of a series in the bucket of this time; undefined where there is none. */
  level(of: Series["of"], name: string, metric: Metric, at: number): number | undefined {
    const line = this.series.get(`${of}:${metric}:${name}`);
    const value = line?.mean[upTo(line.time, at) - 1];
    return value === undefined || Number.isNaN(value) ? undefined : value;
  }

  /** Up to which offset a partition has been written, and committed by the groups; of traced messages. */
  partition(topic: string, number: number, at: number): { readonly end: number; readonly read: number } {
    const place = this.places.get(`topic:${topic}:${number}`) ?? -1;
    const end = this.appended.get(place)?.last(at);
    const read = this.committed.get(place)?.last(at);
    return { end: end === undefined ? 0 : end + 1, read: read === undefined ? 0 : read + 1 };
  }

  /** What is not as usual; undefined where all is. `number`: an instance, null for the thing itself. */
  condition(kind: string, name: string, number: number | null, at: number): string | undefined {
    const changes = this.changes.get(this.places.get(`${kind}:${name}:${number}`) ?? -1) ?? [];
    return changes.findLast((change) => change.at <= at)?.condition;
  }

  /** Messages that an instance has in work. */
  inWork(consumer: string, instance: number, at: number): number {
    const place = this.places.get(`consumer:${consumer}:${instance}`) ?? -1;
    // What it had in work when it crashed is nobody's any more.
    const since = (this.changes.get(place) ?? []).findLast((change) => change.at <= at)?.at ?? -1;
    const count = (track: Track | undefined): number => (track?.count(at) ?? 0) - (track?.count(since) ?? 0);
    return Math.max(0, count(this.taken.get(place)) - count(this.left.get(place)));
  }
}

/** Which edges each message came along, and when. */
function flowsOf(journeys: Journeys, { trace, graph }: Result): readonly (readonly number[])[] {
  const flows: number[][] = graph.edges.map(() => []);
  const ways = new Ways(graph);
  const hues = models(graph);
  const numbers = new Map(graph.nodes.map(({ id }, number) => [id, number]));
  /** The node of each place of the trace; -1 for what is not drawn. */
  const nodes = Int32Array.from(trace.places, ({ kind, name }) => numbers.get(`${kind}:${name}`) ?? -1);
  const ofLog = graph.nodes.map(({ id }) => hues.get(id) === "log");
  const arrivals = new Set(
    ["brokerReceived", "appended", "enqueued", "received"].map((name) => journeys.station(name)),
  );
  const takenUp = journeys.station("takenUp");
  for (let message = 0; message < journeys.count; message++) {
    const visited = [nodes[journeys.producer[message]!]!];
    for (const row of journeys.rowsOf(message)) {
      const station = trace.station[row]!;
      const there = nodes[trace.place[row]!]!;
      // A member of a group takes up what a fetch brought; there is no other sign of its arrival.
      const arrives = arrivals.has(station) || (station === takenUp && ofLog[there] === true);
      if (!arrives || there < 0 || there === visited[0]) continue;
      for (let from = visited.length - 1; from >= 0; from--) {
        const way = ways.between(visited[from]!, there);
        if (way.length === 0) continue;
        for (const edge of way) flows[edge]!.push(trace.time[row]! / nanosPerMilli);
        if (!visited.includes(there)) visited.push(there);
        break;
      }
    }
  }
  for (const flow of flows) flow.sort((a, b) => a - b);
  return flows;
}

/** Shortest ways through the graph, each found once. Nodes and edges are named by their places in it. */
class Ways {
  private readonly leaving: { readonly to: number; readonly edge: number }[][];
  private readonly known = new Map<number, readonly number[]>();

  constructor({ nodes, edges }: Result["graph"]) {
    const numbers = new Map(nodes.map(({ id }, number) => [id, number]));
    this.leaving = nodes.map(() => []);
    edges.forEach(({ from, to }, edge) => {
      const end = numbers.get(to);
      if (end !== undefined) this.leaving[numbers.get(from) ?? -1]?.push({ to: end, edge });
    });
  }

  /** Edges in their order; none where there is no way. */
  between(from: number, to: number): readonly number[] {
    const key = from * this.leaving.length + to;
    let way = this.known.get(key);
    if (way === undefined) this.known.set(key, (way = this.find(from, to)));
    return way;
  }

  private find(from: number, to: number): readonly number[] {
    const reached = new Map<number, readonly number[]>([[from, []]]);
    for (const [here, way] of reached) {
      if (here === to) return way;
      for (const { to: next, edge } of this.leaving[here] ?? [])
        if (!reached.has(next)) reached.set(next, [...way, edge]);
    }
    return [];
  }
}
