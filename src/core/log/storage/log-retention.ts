import type { LogSegment } from "./log-segment.ts";
import type { UnifiedLog } from "./unified-log.ts";

/** Why segments were deleted, by Kafka's names. */
type DeletionReason = "deleteRecords" | "retention.bytes" | "retention.ms";

/** Segments deleted by one check, by reason. */
export type Deletions = Readonly<Record<DeletionReason, number>>;

/**
 * One check of retention: deletes from the old end what lies before the log start, then what is too much, then what is
 * too old by its largest time. Nothing at or past the high watermark goes; the active segment does, when it has
 * expired as well: an empty one takes its place. (UnifiedLog.deleteOldSegments)
 */
export function deleteOldSegments(log: UnifiedLog, now: number): Deletions {
  const { config } = log;
  const beforeStart = deleteWhile(log, now, (_, upperBound, isLast) => !isLast && upperBound <= log.logStart);
  if (!config.delete) return { deleteRecords: beforeStart, "retention.bytes": 0, "retention.ms": 0 };
  // The oldest goes while the log without it still holds the limit.
  let tooMuch = log.bytes - config.retentionBytes;
  const bySize = deleteWhile(log, now, ({ bytes }) => {
    if (tooMuch < 0 || tooMuch < bytes) return false;
    tooMuch -= bytes;
    return true;
  });
  const byTime = deleteWhile(log, now, (segment) => now - segment.largestTimestamp > config.retentionTime);
  return { deleteRecords: beforeStart, "retention.bytes": bySize, "retention.ms": byTime };
}

/** Whether a check would delete anything: nothing goes before the oldest segment. */
export function anyDeletable(log: UnifiedLog, now: number): boolean {
  const { segments, config } = log;
  const [oldest, following] = segments;
  const upperBound = following?.baseOffset ?? log.logEnd;
  if (log.highWatermark < upperBound || (following === undefined && oldest!.bytes === 0)) return false;
  if (following !== undefined && upperBound <= log.logStart) return true;
  if (!config.delete) return false;
  return (
    log.bytes - config.retentionBytes >= oldest!.bytes ||
    now - oldest!.largestTimestamp > config.retentionTime
  );
}

function deleteWhile(
  log: UnifiedLog,
  now: number,
  breached: (segment: LogSegment, upperBound: number, isLast: boolean) => boolean,
): number {
  const { segments } = log;
  let count = 0;
  for (const [i, segment] of segments.entries()) {
    const isLast = i + 1 === segments.length;
    const upperBound = isLast ? log.logEnd : segments[i + 1]!.baseOffset;
    if (log.highWatermark < upperBound || !breached(segment, upperBound, isLast)) break;
    if (isLast && segment.bytes === 0) break;
    count++;
  }
  log.deleteSegments(count, now);
  return count;
}
