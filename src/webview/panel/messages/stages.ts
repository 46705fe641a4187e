import type { Result } from "../result.ts";
import type { Journeys } from "./journeys.ts";

/** Time that messages spent on one stretch of their way, ms on average. */
export interface Stage {
  readonly name: string;
  readonly time: number;
}

const nanosPerMilli = 1e6;

/** What a stretch is called, by the station at its end. What runs beside the way (confirms, commits) is none. */
const stretches: Readonly<Record<string, string>> = {
  clientDone: "client",
  batchClosed: "batch, linger",
  requestSent: "slot in flight",
  brokerReceived: "network to broker",
  appended: "append",
  replicated: "replication",
  routed: "routing",
  enqueued: "into the queue",
  dispatched: "queue",
  fetched: "fetch",
  received: "network to consumer",
  takenUp: "buffer of consumer",
  finished: "work",
  failed: "failed work",
  requeued: "back to the queue",
  deadLettered: "dead-lettering",
};

/** How far from a percentile a message may lie to speak for it. */
const reach = 0.005;
const fewest = 20;

/** Where the messages that one consumer finished spent their time. */
export class Waterfall {
  /** Messages that it finished, the fastest first. */
  private readonly order: Int32Array;
  private readonly latency = new Map<number, number>();
  private readonly journeys: Journeys;
  private readonly result: Result;
  /** Ids of what lies on the way to it. */
  private readonly upstream: ReadonlySet<string>;

  constructor(journeys: Journeys, result: Result, consumer: string) {
    this.journeys = journeys;
    this.result = result;
    this.upstream = upstreamOf(result, `consumer:${consumer}`);
    const finished = journeys.station("finished");
    const { trace } = result;
    for (let row = 0; row < trace.rows; row++) {
      const message = trace.message[row]!;
      if (trace.station[row] !== finished || this.latency.has(message)) continue;
      if (trace.places[trace.place[row]!]?.name === consumer)
        this.latency.set(message, trace.time[row]! / nanosPerMilli - journeys.sent[message]!);
    }
    this.order = Int32Array.from(this.latency.keys()).sort(
      (a, b) => this.latency.get(a)! - this.latency.get(b)!,
    );
  }

  /** Of the messages around a percentile (0 to 1). */
  around(share: number): readonly Stage[] {
    const { length } = this.order;
    const middle = Math.min(length - 1, Math.floor(share * length));
    const wide = Math.max(Math.floor(reach * length), Math.min(fewest, length) >> 1);
    const from = Math.max(0, Math.min(middle - wide, length - 2 * wide - 1));
    return this.mean(this.order.subarray(from, Math.min(length, from + 2 * wide + 1)));
  }

  /** Of one message; empty where this consumer did not finish it. */
  of(message: number): readonly Stage[] {
    return this.latency.has(message) ? this.mean(Int32Array.of(message)) : [];
  }

  private mean(messages: Int32Array): readonly Stage[] {
    const times = new Map<string, number>();
    for (const message of messages)
      for (const { name, time } of this.stretchesOf(message)) times.set(name, (times.get(name) ?? 0) + time);
    return [...times].map(([name, time]) => ({ name, time: time / messages.length }));
  }

  private *stretchesOf(message: number): Iterable<Stage> {
    const { trace } = this.result;
    let before = this.journeys.sent[message]!;
    for (const row of this.journeys.rowsOf(message)) {
      const station = trace.stations[trace.station[row]!] ?? "";
      const name = stretches[station];
      const { kind = "", name: place = "" } = trace.places[trace.place[row]!] ?? {};
      if (name === undefined || !this.upstream.has(`${kind}:${place}`)) continue;
      const now = trace.time[row]! / nanosPerMilli;
      yield { name, time: now - before };
      before = now;
      if (station === "finished") return;
    }
  }
}

/** Consumers that finished a message, in the order of the file. */
export function finishers(journeys: Journeys, { graph, trace }: Result): readonly string[] {
  const finished = journeys.station("finished");
  const there = new Uint8Array(trace.places.length);
  for (let row = 0; row < trace.rows; row++)
    if (trace.station[row] === finished) there[trace.place[row]!] = 1;
  const names = new Set(trace.places.flatMap(({ name }, place) => (there[place] === 1 ? [name] : [])));
  return graph.nodes.flatMap(({ kind, name }) => (kind === "consumer" && names.has(name) ? [name] : []));
}

function upstreamOf({ graph }: Result, consumer: string): ReadonlySet<string> {
  const found = new Set([consumer]);
  for (const id of found) for (const { from, to } of graph.edges) if (to === id) found.add(from);
  return found;
}
