/** librdkafka's 32-bit FNV-1a, made positive as its Go peer Sarama has it. (rd_fnv1a) */
export function fnv1a(bytes: Uint8Array, length = bytes.length): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = 0; i < length; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return Math.abs(hash);
}
