const smallestTable = 16;

/** Java's `String.hashCode`. */
export function stringHash(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(31, hash) + text.charCodeAt(i)) | 0;
  return hash;
}

/** Java's `TopicPartition.hashCode`. */
export function topicPartitionHash(topic: string, partition: number): number {
  return (Math.imul(31, (31 + partition) | 0) + stringHash(topic)) | 0;
}

/**
 * The order in which a `java.util.HashMap` hands out entries that were put in one after the other: by bucket of a table
 * at most three quarters full. Kafka's assignors let it decide who of several equals keeps one partition more.
 */
export function hashMapOrder<T>(entries: readonly T[], hashOf: (entry: T) => number): T[] {
  let buckets = smallestTable;
  while (entries.length > 0.75 * buckets) buckets *= 2;
  const bucketOf = (entry: T) => {
    const hash = hashOf(entry);
    return (hash ^ (hash >>> 16)) & (buckets - 1);
  };
  return entries.toSorted((a, b) => bucketOf(a) - bucketOf(b));
}
