const seed = 0x9747b28c;
const multiplier = 0x5bd1e995;

/** Kafka's 32-bit murmur2 of the first `length` bytes, as Java's signed int. (org.apache.kafka.common.utils.Utils) */
export function murmur2(bytes: Uint8Array, length = bytes.length): number {
  let hash = seed ^ length;
  const whole = length & ~3;
  for (let i = 0; i < whole; i += 4) {
    let word = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    word = Math.imul(word, multiplier);
    word ^= word >>> 24;
    hash = Math.imul(hash, multiplier) ^ Math.imul(word, multiplier);
  }
  const rest = length & 3;
  if (rest === 3) hash ^= bytes[whole + 2]! << 16;
  if (rest >= 2) hash ^= bytes[whole + 1]! << 8;
  if (rest >= 1) hash = Math.imul(hash ^ bytes[whole]!, multiplier);
  hash = Math.imul(hash ^ (hash >>> 13), multiplier);
  return hash ^ (hash >>> 15);
}

/** The partition of a key: an empty key is a key like any other. (Java's BuiltInPartitioner) */
export function partitionForHash(hash: number, partitions: number): number {
  return (hash & 0x7fffffff) % partitions;
}
