import { firstText } from "../../../../src/core/sim/keys.ts";
import { Station } from "../../../../src/core/stats/trace.ts";
import { parse, type Topology } from "../../../../src/core/index.ts";
import { simulate, type Result } from "../../../../src/core/run.ts";
import type { Calibration, Costs } from "../../../../src/core/model/calibration.ts";
import type { Facts, LogFacts, PartitionName } from "./facts.ts";

const nanosPerMilli = 1e6;

/** One message, as the simulated producer sent it. */
export interface Send {
  /** Nanoseconds. */
  readonly at: number;
  readonly producer: string;
  readonly key: string | null;
}

export interface SimulatedRun {
  readonly topology: Topology;
  readonly sends: readonly Send[];
  /** By consumer that sends on: messages that it finished, and what each became, in the order of time. */
  readonly forwards: ReadonlyMap<string, readonly (readonly [n: number, next: number])[]>;
  /** By consumer: messages that failed. */
  readonly poison: ReadonlyMap<string, readonly number[]>;
  readonly facts: Facts;
  readonly result: Result;
}

/** `slowness`: how many times what the file's calibration says what is asked of Kafka costs here. */
export function simulated(text: string, slowness = 1): SimulatedRun {
  const { topology: written, problems } = parse(text);
  const topology = {
    ...written,
    run: { ...written.run, calibration: slowed(written.run.calibration, slowness) },
  };
  const [first] = problems.filter(({ severity }) => severity === "error");
  if (first !== undefined) throw new Error(first.message);
  const result = simulate(topology, { auditEvery: 1000 });
  const sends: Send[] = [];
  const accepted: (number | null)[] = [];
  const placed: PartitionName[] = [];
  /** By partition: the message at each offset. What an election cut off is written over. */
  const held = new Map<PartitionName, Map<number, number>>();
  const finishes: Facts["finishes"][number][] = [];
  const failures: Facts["finishes"][number][] = [];
  const { rows, rowsDropped, station, message, place, detail, time, places } = result.trace;
  if (rowsDropped > 0) throw new Error("the trace is not whole: send fewer messages");
  for (let row = 0; row < rows; row++) {
    const [n, at, where] = [message[row]!, time[row]!, places[place[row]!]!];
    switch (station[row]!) {
      case Station.sent:
        if (detail[row]! >= firstText)
          throw new Error("name keys by numbers, so that both sides can write them");
        sends[n] = { at, producer: where.name, key: detail[row]! < 0 ? null : String(detail[row]) };
        accepted[n] = null;
        break;
      case Station.appended: {
        const partition = `${where.name}-${where.number}`;
        placed[n] = partition;
        let log = held.get(partition);
        if (log === undefined) held.set(partition, (log = new Map()));
        log.set(detail[row]!, n);
        break;
      }
      case Station.acknowledged:
        accepted[n] = at / nanosPerMilli;
        break;
      case Station.finished:
      case Station.failed: {
        const ends = station[row] === Station.finished ? finishes : failures;
        ends.push([at / nanosPerMilli, n, placed[n]!, detail[row]!, where.name, where.number!]);
        break;
      }
      default:
    }
  }
  const { groups } = result.summary;
  return {
    topology,
    sends,
    forwards: forwardsOf(sends, finishes),
    poison: poisonOf(failures),
    facts: {
      sends: sends.map(({ at }, n) => [at / nanosPerMilli, accepted[n]!]),
      logs: logsOf(result, held),
      finishes,
      ...(failures.length === 0 ? {} : { failures }),
      committed: Object.fromEntries(
        Object.entries(groups).map(([group, { partitions }]) => [
          group,
          Object.fromEntries(
            partitions.map(({ topic, partition, committed }) => [`${topic}-${partition}`, committed]),
          ),
        ]),
      ),
    },
    result,
  };
}

/** A consumer that sends one message on for each that it finishes does so in the same order. */
function forwardsOf(
  sends: readonly Send[],
  finishes: Facts["finishes"],
): Map<string, readonly (readonly [number, number])[]> {
  const consumers = new Set(finishes.map(([, , , , consumer]) => consumer));
  return new Map(
    [...consumers].map((consumer) => {
      const next = sends.flatMap(({ producer }, n) => (producer === consumer ? [n] : []));
      const read = finishes.filter(([, , , , by]) => by === consumer);
      return [consumer, next.map((n, i) => [read[i]![1], n] as const)];
    }),
  );
}

function poisonOf(failures: Facts["finishes"]): Map<string, number[]> {
  const poison = new Map<string, number[]>();
  for (const [, n, , , consumer] of failures) {
    const all = poison.get(consumer) ?? [];
    if (!all.includes(n)) poison.set(consumer, [...all, n]);
  }
  return poison;
}

/** What a record costs whatever its size: mostly threads that are woken. Bytes cost as the preset says. */
const fixed: ReadonlySet<string> = new Set([
  "networkLatency",
  "kafkaClientPerMessage",
  "kafkaPerRequest",
  "kafkaPerBatch",
] satisfies (keyof Costs)[]);

function slowed({ preset, costs }: Calibration, slowness: number): Calibration {
  const times = Object.entries(costs).map(([name, cost]) => [name, fixed.has(name) ? cost * slowness : cost]);
  return { preset, costs: Object.fromEntries(times) as Costs };
}

function logsOf(
  { summary }: Result,
  held: ReadonlyMap<PartitionName, ReadonlyMap<number, number>>,
): Facts["logs"] {
  const logs: Record<PartitionName, LogFacts> = {};
  for (const [topic, { partitions }] of Object.entries(summary.topics))
    for (const { partition, logStart: start, logEnd: end, bytes } of partitions) {
      const name = `${topic}-${partition}`;
      const records = [...(held.get(name) ?? [])].filter(([offset]) => offset >= start && offset < end);
      logs[name] = { start, end, bytes, records: records.toSorted(([a], [b]) => a - b) };
    }
  return logs;
}
