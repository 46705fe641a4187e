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
  readonly facts: Facts;
  readonly result: Result;
}

/** Keys that are numbers are their own id; texts have ids that the trace does not spell. */
const firstTextId = 0x4000_0000;

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
  const placed: (readonly [PartitionName, number])[] = [];
  const finishes: Facts["finishes"][number][] = [];
  const { rows, rowsDropped, station, message, place, detail, time, places } = result.trace;
  if (rowsDropped > 0) throw new Error("the trace is not whole: send fewer messages");
  for (let row = 0; row < rows; row++) {
    const [n, at, where] = [message[row]!, time[row]!, places[place[row]!]!];
    switch (station[row]!) {
      case Station.sent:
        if (detail[row]! >= firstTextId)
          throw new Error("name keys by numbers, so that both sides can write them");
        sends[n] = { at, producer: where.name, key: detail[row]! < 0 ? null : String(detail[row]) };
        accepted[n] = null;
        break;
      case Station.appended:
        placed[n] = [`${where.name}-${where.number}`, detail[row]!];
        break;
      case Station.acknowledged:
        accepted[n] = at / nanosPerMilli;
        break;
      case Station.finished: {
        const [partition] = placed[n]!;
        finishes.push([at / nanosPerMilli, n, partition, detail[row]!, where.name, where.number!]);
        break;
      }
      default:
    }
  }
  const { groups } = result.summary;
  return {
    topology,
    sends,
    facts: {
      sends: sends.map(({ at }, n) => [at / nanosPerMilli, accepted[n]!]),
      logs: logsOf(result, placed),
      finishes,
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

function logsOf({ summary }: Result, placed: readonly (readonly [PartitionName, number])[]): Facts["logs"] {
  const logs: Record<PartitionName, LogFacts & { readonly records: [number, number][] }> = {};
  for (const [topic, { partitions }] of Object.entries(summary.topics))
    for (const { partition, logStart, logEnd, bytes } of partitions)
      logs[`${topic}-${partition}`] = { start: logStart, end: logEnd, bytes, records: [] };
  placed.forEach(([partition, offset], n) => {
    const log = logs[partition]!;
    if (offset >= log.start && offset < log.end) log.records.push([offset, n]);
  });
  for (const { records } of Object.values(logs)) records.sort(([a], [b]) => a - b);
  return logs;
}
