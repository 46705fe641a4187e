/** Why a broker does not append a batch, as negative numbers beside offsets. The names are those of Kafka's errors. */
export const Refusal = {
  outOfOrderSequence: -1,
  invalidProducerEpoch: -2,
  invalidTransactionState: -3,
  recordTooLarge: -4,
  recordBatchTooLarge: -5,
  /** A record without a key in a compacted topic, or with a time out of bounds. */
  recordValidation: -6,
} as const;
export type Refusal = (typeof Refusal)[keyof typeof Refusal];
