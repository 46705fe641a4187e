import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What `live/Codecs.java` measured of a codec and level, by batch size: bytes of the records before and after, and ns. */
export interface MeasuredCodec {
  readonly codec: "gzip" | "snappy" | "lz4" | "zstd";
  readonly level: number;
  readonly bytes: readonly number[];
  readonly compressed: readonly number[];
  readonly compress: readonly number[];
  readonly decompress: readonly number[];
  readonly validate: readonly number[];
}

export interface MeasuredCodecs {
  readonly kafka: string;
  readonly java: string;
  readonly processor: string;
  readonly recordBytes: number;
  readonly codecs: readonly MeasuredCodec[];
}

export const codecsFile = join(import.meta.dirname, "codecs.json");

export function measuredCodecs(): MeasuredCodecs {
  return JSON.parse(readFileSync(codecsFile, "utf8")) as MeasuredCodecs;
}

/** What a microsecond more or less is of a smaller time tells nothing. */
const least = 1000;

/** ns a batch and ns a byte, each to three digits: the line that misses the times by the smallest shares (squares). */
export function line(bytes: readonly number[], times: readonly number[]): readonly [number, number] {
  let [s, sx, sy, sxx, sxy] = [0, 0, 0, 0, 0];
  for (const [i, x] of bytes.entries()) {
    const y = times[i]!;
    const weight = Math.max(y, least) ** -2;
    s += weight;
    sx += weight * x;
    sy += weight * y;
    sxx += weight * x * x;
    sxy += weight * x * y;
  }
  const slope = Math.max((s * sxy - sx * sy) / (s * sxx - sx * sx), 0);
  const base = (sy - slope * sx) / s;
  return base < 0 ? [0, threeDigits(sxy / sxx)] : [threeDigits(base), threeDigits(slope)];
}

/** What is left of a full batch: the largest that is measured. */
export function leftOf({ bytes, compressed }: MeasuredCodec): number {
  return threeDigits(compressed.at(-1)! / bytes.at(-1)!);
}

/** The largest share by which a line misses what was measured. */
export function missOf(
  [base, slope]: readonly [number, number],
  bytes: readonly number[],
  times: readonly number[],
): number {
  return Math.max(
    ...bytes.map((x, i) => Math.abs(base + slope * x - times[i]!) / Math.max(times[i]!, least)),
  );
}

function threeDigits(value: number): number {
  return Number(value.toPrecision(3));
}
