import { parse } from "../../../src/core/index.ts";
import { simulate, type Result, type SimulationOptions, type Topology } from "../../../src/core/run.ts";
import { auditLog } from "../../../src/core/log/log-audit.ts";
import { LogModel, type LogConsumer } from "../../../src/core/log/log-model.ts";
import { Instruments } from "../../../src/core/run-instruments.ts";
import { firstText } from "../../../src/core/sim/keys.ts";
import { HandlerWork } from "../../../src/core/workload/handler-work.ts";
import { Source } from "../../../src/core/workload/source.ts";
import { Workload } from "../../../src/core/workload/workload.ts";
import { Station } from "../../../src/core/stats/trace.ts";

/** The engine runs what brokers refuse: a handful of records fills small limits. */
export const outOfRange = / it is (?:from )?-?\d/;

/** The model of a file that has no errors but values out of the range that a broker takes. */
export function topologyOf(text: string): Topology {
  const { topology, problems } = parse(`topology: 1\n${text}`);
  const errors = problems.filter(
    ({ severity, message }) => severity === "error" && !outOfRange.test(message),
  );
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join("\n"));
  return topology;
}

/** Runs a file and recounts every message after each thousand events. */
export function run(text: string, options: SimulationOptions = {}): Result {
  return simulate(topologyOf(text), { auditEvery: 1000, ...options });
}

/** A finished run of the log model alone, to look into it. */
export function simulationOf(text: string): { readonly log: LogModel; readonly instruments: Instruments } {
  const { kafka, run, producers, consumers } = topologyOf(text);
  const instruments = new Instruments(topologyOf(text), {});
  const { world } = instruments;
  const workload = new Workload(world);
  const log = new LogModel(world, kafka!, run.calibration.costs, workload);
  for (const producer of producers.values()) {
    const { stats, place } = instruments.producer(producer);
    const flow = producer.flows[0]!;
    const budget = instruments.budget(flow);
    const of = {
      number: workload.sources.length,
      flow,
      producer: producer.name.text,
      instance: 0,
      instances: 1,
      streamName: producer.name.text,
    };
    const source = new Source(world, { ...of, stats, place, budget });
    const client = log.client(flow.kafka, stats, place, producer.name.text);
    source.outlet = log.outlet(client, flow, of.number, "partitioner");
    workload.sources.push(source);
  }
  for (const consumer of consumers.values()) {
    const { stats, places } = instruments.consumer(consumer);
    const works = places.map((_, i) => new HandlerWork(consumer, i, world.kernel, world.keys, []));
    log.consumer({ consumer: consumer as LogConsumer, stats, works, senders: [], places, mayReturn: false });
  }
  world.kernel.onAudit(1000, () => auditLog(log));
  log.start();
  workload.start();
  world.kernel.advance(Infinity, world.horizon);
  return { log, instruments };
}

export interface Step {
  readonly message: number;
  readonly station: keyof typeof Station;
  /** Milliseconds. */
  readonly at: number;
  /** `t/0` for a partition, `c/1` for an instance, `p` for a producer. */
  readonly place: string;
  readonly detail: number;
}

const stations = Object.keys(Station) as (keyof typeof Station)[];

/** The steps of traced messages in the order of time, all or those at one station. */
export function steps({ trace }: Result, station?: keyof typeof Station): Step[] {
  const all = Array.from({ length: trace.rows }, (_, row): Step => {
    const { name, number } = trace.places[trace.place[row]!]!;
    return {
      message: trace.message[row]!,
      station: stations[trace.station[row]!]!,
      at: Math.round(trace.time[row]!) / 1e6,
      place: number === null ? name : `${name}/${number}`,
      detail: trace.detail[row]!,
    };
  });
  return station === undefined ? all : all.filter((step) => step.station === station);
}

/** The text of a key, a routing key or a reason by its id. */
export function textOf({ trace }: Result, id: number): string {
  return id < firstText ? String(id) : trace.texts[id - firstText]!;
}

/** When each message was at a station, ms, in the order of messages. */
export function timesAt(result: Result, station: keyof typeof Station): number[] {
  return steps(result, station)
    .toSorted((a, b) => a.message - b.message)
    .map(({ at }) => at);
}

/** What is told beside the messages' own ways, as `ms kind rule`; nothing of the kind `without`. */
export function told({ summary }: Pick<Result, "summary">, without = ""): string[] {
  return summary.occurrences.first
    .filter(({ kind }) => kind !== without)
    .map(({ at, kind, rule }) => `${at} ${kind} ${rule}`.trim());
}

/** The broker that leads the first partition of `t` in the end. */
export function leaderOf({ summary }: Result): number {
  return summary.topics["t"]!.partitions[0]!.leader;
}

export function logEnds(result: Result, topic = "t"): number[] {
  return result.summary.topics[topic]!.partitions.map(({ logEnd }) => logEnd);
}
