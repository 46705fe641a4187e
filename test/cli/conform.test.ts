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
/** A requeued message of a quorum queue: at the tail where there is no delivery limit, in front where there is one. */
const script = {
  name: "requeue",
  queues: [{ name: "q", args: { "x-queue-type": "quorum" } }],
  steps: [
    { op: "publish", exchange: "", key: "q", id: "m", count: 2 },
    { op: "consume", consumer: "c", queue: "q", prefetch: 1 },
    { op: "nack", consumer: "c", requeue: true },
  ],
};
const { run } = commandLine({
  "fresh.json": JSON.stringify(fresh),
  "keys.json": JSON.stringify({ description: "crc32", vectors: [{ keyHex: "3231" }] }),
  "odd.json": JSON.stringify(sequence({ op: "explode", member: "x" })),
  "twice.json": JSON.stringify(
    sequence({ op: "join", member: "x", topics: ["t"] }, { op: "join", member: "x", topics: [] }),
  ),
  "other.json": JSON.stringify({ weather: "fine" }),
  "broken.json": "{",
  "script.json": JSON.stringify(script),
  "new-op.json": JSON.stringify({ name: "new", steps: [{ op: "explode" }] }),
  "no-steps.json": JSON.stringify({ name: "none" }),
  "no-queue.json": JSON.stringify({ name: "ends", queues: [{ name: "amq.mine" }], steps: [] }),
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

describe("conform rabbitmq", () => {
  const delivered = (...options: readonly string[]): string[] => {
    const { status, stdout, stderr } = run("conform", "rabbitmq", "script.json", ...options);
    expect([status, stderr]).toEqual([0, ""]);
    const { trace } = JSON.parse(stdout) as { trace: { events?: { id: string }[] }[] };
    return trace.flatMap(({ events = [] }) => events.map(({ id }) => id));
  };

  test("prints what the script's clients saw, by 3.10 or by the version named", () => {
    expect(delivered()).toEqual(["m1", "m2"]);
    expect(delivered("--broker-version", "4.1")).toEqual(["m1", "m1"]);
  });

  test.each([
    ["new-op.json", "the op 'explode' is not simulated"],
    ["no-steps.json", "has no list of `steps`"],
    ["no-queue.json", "the broker refuses 'amq.mine'"],
  ])("%s cannot be played, and why", (file, message) => {
    const { status, stdout, stderr } = run("conform", "rabbitmq", file);
    expect(stderr).toContain(message);
    expect([status, stdout]).toEqual([2, ""]);
  });

  test("knows the versions whose rules it knows", () => {
    const { status, stderr } = run("conform", "rabbitmq", "script.json", "--broker-version", "2.8");
    expect([status, stderr]).toEqual([2, expect.stringContaining("'2.8' is not a version")]);
    expect(run("conform", "kafka", "fresh.json", "--broker-version", "4.1").stderr).toContain("for rabbitmq");
  });
});
