import type {
  GraphEdge,
  GroupSummary,
  LagSummary,
  LevelSummary,
  PartitionSummary,
  Series,
  TopicSummary,
} from "../stats/result.ts";
import type { LevelSeries } from "../stats/series.ts";
import { inMillis } from "../stats/summary.ts";
import type { Group } from "./group.ts";
import type { GroupPartition } from "./group-partition.ts";
import type { LogModel } from "./log-model.ts";
import type { Partition } from "./partition.ts";
import { ShareGroup } from "./share/share-group.ts";
import type { ProducerClient } from "./producer-client.ts";

const nanosPerMilli = 1e6;

/** Carries every level to the end of the run and books what is unfinished and who is still at work. */
export function finishLog(model: LogModel, now: number): void {
  const { from } = model.context.world.window;
  const coming = underWay(model);
  for (const member of model.members) member.settle();
  for (const group of model.everyGroup) group.finish(now);
  for (const { held } of model.topics.values()) held.note(now);
  for (const { partitions } of model.groups.values())
    for (const of of partitions)
      of.reader!.setup.stats.unfinished += sentSince(of, from) + (coming.get(of.partition) ?? 0);
  finishShares(model, coming);
  for (const { handlers, setup, idle } of [...model.members, ...model.context.shareMembers]) {
    handlers.bookOpen(now, setup);
    idle.review(now, setup, undefined, 0);
  }
}

/** As `finishLog`, for share groups: what is open is the first consumer's. */
function finishShares({ shareGroups, context }: LogModel, coming: Map<Partition, number>): void {
  const { from } = context.world.window;
  for (const { members, partitions } of shareGroups.values())
    for (const of of partitions)
      members[0]!.setup.stats.unfinished += of.unsettledSince(from) + (coming.get(of.partition) ?? 0);
}

/** What groups have read of their topics, inside the window. */
export function* readEdges({ everyGroup, context }: LogModel): Iterable<GraphEdge> {
  const { list } = context.world.places;
  for (const { setup, partitions } of everyGroup)
    for (const { partition, delivered: messages } of partitions)
      yield { from: `topic:${list[partition.place]!.name}`, to: `group:${setup.name}`, label: "", messages };
}

/** What the instances of a consumer have got as members of a group, inside the window. */
export function deliveredTo({ members, context }: LogModel, group: string, consumer: string): number {
  const { list } = context.world.places;
  let delivered = 0;
  for (const { setup, group: of, buffer } of members)
    if (of.setup.name === group && list[setup.place]!.name === consumer) delivered += buffer.delivered;
  for (const { setup, group: of, delivered: own } of context.shareMembers)
    if (of.setup.name === group && list[setup.place]!.name === consumer) delivered += own;
  return delivered;
}

/** Records that share groups archived, by no member's success. */
export function droppedByShares({ shareGroups }: LogModel): number {
  let sum = 0;
  for (const { dropped } of shareGroups.values()) for (const count of Object.values(dropped)) sum += count;
  return sum;
}

/** Records that `send()` took and no log has yet. */
export function unappendedOf({ inThread, transactions, accumulators }: ProducerClient): number {
  let records = inThread + (transactions?.heldBack ?? 0);
  for (const { held } of accumulators) records += held;
  return records;
}

/** Records without a final state: on their way to a log, or appended and not settled by a group that reads them. */
export function unfinishedOfLog(model: LogModel): number {
  let unfinished = 0;
  for (const client of model.clients) unfinished += unappendedOf(client);
  for (const { partitions } of model.everyGroup) for (const of of partitions) unfinished += of.unsettled;
  return unfinished;
}

/** Unsettled records that were sent inside the window. What is before it lies at the head of what is open. */
function sentSince(of: GroupPartition, from: number): number {
  const { log } = of.partition;
  const { unsettled } = of;
  if (unsettled === 0 || (from === 0 && log.preloadEnd === 0)) return unsettled;
  const first = Math.max(log.logEnd - unsettled, log.kept);
  let since = 0;
  for (let offset = first; offset < log.logEnd; offset++)
    if (log.holds(offset) && log.sentAt[log.at(offset)]! >= from) since++;
  return since;
}

