/** Bytes of a record batch's header, format v2. (KIP-98) */
export const batchOverhead = 61;

/**
 * Bytes of one record in a v2 batch: varints for its length, timestamp and offset deltas, key and value lengths.
 * `keyBytes` is −1 without a key; the timestamp delta is taken as one byte (under 64 ms).
 */
export function recordBytes(keyBytes: number, valueBytes: number, offsetDelta: number): number {
  const key = keyBytes < 0 ? 1 : varintBytes(keyBytes) + keyBytes;
  const body = 3 + varintBytes(offsetDelta) + key + varintBytes(valueBytes) + valueBytes;
  return varintBytes(body) + body;
}

/** Length of a zigzag varint of a number ≥ 0. */
function varintBytes(value: number): number {
  let bytes = 1;
  for (let bound = 64; value >= bound; bound *= 128) bytes++;
  return bytes;
}
