/**
 * A topic's settings of its log, by Kafka's meaning (4.1). Times are in the unit of the clock that the log is run by,
 * of which a millisecond has `millisecond`; sizes are bytes; Infinity is unlimited.
 */
export interface LogConfig {
  readonly millisecond: number;
  readonly segmentBytes: number;
  readonly segmentTime: number;
  readonly segmentJitter: number;
  /** `segment.index.bytes` and `index.interval.bytes`: a segment with a full index is rolled. */
  readonly indexBytes: number;
  readonly indexInterval: number;
  readonly compact: boolean;
  readonly delete: boolean;
  readonly retentionTime: number;
  readonly retentionBytes: number;
  readonly minCleanableDirtyRatio: number;
  readonly minCompactionLag: number;
  readonly maxCompactionLag: number;
  /** `delete.retention.ms`. */
  readonly tombstoneRetention: number;
  readonly maxMessageBytes: number;
  /** `flush.messages`: a log is flushed to disk after so many. */
  readonly flushMessages: number;
  /** `message.timestamp.type: LogAppendTime`. */
  readonly logAppendTime: boolean;
  readonly timestampBeforeMax: number;
  readonly timestampAfterMax: number;
  /** `remote.storage.enable`, with `local.retention.ms` and `local.retention.bytes`. */
  readonly remote: boolean;
  readonly localRetentionTime: number;
  readonly localRetentionBytes: number;
}

/** A setting's number by its name: milliseconds, bytes or a ratio. */
export type LogSettingNumber = (name: string) => number;

/**
 * The configuration from settings by Kafka's names. `list` is `cleanup.policy`; numbers are as Kafka writes them, −1
 * for unlimited, −2 for what `retention.*` says.
 */
export function logConfig(
  number: LogSettingNumber,
  policies: readonly string[],
  logAppendTime: boolean,
  remote: boolean,
  millisecond: number,
): LogConfig {
  const time = (name: string) => unlimited(number(name)) * millisecond;
  const retentionTime = time("retention.ms");
  const retentionBytes = unlimited(number("retention.bytes"));
  const localTime = number("local.retention.ms");
  const localBytes = number("local.retention.bytes");
  const compact = policies.includes("compact");
  const maxCompactionLag = time("max.compaction.lag.ms");
  return {
    millisecond,
    segmentBytes: number("segment.bytes"),
    // A log with a bound on the age of what is not compacted rolls its segments by it. (LogConfig.segmentMs)
    segmentTime: compact ? Math.min(time("segment.ms"), maxCompactionLag) : time("segment.ms"),
    segmentJitter: time("segment.jitter.ms"),
    indexBytes: number("segment.index.bytes"),
    indexInterval: number("index.interval.bytes"),
    compact,
    delete: policies.includes("delete"),
    retentionTime,
    retentionBytes,
    minCleanableDirtyRatio: number("min.cleanable.dirty.ratio"),
    minCompactionLag: Math.max(number("min.compaction.lag.ms"), 0) * millisecond,
    maxCompactionLag,
    tombstoneRetention: time("delete.retention.ms"),
    maxMessageBytes: number("max.message.bytes"),
    flushMessages: unlimited(number("flush.messages")),
    logAppendTime,
    timestampBeforeMax: time("message.timestamp.before.max.ms"),
    timestampAfterMax: time("message.timestamp.after.max.ms"),
    remote,
    localRetentionTime: localTime === -2 ? retentionTime : unlimited(localTime) * millisecond,
    localRetentionBytes: localBytes === -2 ? retentionBytes : unlimited(localBytes),
  };
}

/** Kafka writes a time without end as the largest long. */
const longMax = 9_223_372_036_854_775_808;

function unlimited(value: number): number {
  return value < 0 || value >= longMax ? Infinity : value;
}
