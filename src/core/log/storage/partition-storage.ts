import type { LogConfig } from "../../model/log-config.ts";
import type { PartitionLog } from "../partition-log.ts";
import { deleteOldSegments, type Deletions } from "./log-retention.ts";
import { RecordBatch } from "./record-batch.ts";
import { UnifiedLog } from "./unified-log.ts";

/**
 * What the broker keeps of a partition, beside the records that somebody may still read: segments, and what retention
 * makes of them. Only partitions of which something may go during a run have one.
 */
export class PartitionStorage {
  readonly unified: UnifiedLog;
  private readonly log: PartitionLog;
  /** The append before this moment began a new segment. */
  rolled = false;
  private readonly batch = new RecordBatch();

  constructor(log: PartitionLog, config: LogConfig, now: number) {
    this.log = log;
    this.unified = new UnifiedLog(config, now);
  }

  /** The partition's log took a batch that begins at `base`. */
  appended(base: number, count: number, bytes: number, now: number): void {
    const { log, unified, batch } = this;
    const first = log.sentAt[log.at(base)]!;
    const last = log.sentAt[log.at(base + count - 1)]!;
    const segments = unified.segments.length;
    unified.append(batch.plain(count, bytes, first, Math.max(first, last)), now);
    this.rolled = unified.segments.length > segments;
  }

  /** One check of retention. */
  check(now: number): Deletions {
    this.unified.setHighWatermark(this.log.highWatermark);
    return deleteOldSegments(this.unified, now);
  }

  deleteRecordsBefore(offset: number): void {
    this.unified.setHighWatermark(this.log.highWatermark);
    this.unified.deleteRecordsBefore(offset);
  }
}
