import type { Housekeeping } from "../../model/kafka-cluster.ts";
import type { LogConfig } from "../../model/log-config.ts";
import type { LogContext } from "../log-context.ts";
import { LogEvent } from "../log-event.ts";
import type { Partition } from "../partition.ts";
import type { Deletions } from "./log-retention.ts";
import { PartitionStorage } from "./partition-storage.ts";

/** What may stand behind a deletion, as Kafka names it. */
const reasons = ["deleteRecords", "retention.bytes", "retention.ms"] as const;

/** The brokers' standing tasks over what their logs hold: the check of retention. */
export class Housekeeper {
  private readonly context: LogContext;
  private readonly settings: Housekeeping;
  /** Partitions of which something may go. */
  private readonly partitions: Partition[] = [];

  constructor(context: LogContext, settings: Housekeeping) {
    this.context = context;
    this.settings = settings;
  }

  keep(partition: Partition, config: LogConfig): void {
    if (partition.storage !== undefined) return;
    this.partitions.push(partition);
    partition.storage = new PartitionStorage(partition.log, config, this.context.kernel.now);
  }

  /** A batch from before the start was appended: what was complete by then has been looked after. */
  loaded(partition: Partition, time: number): void {
    const { storage } = partition;
    if (storage !== undefined && (storage.rolled || time === 0)) clear(partition, storage, time);
  }

  /** Records before the offset are deleted, as far as the high watermark; their segments go at the next check. */
  deleteRecords(partition: Partition, before: number): void {
    const { kernel, world } = this.context;
    const { log, place } = partition;
    const storage = partition.storage!;
    storage.deleteRecordsBefore(Math.min(before, log.highWatermark));
    partition.startAt(storage.unified.logStart);
    world.occurrences.add(kernel.now, "recordsDeleted", place, log.logStart, "deleteRecords");
  }

  start(): void {
    if (this.partitions.length > 0) this.schedule();
  }

  /** `log.retention.check.interval.ms` is over. */
  checks(): void {
    const { kernel, world } = this.context;
    for (const partition of this.partitions) {
      const deletions = clear(partition, partition.storage!, kernel.now);
      for (const reason of reasons)
        if (deletions[reason] > 0)
          world.occurrences.add(kernel.now, "segmentsDeleted", partition.place, deletions[reason], reason);
    }
    // Where a run ends once nothing is left to do, the check alone does not keep it going.
    if (kernel.pending > 0 || world.horizon < Infinity) this.schedule();
  }

  private schedule(): void {
    const { kernel } = this.context;
    this.context.timer(kernel.now + this.settings.retentionCheckInterval, LogEvent.retentionCheck, 0, 0);
  }
}

/** Deletes what retention lets go. */
function clear(partition: Partition, storage: PartitionStorage, now: number): Deletions {
  const deletions = storage.check(now);
  if (reasons.some((reason) => deletions[reason] > 0)) partition.segmentsDeleted(now);
  return deletions;
}
