import { noTimestamp } from "../storage/log-segment.ts";
import { Control, noProducer } from "../storage/record-batch.ts";
import { noHorizon, type StoredRecords } from "../storage/stored-records.ts";
import type { UnifiedLog } from "../storage/unified-log.ts";

/** A log as scenarios show it: offsets, segments and records; `keys` and `values` by the ids of its records. */
export function describeLog(
  log: UnifiedLog,
  stored: StoredRecords,
  keys: readonly string[],
  values: readonly (string | null)[],
): Record<string, unknown> {
  const { segments } = log;
  return {
    logStartOffset: log.logStart,
    highWatermark: log.highWatermark,
    lastStableOffset: log.lastStable,
    logEndOffset: log.logEnd,
    sizeBytes: log.bytes,
    segments: segments.map(({ baseOffset, bytes, largestRecordTimestamp }, i) => {
      const following = segments[i + 1]?.baseOffset;
      return {
        baseOffset,
        nextOffset: lastBatchEnd(stored, baseOffset, following ?? Infinity),
        sizeBytes: bytes,
        largestTimestampMs: largestRecordTimestamp === noTimestamp ? null : largestRecordTimestamp,
        active: following === undefined,
      };
    }),
    records: Array.from({ length: stored.batches }, (_, batch) =>
      recordsOf(stored, batch, keys, values),
    ).flat(),
  };
}

/** Where the segment's last batch ends; its base offset while it is empty. */
function lastBatchEnd(stored: StoredRecords, base: number, before: number): number {
  let next = base;
  for (let batch = stored.batchOf(base); batch < stored.batches; batch++) {
    if (stored.base[batch]! >= before) break;
    next = stored.next[batch]!;
  }
  return next;
}

function recordsOf(
  stored: StoredRecords,
  batch: number,
  keys: readonly string[],
  values: readonly (string | null)[],
): Record<string, unknown>[] {
  const about = {
    ...(stored.horizon[batch] !== noHorizon && { deleteHorizonMs: stored.horizon[batch] }),
    ...(stored.producerId[batch] !== noProducer && { producerId: stored.producerId[batch] }),
  };
  const shown: Record<string, unknown>[] = [];
  for (let at = stored.firstRecord(batch); at < stored.recordEnd[batch]!; at++) {
    const offset = stored.offset[at];
    if (stored.isControl(batch))
      shown.push({
        offset,
        control: stored.control[batch] === Control.commit ? "COMMIT" : "ABORT",
        ...about,
      });
    else {
      const key = stored.key[at]! < 0 ? null : keys[stored.key[at]!];
      shown.push({ offset, key, value: values[stored.id[at]!], ...about });
    }
  }
  return shown;
}
