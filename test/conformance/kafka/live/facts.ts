/** `topic-partition`, as Kafka prints it. */
export type PartitionName = string;

/**
 * What came of a scenario, on either side: times are ms since its begin, messages are numbered in the order of sending.
 * Both sides are judged by the same functions on these facts alone.
 */
export interface Facts {
  /** By message: when its producer was to send it; when it was accepted, null where it was not. */
  readonly sends: readonly (readonly [at: number, accepted: number | null])[];
  readonly logs: Readonly<Record<PartitionName, LogFacts>>;
  /** Ends of processing, in their order. */
  readonly finishes: readonly (readonly [
    at: number,
    message: number,
    partition: PartitionName,
    offset: number,
    consumer: string,
    instance: number,
  ])[];
  /** Ends of processing that failed, likewise; left out where there are none. */
  readonly failures?: Facts["finishes"];
  /** Of a share group: where its partitions begin, before which it is done with all. */
  readonly committed: Readonly<Record<string, Readonly<Record<PartitionName, number>>>>;
}

export interface LogFacts {
  readonly start: number;
  readonly end: number;
  /** Of its segments, in one replica. */
  readonly bytes: number;
  /** Those that a consumer reads at the end. */
  readonly records: readonly (readonly [offset: number, message: number])[];
}
