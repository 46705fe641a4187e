import { describe, expect, it } from "vitest";
import { recordBytes } from "../../../src/core/log/record-size.ts";

describe("bytes of a record in a v2 batch", () => {
  it.each([
    // Length, attributes, timestamp, offset, key length, value length, header count: one byte each.
    { what: "nothing", keyBytes: -1, valueBytes: 0, delta: 0, bytes: 7 },
    { what: "an empty key", keyBytes: 0, valueBytes: 0, delta: 0, bytes: 7 },
    { what: "a key", keyBytes: 5, valueBytes: 10, delta: 0, bytes: 22 },
    { what: "a value of two length bytes", keyBytes: -1, valueBytes: 64, delta: 0, bytes: 73 },
    { what: "a value that fills 4096 bytes 37 times", keyBytes: -1, valueBytes: 100, delta: 36, bytes: 109 },
    { what: "an offset of two bytes", keyBytes: -1, valueBytes: 10, delta: 64, bytes: 18 },
  ])("$what", ({ keyBytes, valueBytes, delta, bytes }) => {
    expect(recordBytes(keyBytes, valueBytes, delta)).toBe(bytes);
  });
});
