/** librdkafka's 32-bit FNV-1a, made positive as its Go peer Sarama has it. (rd_fnv1a) */
export function fnv1a(bytes: Uint8Array): number {
  let hash = 0x811c9dc5 | 0;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return Math.abs(hash);
}
