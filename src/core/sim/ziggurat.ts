import { exp, log } from "./exp-log.ts";

/**
 * The tables of the ziggurat (Marsaglia and Tsang 2000): layers of equal area under a density, the lowest of which
 * includes the tail. Computed with exp, log and sqrt alone, which agree to the bit between engines.
 */
export interface Layers {
  /** A value below this lies under the density whatever the height. */
  readonly fits: Float64Array;
  /** The layer's width per unit of a 24-bit value. */
  readonly width: Float64Array;
  /** The density, unscaled, at the layer's right edge. */
  readonly density: Float64Array;
  /** Where the tail begins. */
  readonly tail: number;
}

const valueSpan = 16_777_216;

function layers(
  count: number,
  tail: number,
  area: number,
  density: (x: number) => number,
  inverse: (y: number) => number,
): Layers {
  const edge = new Float64Array(count);
  edge[0] = area / density(tail);
  edge[count - 1] = tail;
  for (let layer = count - 2; layer > 0; layer--) {
    const outer = edge[layer + 1]!;
    edge[layer] = inverse(area / outer + density(outer));
  }
  const fits = new Float64Array(count);
  fits[0] = (tail / edge[0]) * valueSpan;
  for (let layer = 2; layer < count; layer++) fits[layer] = (edge[layer - 1]! / edge[layer]!) * valueSpan;
  return {
    fits,
    width: edge.map((x) => x / valueSpan),
    density: edge.map((x, layer) => (layer === 0 ? 1 : density(x))),
    tail,
  };
}

export const exponentialLayers = layers(
  256,
  7.69711747013105,
  0.003949659822581572,
  (x) => exp(-x),
  (y) => -log(y),
);

export const normalLayers = layers(
  128,
  3.442619855899,
  0.00991256303526217,
  (x) => exp(-0.5 * x * x),
  (y) => Math.sqrt(-2 * log(y)),
);
