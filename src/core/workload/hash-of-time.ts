const time = new Float64Array(1);
const words = new Uint32Array(time.buffer);

/** 32 well mixed bits of a time and a salt. (the finalizer of MurmurHash3, twice) */
export function hashOfTime(nanos: number, salt: number): number {
  time[0] = nanos;
  return mix(mix(words[0]! ^ salt) ^ words[1]!);
}

function mix(bits: number): number {
  let h = bits | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
