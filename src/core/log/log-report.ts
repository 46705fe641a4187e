import { assert } from "../sim/invariant.ts";
import type { LevelSeries } from "../stats/series.ts";
import type { GroupSummary, LevelSummary, PartitionSummary, Series, TopicSummary } from "../stats/result.ts";
import type { Group } from "./group.ts";
import type { GroupPartition } from "./group-partition.ts";
import type { LogModel } from "./log-model.ts";
import type { Partition } from "./partition.ts";

const nanosPerMilli = 1e6;

/** Carries every level to the end of the run and books handlers that are still at work. */
export function finishLog(model: LogModel, now: number): void {
  for (const group of model.groups.values()) {
    group.lag.finish(now);
    for (const of of group.partitions) of.lag.finish(now);
  }
  for (const { handlers, setup, partitions } of model.members) {
    for (const of of partitions) setup.stats.unfinished += unsettled(of);
    for (const [handler, of] of handlers.of.entries())
      if (of !== undefined) setup.stats.stillBusy(now, setup.instance, handlers.takenUpAt[handler]!);
  }
}

/** Records without a final state: on their way to a log, or appended and not settled by a group that reads them. */
export function unfinishedOfLog(model: LogModel): number {
  let unfinished = 0;
  for (const client of model.clients) unfinished += client.unappended;
  for (const group of model.groups.values()) for (const of of group.partitions) unfinished += unsettled(of);
  return unfinished;
}

function unsettled(of: GroupPartition): number {
  return of.partition.log.logEnd - of.start - of.finished - of.skipped;
}

/**
 * Recounts every record from the structures that hold it: those in clients, batches and requests, and for each group
 * those finished, skipped, in work, polled and not yet read, which must add up to what was appended.
 */
export function auditLog(model: LogModel): void {
  for (const client of model.clients) client.audit();
  for (const member of model.members)
    for (const of of member.partitions) {
      const { logEnd, kept } = of.partition.log;
      assert(
        of.committed <= of.position && of.position <= of.fetched && of.fetched <= logEnd,
        "offsets keep their order",
      );
      assert(of.needed === Infinity || kept <= of.needed, "no record is forgotten that can still be read");
      const held = member.slice.countOf(of) + member.handlers.countOf(of);
      const read = of.position - of.start;
      assert(of.finished + of.skipped + held === read, "each record that poll() returned has one state");
    }
}

export function topicSummaries(model: LogModel): Record<string, TopicSummary> {
  const summaries: [string, TopicSummary][] = [];
  for (const [name, partitions] of model.topics)
    summaries.push([name, { partitions: partitions.map(partitionSummary) }]);
  return Object.fromEntries(summaries);
}

export function groupSummaries(model: LogModel): Record<string, GroupSummary> {
  const summaries: [string, GroupSummary][] = [];
  for (const [name, group] of model.groups) summaries.push([name, groupSummary(group)]);
  return Object.fromEntries(summaries);
}

export function logSeries(model: LogModel): Series[] {
  return [...model.groups].map(([name, { lag }]) => ({ of: "group", name, metric: "lag", ...lag.columns() }));
}

function partitionSummary({ log }: Partition): PartitionSummary {
  return { partition: log.partition, leader: log.leader, logStart: 0, logEnd: log.logEnd, bytes: log.bytes };
}

function groupSummary(group: Group): GroupSummary {
  return {
    lag: levelSummary(group.lag),
    partitions: group.partitions.map(ofPartition),
    rebalances: group.rebalances,
    pause: group.pause / nanosPerMilli,
  };
}

function ofPartition({
  partition: { log },
  committed,
  lag,
}: GroupPartition): GroupSummary["partitions"][number] {
  return { topic: log.topic, partition: log.partition, committed, lag: levelSummary(lag) };
}

function levelSummary(level: LevelSeries): LevelSummary {
  return { max: level.max, mean: level.mean(), end: level.level };
}
