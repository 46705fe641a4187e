import { describe, expect, test } from "vitest";
import { commandLine } from "./brokerlab.ts";

const fresh = {
  configurations: [
    {
      name: "two",
      topics: { t: 3 },
      members: [
        { id: "x", topics: ["t"] },
        { id: "y", topics: ["t"] },
      ],
    },
  ],
};
const sequence = (...operations: readonly object[]) => ({
  sequences: [{ topics: { t: 2 }, steps: [operations] }],
});
const { run } = commandLine({
  "fresh.json": JSON.stringify(fresh),
  "keys.json": JSON.stringify({ description: "crc32", vectors: [{ keyHex: "3231" }] }),
  "odd.json": JSON.stringify(sequence({ op: "explode", member: "x" })),
  "twice.json": JSON.stringify(
    sequence({ op: "join", member: "x", topics: ["t"] }, { op: "join", member: "x", topics: [] }),
  ),
  "other.json": JSON.stringify({ weather: "fine" }),
  "broken.json": "{",
});

describe("conform kafka", () => {
  test("prints the file with the simulator's results", () => {
    const { status, stdout } = run("conform", "kafka", "fresh.json");
    expect(status).toBe(0);
    const played = JSON.parse(stdout) as { configurations: [{ java: Record<string, unknown> }] };
    expect(played).toMatchObject(fresh);
    expect(played.configurations[0].java["range"]).toEqual({ x: ["t-0", "t-1"], y: ["t-2"] });
  });

  test("knows the kind of a file whose results are left out", () => {
    const { stdout } = run("conform", "kafka", "keys.json");
    expect(JSON.parse(stdout)).toMatchObject({
      vectors: [{ crc32: 4_252_452_532, partitions: { "50": 32 } }],
    });
  });

  test.each([
    ["odd.json", "sequences[0].steps[0][0]: there is no operation `explode`"],
    ["twice.json", "sequences[0].steps[0][1]: `x` is already a member"],
    ["other.json", "its kind is not known"],
    ["broken.json", "broken.json: "],
    ["none.json", "none.json"],
  ])("%s cannot be played, and why", (file, message) => {
    const { status, stdout, stderr } = run("conform", "kafka", file);
    expect(stderr).toContain(message);
    expect(stdout).toBe("");
    expect(status).toBe(2);
  });

  test.each([[[]], [["pulsar", "x.json"]], [["kafka"]], [["kafka", "a.json", "b.json"]]])(
    "bad use: %j",
    (words) => {
      const { status, stderr } = run("conform", ...words);
      expect(stderr).toContain("conform needs");
      expect(status).toBe(2);
    },
  );
});
