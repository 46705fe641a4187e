const polynomial = 0xedb88320;

/** zlib's CRC-32 of the bytes, unsigned: what librdkafka's `consistent` partitioner hashes keys with. */
export function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? polynomial : 0);
  }
  return ~crc >>> 0;
}
