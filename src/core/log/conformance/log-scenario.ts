/**
 * A script for one partition's log and what the log did. Arguments and results stand side by side in a step; results may
 * be missing or null. Times are milliseconds from the start of a scenario, sizes bytes.
 */
export interface LogScenario {
  readonly topicConfig?: Readonly<Record<string, string>>;
  readonly steps: readonly LogStep[];
}

export interface LogStep {
  readonly op: string;
  readonly [field: string]: unknown;
}

/** The results that each operation has, beside `error` and `after`. */
export const resultFields = {
  append: ["offset"],
  appendMany: [],
  sleep: [],
  roll: [],
  retentionCheck: ["segmentsDeleted"],
  clean: [
    "firstDirtyOffset",
    "firstUncleanableOffset",
    "cleanBytes",
    "cleanableBytes",
    "cleanableRatio",
    "cleanedUpTo",
  ],
  read: ["offsets", "abortedTransactions"],
  appendIdempotent: ["logEndOffsetBefore", "firstOffset", "lastOffset", "duplicate"],
  appendTxn: ["logEndOffsetBefore", "firstOffset", "lastOffset", "duplicate"],
  endTransaction: ["markerOffset"],
  setHighWatermark: [],
  deleteRecordsBefore: [],
  offsetForTimestamp: ["offset", "recordTimestampMs"],
  endOffsetForEpoch: ["epochFound", "endOffset"],
  truncateTo: ["latestEpoch"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type LogOperation = keyof typeof resultFields;

export const logOperations = Object.keys(resultFields) as LogOperation[];
