import { describe, expect, it } from "vitest";
import { defaultLevels, measuredLevels, measuredReading } from "../../../src/core/model/codec-levels.ts";
import { leftOf, line, measuredCodecs } from "./codec-fit.ts";

const { codecs } = measuredCodecs();
const names = ["gzip", "snappy", "lz4", "zstd"] as const;

describe.each(names)("what %s costs in a run", (name) => {
  const measured = codecs.filter(({ codec }) => codec === name);

  it("is what Kafka's own class took to compress, level by level", () => {
    expect(measuredLevels[name]).toEqual(
      measured.map((row) => [row.level, ...line(row.bytes, row.compress), leftOf(row)]),
    );
  });

  it("is what reading and checking took", () => {
    const { bytes, decompress, validate } = measured.find(({ level }) => level === defaultLevels[name])!;
    expect(measuredReading[name]).toEqual({ read: line(bytes, decompress), validate: line(bytes, validate) });
  });
});
