const polynomial = 0xedb88320;

/** zlib's CRC-32 of the first `length` bytes, unsigned: what librdkafka's `consistent` partitioner hashes keys with. */
export function crc32(bytes: Uint8Array, length = bytes.length): number {
  let crc = -1;
  for (let i = 0; i < length; i++) {
    crc ^= bytes[i]!;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? polynomial : 0);
  }
  return ~crc >>> 0;
}
