import { exp } from "./exp-log.ts";
import { exponentialLayers, normalLayers } from "./ziggurat.ts";

const per32 = 1 / 4_294_967_296;
const per53 = 1 / 9_007_199_254_740_992;
const smallRange = 65_536;

/**
 * A stream of random numbers: sfc32, started from the seed and the stream's name, so that a stream draws the same
 * whichever others exist.
 */
export class RandomStream {
  private readonly state: Int32Array;

  constructor(seed: number, name: string) {
    this.state = hash(seed, name);
    for (let round = 0; round < 15; round++) this.uint32();
  }

  /** 0 to 2^32 − 1. */
  uint32(): number {
    return this.word() >>> 0;
  }

  /** At least 0 and less than 1, of 53 random bits. */
  next(): number {
    return ((this.word() >>> 5) * 67_108_864 + (this.word() >>> 6)) * per53;
  }

  /** An integer from 0 to n − 1; no value is more likely than another by more than 1 in 65,536. */
  below(n: number): number {
    return Math.floor(n <= smallRange ? (this.word() >>> 0) * per32 * n : this.next() * n);
  }

  /** Exponential of mean 1: the ziggurat, whose layer and value come from different bits of one word. */
  exponential(): number {
    const word = this.word();
    const layer = word & 255;
    const value = word >>> 8;
    const x = value * exponentialLayers.width[layer]!;
    return value < exponentialLayers.fits[layer]! ? x : this.exponentialAtEdge(layer, x);
  }

  /** What is not below the density for certain: one draw in a hundred. Apart, so that the others cost no call. */
  private exponentialAtEdge(layer: number, x: number): number {
    const { density, tail } = exponentialLayers;
    if (layer === 0) return tail + this.exponential();
    const height = density[layer]! + this.next() * (density[layer - 1]! - density[layer]!);
    return height < exp(-x) ? x : this.exponential();
  }

  /** Normal of mean 0 and deviation 1, by the ziggurat. */
  normal(): number {
    const { fits, width, density } = normalLayers;
    for (;;) {
      const word = this.word();
      const layer = word & 127;
      const value = word >>> 8;
      const x = value * width[layer]!;
      const sign = (word & 128) === 0 ? 1 : -1;
      if (value < fits[layer]!) return sign * x;
      if (layer === 0) return sign * this.normalTail(normalLayers.tail);
      if (density[layer]! + this.next() * (density[layer - 1]! - density[layer]!) < exp(-0.5 * x * x))
        return sign * x;
    }
  }

  /** Normal of mean 0 and deviation 1, given that it is above `from` ≥ 0 (Robert 1995). */
  normalTail(from: number): number {
    const rate = (from + Math.sqrt(from * from + 4)) / 2;
    for (;;) {
      const x = from + this.exponential() / rate;
      if (this.next() < exp(-0.5 * (x - rate) * (x - rate))) return x;
    }
  }

  private word(): number {
    const { state } = this;
    const a = state[0]!;
    const b = state[1]!;
    const c = state[2]!;
    const counter = state[3]!;
    const sum = (a + b + counter) | 0;
    state[3] = counter + 1;
    state[0] = b ^ (b >>> 9);
    state[1] = c + (c << 3);
    state[2] = ((c << 21) | (c >>> 11)) + sum;
    return sum;
  }
}

/** Four words, each of which depends on every bit of the seed and the name. */
function hash(seed: number, name: string): Int32Array {
  const words = new Int32Array([0x6a09e667, 0x3c6ef372, 0x510e527f, 0x1f83d9ab]);
  const mix = (input: number) => {
    let [a, b, c, d] = words as unknown as [number, number, number, number];
    a = b ^ Math.imul(a ^ input, 0x239b961b);
    b = c ^ Math.imul(b ^ input, 0xab0e9789 | 0);
    c = d ^ Math.imul(c ^ input, 0x38b34ae5);
    d = a ^ Math.imul(d ^ input, 0xa1e38b93 | 0);
    words.set([finish(a), finish(b), finish(c), finish(d)]);
  };
  const float = new DataView(new ArrayBuffer(8));
  float.setFloat64(0, seed);
  mix(float.getInt32(0));
  mix(float.getInt32(4));
  for (let at = 0; at < name.length; at++) mix(name.charCodeAt(at));
  mix(name.length);
  mix(0);
  words[3] = 1;
  return words;
}

/** The finalizer of MurmurHash3: a bijection in which each bit changes half of the others. */
function finish(word: number): number {
  let bits = word;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
