/** Bytes of a record batch's header, format v2. (KIP-98) */
export const batchOverhead = 61;
/** A record's length, attributes, timestamp and offset deltas, each as long as it can be. */
const recordOverheadMax = 21;
/** The longest varint of 32 bits: the length of a key or a value. */
const lengthBytesMax = 5;
/** A record's number of headers, which is 0. */
const headersBytes = 1;

/**
 * Bytes of one record in a v2 batch: varints for its length, timestamp and offset deltas, key and value lengths.
 * `keyBytes` is −1 without a key, `valueBytes` without a value; the timestamp delta is taken as one byte (under 64 ms).
 */
export function recordBytes(keyBytes: number, valueBytes: number, offsetDelta: number): number {
  const key = keyBytes < 0 ? 1 : varintBytes(keyBytes) + keyBytes;
  const value = valueBytes < 0 ? 1 : varintBytes(valueBytes) + valueBytes;
  const body = 3 + varintBytes(offsetDelta) + key + value;
  return varintBytes(body) + body;
}

/** The most by which `batchBytesAtMost` exceeds the bytes of key and value. */
export const batchRoomAtMost = batchOverhead + recordOverheadMax + 2 * lengthBytesMax + headersBytes;

/** What a client takes a record for before it knows its batch: a batch of its own, with fields of any length. (DefaultRecordBatch.estimateBatchSizeUpperBound) */
export function batchBytesAtMost(keyBytes: number, valueBytes: number): number {
  const key = keyBytes < 0 ? 1 : varintBytes(keyBytes) + keyBytes;
  const value = valueBytes < 0 ? 1 : varintBytes(valueBytes) + valueBytes;
  return batchOverhead + recordOverheadMax + key + value + headersBytes;
}

/** What a batch of so many bytes has once its records are compressed; its header stays as it is. */
export function compressedBytes(bytes: number, rate: number): number {
  return batchOverhead + Math.round((bytes - batchOverhead) * rate);
}

/** Length of an integer's zigzag varint. */
export function varintBytes(value: number): number {
  const size = value < 0 ? -value - 1 : value;
  // Its bits and one for the sign, seven a byte: 37 / 256 is a seventh, as far as 32 bits go.
  if (size <= 0xffff_ffff) return ((39 - Math.clz32(size)) * 37) >> 8;
  let bytes = 5;
  for (let bound = 17_179_869_184; size >= bound; bound *= 128) bytes++;
  return bytes;
}