/** Records that clients hold, by the partition they will go to; where that is open, each partition has its part. */
function underWay(model: LogModel): Map<Partition, number> {
  const coming = new Map<Partition, number>();
  const add = (partition: Partition, records: number) =>
    coming.set(partition, (coming.get(partition) ?? 0) + records);
  for (const { accumulators } of model.clients)
    for (const { partition, held } of accumulators) add(partition, held);
  // The list has no entries for sources that send to the other broker.
  model.outlets.forEach(({ inThread, topic: { partitions } }) => {
    for (const partition of partitions) add(partition, inThread / partitions.length);
  });
  return coming;
}

export function topicSummaries(model: LogModel): Record<string, TopicSummary> {
  return Object.fromEntries(
    [...model.topics].map(([name, { held, network, partitions, count }]) => [
      name,
      {
        storage: held.level.summary(),
        network: network.total,
        partitions: partitions.slice(0, count).map(partitionSummary),
        elections: partitions.reduce((sum, { replicas }) => sum + (replicas?.elections ?? 0), 0),
      },
    ]),
  );
}

export function groupSummaries(model: LogModel): Record<string, GroupSummary> {
  return Object.fromEntries(
    model.everyGroup.map((group) => [
      group.setup.name,
      group instanceof ShareGroup ? shareGroupSummary(group) : groupSummary(group),
    ]),
  );
}

export function logSeries(model: LogModel): Series[] {
  return [
    ...model.everyGroup.map(({ setup, lag }) => series("group", setup.name, "lag", lag)),
    ...model.everyGroup.map(({ setup: { name }, oldest }): Series => {
      return { of: "group", name, metric: "lagTime", ...inMillis(oldest.age.columns()) };
    }),
    ...[...model.groups.values()].flatMap(partitionLags),
    ...[...model.topics].map(([name, { held }]) => series("topic", name, "storage", held.level)),
  ];
}

function partitionLags({ setup, partitions, showsPartitions }: Group): Series[] {
  if (!showsPartitions || partitions.length < 2) return [];
  return partitions.map(({ partition: { log }, lag }) => ({
    ...series("group", setup.name, "partitionLag", lag),
    part: `${log.topic} ${log.partition}`,
  }));
}

function series(of: Series["of"], name: string, metric: Series["metric"], level: LevelSeries): Series {
  return { of, name, metric, ...level.columns() };
}

/** A partition without a leader has the leader −1, as Kafka writes it. */
function partitionSummary({ log, broker, replicas, storage }: Partition): PartitionSummary {
  return {
    partition: log.partition,
    leader: replicas !== undefined && replicas.leader === undefined ? -1 : broker.number,
    logStart: log.logStart,
    logEnd: log.logEnd,
    bytes: log.bytes,
    localBytes: storage?.unified.localBytes ?? log.bytes,
  };
}

function groupSummary(group: Group): GroupSummary {
  return {
    lag: lagSummary(group),
    partitions: group.partitions.map(ofPartition),
    expiredUnread: group.expiredUnread,
    rebalances: group.rebalances,
    pause: group.pause / nanosPerMilli,
  };
}

function shareGroupSummary(group: ShareGroup): GroupSummary {
  return {
    lag: lagSummary(group),
    partitions: group.partitions.map(({ partition, records: { startOffset, lag } }) =>
      ofPartition({ partition, committed: startOffset, lag }),
    ),
    expiredUnread: group.expiredUnread,
    dropped: group.dropped,
    rebalances: group.rebalances,
    pause: group.pause / nanosPerMilli,
  };
}

function ofPartition({
  partition: { log },
  committed,
  lag,
}: Pick<GroupPartition, "partition" | "committed" | "lag">): GroupSummary["partitions"][number] {
  return { topic: log.topic, partition: log.partition, committed, lag: lag.summary() };
}

function lagSummary({ lag, oldest: { age } }: Group | ShareGroup): LagSummary {
  return { ...lag.summary(), time: levelInMillis(age.summary()) };
}

/** What the range of this number comes to. */
export function lagOver({ lag, oldest: { age } }: Group | ShareGroup, range: number): LagSummary {
  return { ...lag.over(range), time: levelInMillis(age.over(range)) };
}

function levelInMillis({ max, mean, end }: LevelSummary): LevelSummary {
  return { max: max / nanosPerMilli, mean: mean / nanosPerMilli, end: end / nanosPerMilli };
}
