import { floor } from "./cleanable-range.ts";
import type { AbortedTransaction } from "./transaction-index.ts";
import type { UnifiedLog } from "./unified-log.ts";

/** How far a reader may see: a follower, a consumer, a consumer with `isolation.level: read_committed`. */
export type Isolation = "LOG_END" | "HIGH_WATERMARK" | "TXN_COMMITTED";

export interface LogRead {
  /** Batches [first, end) by their places in `stored`; the offsets before the asked one are the reader's to skip. */
  readonly first: number;
  readonly end: number;
  readonly aborted: readonly AbortedTransaction[];
}

/**
 * Whole batches from the offset on, of one segment, up to so many bytes; with `atLeastOne` the first in any case.
 * Undefined where the offset is out of range. (UnifiedLog.read)
 */
export function read(
  log: UnifiedLog,
  offset: number,
  maxBytes: number,
  isolation: Isolation,
  atLeastOne: boolean,
): LogRead | undefined {
  if (offset < log.logStart || offset > log.logEnd) return undefined;
  const stored = log.stored!;
  const bound = boundOf(log, isolation);
  const first = stored.batchOf(offset);
  const empty = { first, end: first, aborted: [] };
  if (offset >= bound || first === stored.batches) return empty;
  const following = log.segments[floor(log.segments, stored.base[first]!) + 1];
  const segmentEnd = following?.baseOffset ?? log.logEnd;
  let bytes = 0;
  let end = first;
  for (; end < stored.batches && stored.base[end]! < segmentEnd && stored.next[end]! <= bound; end++) {
    bytes += stored.bytes[end]!;
    if (bytes > maxBytes && !(atLeastOne && end === first)) break;
  }
  const aborted = isolation === "TXN_COMMITTED" ? log.aborted.aborted(offset, segmentEnd) : [];
  return { first, end, aborted };
}

function boundOf(log: UnifiedLog, isolation: Isolation): number {
  if (isolation === "LOG_END") return log.logEnd;
  return isolation === "HIGH_WATERMARK" ? log.highWatermark : log.lastStable;
}

/** Place of the first record, at or after the log start, with at least this time; undefined when there is none. */
export function recordAtTime(log: UnifiedLog, timestamp: number): number | undefined {
  const stored = log.stored!;
  const segment = log.segments.findIndex(({ largestTimestamp }) => largestTimestamp >= timestamp);
  if (segment < 0) return undefined;
  const end = log.segments[segment + 1]?.baseOffset ?? Infinity;
  for (let batch = stored.batchOf(log.segments[segment]!.baseOffset); batch < stored.batches; batch++) {
    if (stored.base[batch]! >= end) break;
    if (stored.maxTimestamp[batch]! < timestamp) continue;
    for (let at = stored.firstRecord(batch); at < stored.recordEnd[batch]!; at++)
      if (stored.timestamp[at]! >= timestamp && stored.offset[at]! >= log.logStart) return at;
  }
  return undefined;
}

/** Place of the first record with the largest time of the log; undefined where it has no record. */
export function latestRecord(log: UnifiedLog): number | undefined {
  const stored = log.stored!;
  let latest: number | undefined;
  for (let at = 0; at < stored.records; at++)
    if (latest === undefined || stored.timestamp[at]! > stored.timestamp[latest]!) latest = at;
  return latest;
}
