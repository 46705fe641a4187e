import { describe, expect, it } from "vitest";
import { run, timesAt } from "../log/run-log.ts";

/** One message whose delivery always fails, and another one behind it; nothing takes time. */
const file = (args: string, version = "4.3", consumer = "onFailure: requeue") => `
rabbitmq:
  version: "${version}"
  nodes: 3
  queues: {q: {arguments: {x-queue-type: quorum, x-delivery-limit: 3, ${args}}}}
producers: {p: {queue: q, arrivals: {schedule: [1s, 1s]}, key: {values: 2}}}
consumers: {c: {queue: q, prefetch: 1, processing: 0ms, failures: 100%, ${consumer}}}
run: {duration: 10s, calibration: ideal}
`;

const deliveries = (...args: Parameters<typeof file>) => {
  const result = run(file(...args), { auditEvery: 1 });
  return [...new Set(timesAt(result, "received"))].slice(0, 4);
};

describe("what returns to a quorum queue with a delayed retry", () => {
  it("waits by the count of its failures, which a nack does not raise", () => {
    const min = "x-delayed-retry-min: 200ms";
    expect(deliveries(`x-delayed-retry-type: all, ${min}`)).toEqual([1000, 1200, 1400, 1600]);
    expect(deliveries(`x-delayed-retry-type: returned, ${min}`)).toEqual([1000, 1200, 1400, 1600]);
  });

  it("goes out again at once where its kind does not wait, and before 4.3", () => {
    // Each attempt takes 100 ms, and the other message its turn.
    const consumer = "onFailure: requeue, until: 3s";
    const slow = (args: string, version: string) => {
      const text = file(args, version, consumer).replace("processing: 0ms", "processing: 100ms");
      return [...new Set(timesAt(run(text, { auditEvery: 1 }), "received"))].slice(0, 3);
    };
    const args = "x-delayed-retry-min: 200ms";
    expect(slow(`x-delayed-retry-type: failed, ${args}`, "4.3")).toEqual([1000, 1100, 1200]);
    expect(slow(`x-delayed-retry-type: all, ${args}`, "4.2")).toEqual([1000, 1100, 1200]);
  });

  it("waits longer with each failure, up to the longest, when its consumer dies", () => {
    const crashes = [2, 4, 6].map((at) => `{at: ${at}s, for: 10ms, crash: {consumer: c}}`).join(", ");
    const args = "x-delayed-retry-type: failed, x-delayed-retry-min: 500ms, x-delayed-retry-max: 1200ms";
    const text = `${file(args, "4.3", "")
      .replace("[1s, 1s]", "[1s]")
      .replace("failures: 100%, ", "")
      .replace("processing: 0ms", "processing: 60s")}timeline: [${crashes}]\n`;
    expect(timesAt(run(text, { auditEvery: 1 }), "received")).toEqual([1000, 2500, 5000, 7200]);
  });

  it("is told, and is neither ready nor unacked meanwhile", () => {
    const { occurrences, totals, queues } = run(
      file("x-delayed-retry-type: all, x-delayed-retry-min: 1h, x-delayed-retry-max: 20s"),
      { auditEvery: 1 },
    ).summary;
    expect(occurrences.first.filter(({ kind }) => kind === "retryDelayed").map(({ rule }) => rule)).toEqual([
      "x-delayed-retry-type",
      "x-delayed-retry-type",
    ]);
    expect([totals.unfinished, queues["q"]!.depth.end, queues["q"]!.unacked.end]).toEqual([2, 0, 0]);
  });
});

it("a policy brings it", () => {
  const text = file("").replace(
    "  nodes: 3\n",
    "  nodes: 3\n  policies: {r: {pattern: q, definition: {delayed-retry-type: all, delayed-retry-min: 1s, delayed-retry-max: 3s}}}\n",
  );
  expect([...new Set(timesAt(run(text, { auditEvery: 1 }), "received"))].slice(0, 3)).toEqual([
    1000, 2000, 3000,
  ]);
});
