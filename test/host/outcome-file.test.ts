import assert from "node:assert/strict";
import type { Result } from "../../src/core/index.ts";
import { decodeOutcome, encodeOutcome } from "../../src/report/outcome-file.ts";

const series = {
  of: "queue",
  name: "q",
  metric: "latency",
  time: new Float64Array([0, 0.5, 1e300]),
  mean: new Float64Array([Number.NaN, Infinity, -0]),
  max: new Float64Array(0),
};
const trace = {
  rows: 2,
  time: new Float64Array([1, 2]),
  message: new Int32Array([-1, 2_147_483_647]),
  station: new Uint8Array([0, 255, 7]),
  place: new Uint16Array([65_535]),
  detail: new Int32Array([-5]),
};
const result = { summary: { name: "Größe \u{1F407}" }, series: [series], trace } as unknown as Result;
const outcome = {
  uri: "file:///a%20b/c.topology.yaml",
  wallMs: 12.5,
  text: "topology: 1\n# ünïcode",
  meaning: "0123456789abcdef",
  result,
};

describe("a stored outcome", () => {
  it("is read as it was written, columns to the bit", () => {
    assert.deepStrictEqual(decodeOutcome(encodeOutcome(outcome)), outcome);
  });

  it("is read from the middle of a larger buffer too", () => {
    const bytes = encodeOutcome(outcome);
    const larger = new Uint8Array(bytes.length + 13);
    larger.set(bytes, 7);
    assert.deepStrictEqual(decodeOutcome(larger.subarray(7, 7 + bytes.length)), outcome);
  });

  it("is read from what Node reads files into", () => {
    assert.deepStrictEqual(decodeOutcome(Buffer.from(encodeOutcome(outcome))), outcome);
  });

  it("of another version is not taken for one of ours", () => {
    const bytes = encodeOutcome(outcome);
    const at = new TextDecoder("latin1").decode(bytes).indexOf('"format":1') + '"format":'.length;
    bytes[at] = "9".charCodeAt(0);
    assert.equal(decodeOutcome(bytes), undefined);
  });

  it("that is cut off or no outcome at all is an error, never half an outcome", () => {
    const bytes = encodeOutcome(outcome);
    assert.throws(() => decodeOutcome(bytes.subarray(0, 60)));
    assert.throws(() => decodeOutcome(new TextEncoder().encode("something else")));
    assert.throws(() => decodeOutcome(bytes.subarray(0, bytes.length - 8)));
  });
});
