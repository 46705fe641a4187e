import { describe, expect, it } from "vitest";
import { parse } from "../../../src/core/index.ts";
import { run } from "./run-log.ts";

/** Three brokers in three racks, partitions with one replica each, and a member in each rack. */
function group(strategy: string, { racks = "[a, b, c]", broker = "", replicas = 1 } = {}) {
  const member = (rack: string) =>
    `${rack}: {topic: t, group: g, processing: 1ms, config: {client.rack: ${rack}, ${strategy}}}`;
  const brokers = racks === "" ? "3" : `{count: 3, racks: ${racks}}`;
  return run(`
kafka: {brokers: ${brokers}, config: {${broker}}, topics: {t: {partitions: 9, replicas: ${replicas}}}}
producers: {p: {topic: t, rate: 90/s, arrivals: constant, key: {values: 500}}}
consumers:
  ${member("c")}
  ${member("b")}
  ${member("a")}
run: {duration: 10s, calibration: ideal}`);
}

/** How many partitions are read from the rack that their replica stands in. */
function near(result: ReturnType<typeof run>): number {
  const { trace } = result;
  const reader = new Map<number, string>();
  const read = new Map<string, Set<number>>();
  for (let row = 0; row < trace.rows; row++) {
    const place = trace.places[trace.place[row]!]!;
    if (place.kind !== "consumer") continue;
    const messages = read.get(place.name) ?? new Set();
    read.set(place.name, messages.add(trace.message[row]!));
  }
  for (let row = 0; row < trace.rows; row++) {
    const place = trace.places[trace.place[row]!]!;
    if (place.kind !== "topic") continue;
    for (const [name, messages] of read)
      if (messages.has(trace.message[row]!)) reader.set(place.number ?? 0, name);
  }
  const leaders = result.summary.topics["t"]!.partitions.map(({ leader }) => "abc"[leader - 1]);
  return [...reader].filter(([partition, name]) => leaders[partition] === name).length;
}

describe("client.rack", () => {
  it.each(["range", "sticky", "cooperative-sticky"])(
    "%s gives members what has a replica in their rack",
    (name) => {
      // One rack has more than a third of the partitions; balance comes first.
      expect(near(group(`partition.assignment.strategy: ${name}`))).toBe(8);
    },
  );

  it.each(["partition.assignment.strategy: roundrobin", "group.protocol: consumer"])(
    "%s knows nothing of racks",
    (config) => {
      expect(near(group(config))).toBeLessThan(7);
    },
  );

  it("is nothing to an assignor where each partition has replicas in all racks, or brokers say nothing", () => {
    const range = "partition.assignment.strategy: range";
    const plain = near(group(range, { racks: "" }));
    expect(plain).toBeLessThan(7);
    expect(near(group(range, { broker: "broker.rack: a", racks: "" }))).toBe(plain);
  });
});

describe("broker.rack", () => {
  const parsed = (brokers: string) =>
    parse(`topology: 1
kafka: {brokers: ${brokers}, config: {broker.rack: a}, topics: {t: {}}}
producers: {p: {topic: t, rate: 1/s}}
run: {duration: 1s}`);

  it("puts all brokers into one rack", () => {
    const { topology } = parsed("3");
    expect(topology.kafka!.racks).toEqual(["a"]);
  });

  it("is an error beside the racks of single brokers", () => {
    const errors = parsed("{count: 2, racks: [a, b]}").problems.filter(
      ({ severity }) => severity === "error",
    );
    expect(errors.map(({ message }) => message).join("\n")).toContain("Delete one of the two");
  });
});
