import { describe, expect, it } from "vitest";
import { playKafkaRecording } from "../../../src/core/index.ts";
import { recorded } from "./recorded.ts";

interface Item {
  readonly name?: string;
  readonly keyHex?: string;
}

/** The list in which each file has its cases, and the fields of a case that are results. */
const kinds = {
  "partition-murmur2": { list: "vectors", results: ["murmur2", "partitions"] },
  "partition-crc32": { list: "vectors", results: ["crc32", "partitions", "fnv1aPartitions"] },
  "assign-fresh": { list: "configurations", results: ["java", "server"] },
  "assign-sequences": { list: "sequences", results: ["results"] },
  "assign-racks": { list: "configurations", results: ["java", "server"] },
  "assign-racks-sequences": { list: "sequences", results: ["results"] },
} as const;

describe.each(Object.entries(kinds))("%s is played as Kafka's own code has it", (name, { list, results }) => {
  const file = recorded(name) as Record<string, readonly Item[]>;
  const cases = file[list]!;
  const played = (playKafkaRecording(file) as typeof file)[list]!;

  it.each(cases.map((item, i) => [item.name ?? item.keyHex, i] as const))("%s", (_, i) => {
    expect(played[i]).toEqual(cases[i]);
  });

  it("results that are null or missing are computed as well", () => {
    const blank = (empty: (item: Item) => Item) => playKafkaRecording({ ...file, [list]: cases.map(empty) });
    const nulls = Object.fromEntries(results.map((field) => [field, null]));
    expect(blank((item) => ({ ...item, ...nulls }))).toEqual(file);
    const left = (item: Item) =>
      Object.fromEntries(
        Object.entries(item).filter(([field]) => !(results as readonly string[]).includes(field)),
      );
    expect(blank(left)).toEqual(file);
  });
});
