import type { Codec, Packing } from "./compression.ts";

/** Kafka's own defaults: gzip's -1 is 6. lz4's 9 is its fast compressor, every other level is its hard one. (Lz4BlockOutputStream) */
export const defaultLevels: Readonly<Record<Codec, number>> = {
  none: 0,
  gzip: 6,
  snappy: 0,
  lz4: 9,
  zstd: 3,
};

interface CodecLevel {
  /** ns of a core for each batch, and for each byte of its records. */
  readonly perBatch: number;
  readonly perByte: number;
  /** Compressed over uncompressed bytes of a batch of about 40 KB. */
  readonly left: number;
}

type MeasuredLevel = readonly [level: number, perBatch: number, perByte: number, left: number];

/**
 * Measured with Kafka 4.1.1's own classes on orders in JSON of about 400 bytes, in batches of 1 to 100: lines through the
 * times of a core, without what the same batches take uncompressed (test/conformance/kafka/live/Codecs.java).
 */
export const measuredLevels: Readonly<Record<Exclude<Codec, "none">, readonly MeasuredLevel[]>> = {
  gzip: [
    [1, 19100, 8.44, 0.278],
    [2, 15200, 8.63, 0.267],
    [3, 17600, 9.49, 0.256],
    [4, 15400, 12.6, 0.251],
    [5, 11700, 15.7, 0.238],
    [6, 11800, 14.8, 0.234],
    [7, 10400, 20, 0.231],
    [8, 11900, 21, 0.229],
    [9, 14200, 21.7, 0.229],
  ],
  snappy: [[0, 703, 0.163, 0.392]],
  lz4: [
    [1, 12400, 5.89, 0.33],
    [2, 13400, 6.89, 0.33],
    [3, 14400, 7.14, 0.324],
    [4, 13700, 7.18, 0.32],
    [5, 12400, 9.31, 0.318],
    [6, 16500, 8.64, 0.317],
    [7, 16700, 8.29, 0.316],
    [8, 10400, 10.2, 0.316],
    [9, 9990, 1.32, 0.376],
    [10, 9900, 29.3, 0.315],
    [11, 9590, 22.5, 0.314],
    [12, 5250, 31, 0.314],
    [13, 2930, 37.5, 0.314],
    [14, 5200, 38.8, 0.314],
    [15, 4420, 34.5, 0.314],
    [16, 3770, 35, 0.314],
    [17, 4230, 35.1, 0.314],
  ],
  zstd: [
    [-100, 14400, 0.52, 0.909],
    [-50, 15300, 0.735, 0.875],
    [-20, 15100, 1.46, 0.605],
    [-10, 15300, 2.11, 0.49],
    [-5, 16000, 2.04, 0.383],
    [-3, 17300, 1.59, 0.354],
    [-1, 15000, 3.36, 0.315],
    [1, 21500, 3.25, 0.221],
    [2, 30900, 2.76, 0.218],
    [3, 46000, 4.79, 0.223],
    [4, 80100, 4.94, 0.223],
    [5, 94500, 6.68, 0.222],
    [6, 93100, 11.6, 0.212],
    [7, 172000, 14.1, 0.211],
    [8, 134000, 24.3, 0.206],
    [9, 262000, 36.1, 0.206],
    [10, 1470000, 30.9, 0.206],
    [11, 1550000, 32.1, 0.205],
    [12, 34100000, 59.4, 0.205],
    [13, 26800000, 117, 0.205],
    [14, 38600000, 195, 0.205],
    [15, 55700000, 80.2, 0.205],
    [16, 26000000, 332, 0.201],
    [17, 44800000, 74.6, 0.201],
    [18, 42900000, 501, 0.199],
    [19, 70200000, 859, 0.198],
    [20, 128000000, 634, 0.198],
    [21, 273000000, 1020, 0.198],
  ],
};

type Line = readonly [perBatch: number, perByte: number];

/** Likewise, at the default level: how consumers read records, and how a broker goes through them without their values. */
export const measuredReading: Readonly<
  Record<Exclude<Codec, "none">, { readonly read: Line; readonly validate: Line }>
> = {
  gzip: { read: [3620, 2.89], validate: [3740, 2.67] },
  snappy: { read: [1090, 0.971], validate: [526, 0.986] },
  lz4: { read: [433, 0.48], validate: [203, 0.278] },
  zstd: { read: [15000, 1.52], validate: [16700, 1.2] },
};

/** Between two measured levels, by where it stands between them; beyond the last one, as that. */
export function codecLevel(codec: Exclude<Codec, "none">, level: number): CodecLevel {
  const levels = measuredLevels[codec];
  const above = levels.findIndex(([measured]) => measured >= level);
  if (above <= 0) return named(above < 0 ? levels.at(-1)! : levels[0]!, levels[0]!, 0);
  const [to, from] = [levels[above]!, levels[above - 1]!];
  return named(to, from, (to[0] - level) / (to[0] - from[0]));
}

/** ns of a core to compress a batch, and each byte of its records. */
export function compressing({ codec, level }: Packing): Line {
  if (codec === "none") return [0, 0];
  const { perBatch, perByte } = codecLevel(codec, level);
  return [perBatch, perByte];
}

/** ns of a core to read records of so many bytes, whatever level they were compressed at. */
export function readWork({ codec }: Packing, bytes: number): number {
  return codec === "none" ? 0 : along(measuredReading[codec].read, bytes);
}

/** ns of a core to check them, as the leader does before it appends. */
export function validateWork({ codec }: Packing, bytes: number): number {
  return codec === "none" ? 0 : along(measuredReading[codec].validate, bytes);
}

function along([perBatch, perByte]: Line, bytes: number): number {
  return perBatch + perByte * bytes;
}

/** `share` of the one, the rest of the other. */
function named(one: MeasuredLevel, other: MeasuredLevel, share: number): CodecLevel {
  const mixed = (i: 1 | 2 | 3) => (1 - share) * one[i] + share * other[i];
  return { perBatch: mixed(1), perByte: mixed(2), left: mixed(3) };
}
