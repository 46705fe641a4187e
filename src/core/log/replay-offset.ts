import type { ReplayPoint } from "../model/timeline.ts";
import type { GroupPartition } from "./group-partition.ts";

/** Where a point of a partition's log is now: after its end, where it holds nothing so late. */
export function replayOffset({ view, partition: { log } }: GroupPartition, to: ReplayPoint): number {
  if (to.kind === "offset") return to.offset;
  if (to.kind === "earliest") return log.logStart;
  const end = view.highWatermark;
  if (to.kind !== "time") return end;
  let offset = view.nextHeld(log.logStart);
  while (offset < end && log.sentAt[log.at(offset)]! < to.time) offset = view.nextHeld(offset + 1);
  return Math.min(offset, end);
}
