import { utf8 } from "../../text/utf8.ts";
import { crc32 } from "../crc32.ts";
import { fnv1a } from "../fnv1a.ts";
import { murmur2, partitionForHash } from "../murmur2.ts";
import { listAt, NotPlayable, objectAt, type Recorded } from "./recorded.ts";

/** Partition counts where the file names none. */
const usualCounts = ["1", "2", "3", "5", "6", "12", "50", "100"];
const partitionFields = ["partitions", "fnv1aPartitions"];

/** Files of the kinds partition-murmur2 and partition-crc32, with hashes and partitions computed anew. */
export function playKeyVectors(file: Recorded): Recorded {
  const vectors = listAt(file["vectors"], "vectors").map((vector, i) => objectAt(vector, `vectors[${i}]`));
  const counts = countsIn(vectors);
  const compute = hashIn(file, vectors) === "crc32" ? crc32Results : murmur2Results;
  return {
    ...file,
    vectors: vectors.map((vector, i) => ({
      ...vector,
      ...compute(keyOf(vector, `vectors[${i}]`), (partition) => {
        const own = countsIn([vector]);
        return Object.fromEntries(
          (own.length > 0 ? own : counts.length > 0 ? counts : usualCounts).map((count) => [
            count,
            partition(Number(count)),
          ]),
        );
      }),
    })),
  };
}

type ByCount = (partition: (count: number) => number) => Recorded;

function murmur2Results(key: Uint8Array, byCount: ByCount): Recorded {
  const hash = murmur2(key);
  return { murmur2: hash, partitions: byCount((count) => partitionForHash(hash, count)) };
}

function crc32Results(key: Uint8Array, byCount: ByCount): Recorded {
  const [crc, fnv] = [crc32(key), fnv1a(key)];
  return {
    crc32: crc,
    partitions: byCount((count) => crc % count),
    fnv1aPartitions: byCount((count) => fnv % count),
  };
}

/** By the fields of the vectors; where results are left out, by what the file says of itself. */
function hashIn(file: Recorded, vectors: readonly Recorded[]): "murmur2" | "crc32" {
  const has = (field: string) => vectors.some((vector) => field in vector);
  if (has("murmur2")) return "murmur2";
  if (has("crc32") || has("fnv1aPartitions")) return "crc32";
  const words = JSON.stringify({ ...file, vectors: undefined });
  if (/murmur2/iu.test(words)) return "murmur2";
  if (/crc32/iu.test(words)) return "crc32";
  throw new NotPlayable("vectors: neither `murmur2` nor `crc32` is named, so the partitioner is not known");
}

function countsIn(vectors: readonly Recorded[]): string[] {
  const counts = new Set<string>();
  for (const vector of vectors)
    for (const field of partitionFields)
      for (const count of Object.keys(vector[field] ?? {})) counts.add(count);
  for (const count of counts)
    if (!/^[1-9]\d*$/u.test(count)) throw new NotPlayable(`partitions: ${count} is no number of partitions`);
  return [...counts];
}

function keyOf({ keyHex, keyUtf8 }: Recorded, where: string): Uint8Array {
  if (typeof keyHex === "string" && /^(?:[\da-f]{2})*$/iu.test(keyHex))
    return Uint8Array.from(keyHex.match(/../gu) ?? [], (pair) => Number.parseInt(pair, 16));
  if (typeof keyHex !== "string" && typeof keyUtf8 === "string") return utf8(keyUtf8);
  throw new NotPlayable(`${where}.keyHex is not the hexadecimal text of a key`);
}
