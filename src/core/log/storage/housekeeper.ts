import type { Housekeeping } from "../../model/kafka-cluster.ts";
import type { LogConfig } from "../../model/log-config.ts";
import type { LogContext } from "../log-context.ts";
import { LogEvent } from "../log-event.ts";
import type { Broker } from "../broker.ts";
import type { Partition } from "../partition.ts";
import { PartitionStorage, type Dirtiness } from "./partition-storage.ts";

/** What may stand behind a deletion, as Kafka names it. */
const reasons = ["deleteRecords", "retention.bytes", "retention.ms"] as const;

/** The brokers' standing tasks over what their logs hold: the check of retention, and the cleaner. */
export class Housekeeper {
  private readonly context: LogContext;
  /** By number of the brokers that have started during the run: when each looks at its logs next. */
  private readonly dueAt = new Map<number, number>();
  private readonly settings: Housekeeping;
  /** Partitions of which something may go: by retention alone, and by the cleaner. */
  private readonly deletable: Partition[] = [];
  private readonly cleanable: Partition[] = [];

  constructor(context: LogContext, settings: Housekeeping) {
    this.context = context;
    this.settings = settings;
  }

  keep(partition: Partition, config: LogConfig): void {
    const kept = config.compact ? this.cleanable : this.deletable;
    // Without a cleaner nobody looks after compacted topics, not even for what is too old. (LogManager.cleanupLogs)
    if (kept.includes(partition) || (config.compact && !this.settings.cleans)) {
      this.store(partition, config);
      return;
    }
    kept.push(partition);
    this.store(partition, config);
  }

  /** Nothing of it goes, but what it holds matters. */
  store(partition: Partition, config: LogConfig): void {
    partition.storage ??= new PartitionStorage(this.context, partition.log, config);
  }

  /** A batch from before the start was appended: what was complete by then has been looked after. */
  loaded(partition: Partition, time: number): void {
    const { storage } = partition;
    if (storage === undefined || (!storage.rolled && time < 0)) return;
    if (storage.unified.config.compact && !this.settings.cleans) return;
    // The instant before the run: nobody sees it.
    const before = Math.min(time, -1);
    while (storage.unified.config.compact && this.cleansDirtiest([partition], before));
    this.clear(partition, before);
    this.tier(partition, before);
  }

  /** Records before the offset are deleted, as far as the high watermark; their segments go at the next check. */
  deleteRecords(partition: Partition, before: number): void {
    const { kernel, world } = this.context;
    const { log, place } = partition;
    const storage = partition.storage!;
    storage.deleteRecordsBefore(Math.min(before, log.highWatermark));
    partition.deletedBy = "deleteRecords";
    partition.startAt(storage.unified.logStart);
    partition.headsChanged(kernel.now);
    world.occurrences.add(kernel.now, "recordsDeleted", place, log.logStart, "deleteRecords");
  }

  start(): void {
    if (this.deletable.length > 0) this.schedule(LogEvent.retentionCheck);
    if (this.cleanable.length > 0) this.schedule(LogEvent.cleanerWakes);
  }

  /**
   * A broker's process starts: it looks at its logs from then on. Those of the beginning have run for long, and look all at the
   * same times. (LogManager.startup)
   */
  brokerStarts({ number }: Broker): void {
    if (this.deletable.length > 0) this.checkAt(number, this.context.kernel.now + this.settings.initialDelay);
  }

  /** `log.retention.check.interval.ms` is over for one broker, or, without a number, for all that have never started anew. */
  checks(broker: number): void {
    const { now } = this.context.kernel;
    if (broker > 0 && this.dueAt.get(broker) !== now) return;
    for (const partition of this.deletable) {
      const { number } = partition.broker;
      if (broker > 0 ? number !== broker : this.dueAt.has(number)) continue;
      this.clear(partition, now);
      this.tier(partition, now);
    }
    if (broker > 0) this.checkAt(broker, now + this.settings.retentionCheckInterval);
    else this.schedule(LogEvent.retentionCheck);
  }

  private checkAt(broker: number, time: number): void {
    this.dueAt.set(broker, time);
    this.context.background(time, LogEvent.retentionCheck, broker);
  }

  /** The cleaner cleans the dirtiest log, then the next, until none is dirty enough; it deletes, too, where that is asked. */
  cleans(): void {
    const { now } = this.context.kernel;
    while (this.cleansDirtiest(this.cleanable, now));
    for (const partition of this.cleanable) this.clear(partition, now);
    this.schedule(LogEvent.cleanerWakes);
  }

  private cleansDirtiest(partitions: readonly Partition[], now: number): boolean {
    let dirtiest: Partition | undefined;
    let most: Dirtiness | undefined;
    for (const partition of partitions) {
      const dirtiness = partition.storage!.dirtiness(now);
      if (dirtiness.rule === undefined || (most !== undefined && most.ratio >= dirtiness.ratio)) continue;
      dirtiest = partition;
      most = dirtiness;
    }
    if (dirtiest === undefined) return false;
    const bytes = dirtiest.rewrite(now, (storage) => storage.clean(now));
    this.tell(now, "logCleaned", dirtiest, bytes, most!.rule!);
    return true;
  }

  /** Deletes what retention lets go. */
  private clear(partition: Partition, now: number): void {
    if (!partition.storage!.anyDeletable(now)) return;
    const deletions = partition.rewrite(now, (storage) => {
      const found = storage.check(now);
      partition.deletedBy = reasons.filter((reason) => found[reason] > 0).join(", ");
      return found;
    });
    for (const reason of reasons)
      if (deletions[reason] > 0) this.tell(now, "segmentsDeleted", partition, deletions[reason], reason);
  }

  /** Leaves segments to remote storage alone. */
  private tier(partition: Partition, now: number): void {
    const storage = partition.storage!;
    if (!storage.unified.config.remote) return;
    const left = storage.leaveToRemote(now);
    for (const rule of ["local.retention.bytes", "local.retention.ms"] as const)
      if (left[rule] > 0) this.tell(now, "segmentsTiered", partition, left[rule], rule);
  }

  private tell(
    now: number,
    kind: "segmentsDeleted" | "logCleaned" | "segmentsTiered",
    { place }: Partition,
    detail: number,
    rule: string,
  ): void {
    if (now >= 0) this.context.world.occurrences.add(now, kind, place, detail, rule);
  }

  private schedule(event: typeof LogEvent.retentionCheck | typeof LogEvent.cleanerWakes): void {
    const { kernel } = this.context;
    const { retentionCheckInterval, cleanerBackoff } = this.settings;
    const wait = event === LogEvent.retentionCheck ? retentionCheckInterval : cleanerBackoff;
    this.context.background(kernel.now + wait, event);
  }
}
