import type { LogSegment } from "./log-segment.ts";
import type { UnifiedLog } from "./unified-log.ts";

/** What a cleaner may clean of a log. Offsets are those of segments; sizes are bytes. (LogToClean) */
export interface CleanableRange {
  readonly firstDirtyOffset: number;
  readonly firstUncleanableOffset: number;
  /** Of the segments before the dirty ones. */
  readonly cleanBytes: number;
  /** Of the dirty segments that may be cleaned. */
  readonly cleanableBytes: number;
  /** Dirty bytes' part of both. */
  readonly cleanableRatio: number;
  /** Something uncleaned is older than `max.compaction.lag.ms`. */
  readonly overdue: boolean;
}

/**
 * From the end of the last clean to the first of: the last stable offset, the active segment, a segment with a record
 * younger than `min.compaction.lag.ms`. (LogCleanerManager.cleanableOffsets)
 */
export function cleanableRange(log: UnifiedLog, cleanedUpTo: number, now: number): CleanableRange {
  const { segments, config } = log;
  const firstDirtyOffset =
    cleanedUpTo < log.logStart || cleanedUpTo > log.logEnd ? log.logStart : cleanedUpTo;
  let bound = Math.min(log.lastStable, log.active.baseOffset);
  if (config.minCompactionLag > 0) {
    const young = segments
      .slice(0, -1)
      .slice(floor(segments, firstDirtyOffset))
      .find(({ largestTimestamp }) => largestTimestamp > now - config.minCompactionLag);
    if (young !== undefined) bound = Math.min(bound, young.baseOffset);
  }
  bound = Math.max(bound, firstDirtyOffset);
  const firstUncleanable = Math.min(floor(segments, bound), segments.length - 1);
  const firstUncleanableOffset = segments[firstUncleanable]!.baseOffset;
  const dirtyFrom = floor(segments, Math.min(firstDirtyOffset, firstUncleanableOffset));
  const cleanBytes = sum(segments.filter(({ baseOffset }) => baseOffset < firstDirtyOffset));
  const cleanableBytes = sum(segments.slice(dirtyFrom, firstUncleanable));
  const total = cleanBytes + cleanableBytes;
  return {
    firstDirtyOffset,
    firstUncleanableOffset,
    cleanBytes,
    cleanableBytes,
    cleanableRatio: total === 0 ? 0 : cleanableBytes / total,
    overdue: overdue(log, firstDirtyOffset, now),
  };
}

/** Whether the first batch of a dirty segment is older than the bound. (LogCleanerManager.maxCompactionDelay) */
function overdue({ segments, config }: UnifiedLog, firstDirtyOffset: number, now: number): boolean {
  let earliest = Infinity;
  for (const segment of segments.slice(0, -1).slice(floor(segments, firstDirtyOffset)))
    if (segment.bytes > 0) earliest = Math.min(earliest, segment.firstTimestamp);
  return now - earliest > config.maxCompactionLag;
}

/** Index of the segment that the offset lies in, by the base offsets. */
export function floor(segments: readonly LogSegment[], offset: number): number {
  let at = segments.length - 1;
  while (at > 0 && segments[at]!.baseOffset > offset) at--;
  return at;
}

function sum(segments: readonly LogSegment[]): number {
  return segments.reduce((total, { bytes }) => total + bytes, 0);
}
