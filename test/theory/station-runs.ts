import { simulate } from "../../src/core/run.ts";
import { parse } from "../../src/core/index.ts";
import type { Result } from "../../src/core/stats/result.ts";
import { Station as Step } from "../../src/core/stats/trace.ts";
import { serviceMs, utilization, type Station } from "./closed-forms.ts";
import { full } from "./interval.ts";

/** Messages that pass before anything is counted: a start from empty is forgotten after some 400 at utilization 0.9. */
const warmupMessages = full ? 20_000 : 5_000;
/** Messages whose journey is kept: those of the warm-up and those that tell how many waited. */
const traceBudget = warmupMessages + (full ? 100_000 : 10_000);

/** Waits at utilization 0.9 vary so much that a million messages leave the interval wider than it may be. */
function messagesOf(station: Station): number {
  if (!full) return 15_000;
  if (utilization(station) < 0.85) return 1_500_000;
  return station.servers === 1 ? 4_000_000 : 6_000_000;
}

/** One queue, and as many competing consumers as servers, each with one message at a time. */
export const queueFile = (station: Station): string => `
rabbitmq:
  queues: {line: {}}
producers:
  source: {queue: line, confirms: true, ${flow(station)}}
consumers:
  servers: {queue: line, instances: ${station.servers}, prefetch: 1, ${processing(station)}}
${run(station)}`;

/** One partition, whose only member works on as many records at a time as there are servers. */
export const logFile = (station: Station): string => `
kafka:
  topics: {line: {}}
producers:
  source: {topic: line, ${flow(station)}, config: {linger.ms: 0}}
consumers:
  servers: {topic: line, group: servers, concurrency: ${station.servers}, orderedBy: none, commit: after, ${processing(station)}}
${run(station)}`;

/** As many partitions as servers, each with a member of its own: a line for each server. */
export const partitionsFile = (station: Station): string => `
kafka:
  topics: {line: {partitions: ${station.servers}}}
producers:
  source: {topic: line, key: unique, ${flow(station)}, config: {linger.ms: 0}}
consumers:
  servers: {topic: line, group: servers, instances: ${station.servers}, commit: after, ${processing(station)}}
${run(station)}`;

const flow = (station: Station): string =>
  `rate: ${station.rate}/s, messages: ${messagesOf(station) + warmupMessages}`;

const processing = ({ service }: Station): string =>
  `processing: ${service === "constant" ? `${serviceMs}ms` : `{exponential: ${serviceMs}ms}`}`;

/** It ends when every message is finished: none of those that count is cut off. */
const run = ({ rate }: Station): string =>
  `run: {duration: unlimited, warmup: ${warmupMessages / rate}s, calibration: ideal, trace: ${traceBudget}}
`;

/** What one run says about a station. */
export interface Measures {
  /** Mean, ms. */
  readonly wait: number;
  readonly shareThatWaited: number;
  /** Time average of the queue's length; NaN in the log, where the lag counts records in work too. */
  readonly queue: number;
  readonly journeys: readonly string[];
}

export function measure(text: string, seed: number): Measures {
  const result = runFile(text, seed);
  return {
    wait: meanWait(result),
    shareThatWaited: shareThatWaited(result),
    queue: result.summary.queues["line"]?.depth.mean ?? NaN,
    journeys: journeys(result),
  };
}

function runFile(text: string, seed: number): Result {
  const { topology, problems } = parse(`topology: 1\n${text}`);
  const errors = problems.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join("\n"));
  return simulate(topology, { seed });
}

const meanWait = ({ summary }: Result): number => summary.consumers["servers"]!.wait.mean!;

/** Of the traced messages that were sent after the warm-up, the share that no server took up at once. */
function shareThatWaited({ trace, summary }: Result): number {
  const sentAt = new Float64Array(traceBudget);
  let messages = 0;
  let waited = 0;
  for (let row = 0; row < trace.rows; row++) {
    const time = trace.time[row]!;
    const message = trace.message[row]!;
    if (trace.station[row] === Step.sent) sentAt[message] = time;
    if (trace.station[row] !== Step.takenUp || sentAt[message]! < summary.window.from * 1e6) continue;
    messages++;
    if (time > sentAt[message]!) waited++;
  }
  return waited / messages;
}

/** Each set of steps that some traced message went through. */
function journeys({ trace }: Result): readonly string[] {
  const sets = new Int32Array(traceBudget);
  for (let row = 0; row < trace.rows; row++) sets[trace.message[row]!]! |= 1 << trace.station[row]!;
  return [...new Set(sets)].map((set) =>
    journey(Object.entries(Step).flatMap(([name, step]) => ((set >> step) & 1 ? [name] : []))),
  );
}

/** The steps by name, in alphabetical order. */
export const journey = (steps: readonly string[]): string => steps.toSorted().join(" ");
