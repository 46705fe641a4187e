import { placeKeys, type KeyPlacement } from "../log/key-placement.ts";
import type { Processing } from "../model/consumer-work.ts";
import type { Flow, Topology } from "../model/topology.ts";
import { meanOf } from "../sim/sampler.ts";
import { handlersOf, isSerial, memberOf, nanosPerSecond, shareOf, usualTime, type Pace } from "./pace.ts";
import type { Stream } from "./streams.ts";

/** What keys and partitions make of the work of a group. */
export interface GroupWork {
  /** The share of its own time that the busiest member has to work, or the handler of the busiest partition. */
  readonly busiest: number;
  /** Of what comes to the group, the share that its members can do, each of its own partitions. */
  readonly done: number;
}

/** The records of one partition: handlers that they keep busy, and how many come in a second. */
interface Load {
  work: number;
  rate: number;
}

/** NaN where some times or shares are not known. */
export function groupWork(
  { kafka }: Topology,
  { consumer, attempts, held, places }: Pace,
  streamsTo: (place: string) => readonly Stream[],
): GroupWork {
  const { from, concurrency, processing } = consumer;
  const count = held.length;
  const members: Load[][] = Array.from({ length: count }, () => []);
  for (const place of places) {
    const { partitions } = kafka!.topics.get(place.slice("topic:".length))!;
    for (const [partition, { work, rate }] of partitionLoads(
      streamsTo(place),
      partitions,
      processing,
    ).entries())
      members[memberOf(partition, partitions, count)]!.push({ work: work * attempts, rate });
  }
  const sum = (loads: readonly Load[]): number => loads.reduce((all, { work }) => all + work, 0);
  if (from.kind === "log" && from.settings.share !== undefined) {
    const busiest = sum(members.flat()) / (count * concurrency);
    return { busiest, done: Math.min(1, 1 / busiest) };
  }
  // One handler works on one partition at a time.
  const most = isSerial(from) ? 1 : Infinity;
  let busiest = 0;
  let coming = 0;
  let done = 0;
  for (const [member, loads] of members.entries()) {
    if (loads.length === 0) continue;
    const handlers = handlersOf(consumer, held[member]!);
    busiest = Math.max(busiest, sum(loads) / handlers, ...loads.map(({ work }) => work / most));
    const fair = Math.min(most, fairShare(loads, handlers));
    for (const { work, rate } of loads) {
      coming += rate;
      done += work > fair ? (rate * fair) / work : rate;
    }
  }
  return { busiest, done: coming > 0 ? done / coming : 1 };
}

/** The most of its handlers that a member has for one of its partitions, which it reads in turn; those with less work get all. */
function fairShare(loads: readonly Load[], handlers: number): number {
  let left = handlers;
  const sorted = loads.map(({ work }) => work).sort((a, b) => a - b);
  for (const [index, work] of sorted.entries()) {
    const fair = left / (sorted.length - index);
    if (work > fair) return fair;
    left -= work;
  }
  return Infinity;
}

function partitionLoads(streams: readonly Stream[], partitions: number, processing: Processing): Load[] {
  const loads = Array.from({ length: partitions }, () => ({ work: 0, rate: 0 }));
  for (const { flow, rate } of streams) {
    const placed =
      flow.kafka.ignoreKeys || flow.kafka.roundRobin ? undefined : placementOf(flow.key, partitions);
    const usual = usualTime(processing, flow) / nanosPerSecond;
    for (const [partition, load] of loads.entries()) {
      const own = rate * (placed === undefined ? 1 / partitions : placed.shares[partition]!);
      load.rate += own;
      load.work += own * usual;
    }
    for (const [key, time] of processing.byKey) {
      const more = rate * shareOf(flow, key) * (meanOf(time) / nanosPerSecond - usual);
      const at = placeKeys({ kind: "weights", keys: [key], weights: [1] }, partitions)!.shares;
      for (const [partition, load] of loads.entries())
        load.work += more * (placed === undefined ? 1 / partitions : at[partition]!);
    }
  }
  return loads;
}

/** Each round asks for them again. */
const known = new WeakMap<Flow["key"], Map<number, KeyPlacement | undefined>>();

function placementOf(key: Flow["key"], partitions: number): KeyPlacement | undefined {
  let placements = known.get(key);
  if (placements === undefined) known.set(key, (placements = new Map()));
  if (!placements.has(partitions)) placements.set(partitions, placeKeys(key, partitions));
  return placements.get(partitions);
}
