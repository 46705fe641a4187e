import { describe, expect, it } from "vitest";
import { Kernel } from "../../../src/core/sim/kernel.ts";
import { Keys } from "../../../src/core/sim/keys.ts";
import { HandlerWork } from "../../../src/core/workload/handler-work.ts";
import { topologyOf } from "../log/run-log.ts";

function work(
  consumer: string,
  instance = 0,
  kinds: readonly (string | undefined)[] = [],
  kernel = new Kernel(1),
) {
  const { consumers } = topologyOf(`
kafka: {topics: {t: {}}}
producers: {p: {topic: t, rate: 1/s, kind: report, key: {whale: 1, '5': 1}}}
consumers: {c: {topic: t, group: g, instances: 2, ${consumer}}}
`);
  const keys = new Keys();
  return { keys, of: new HandlerWork(consumers.get("c")!, instance, kernel, keys, kinds) };
}

describe("the work of an instance", () => {
  it("is by key, else by kind, else by message", () => {
    const { keys, of } = work(
      "processing: {perMessage: 1ms, byKind: {report: 2ms}, byKey: {whale: 3ms}}",
      0,
      ["report", undefined],
    );
    expect(of.duration(0, keys.idOf("whale"))).toBe(3e6);
    expect(of.duration(0, 5)).toBe(2e6);
    expect(of.duration(1, 5)).toBe(1e6);
    expect(of.perBatch()).toBe(0);
  });

  it("fails in its share, drawn anew for each delivery", () => {
    const { of } = work("processing: 1ms, failures: 20%");
    const failed = Array.from({ length: 10_000 }, () => of.fails(7e9, 3)).filter(Boolean).length;
    expect(Math.abs(failed - 2000)).toBeLessThan(160);
  });

  it("fails on the same messages every time and at every instance when they are poison", () => {
    const kernel = new Kernel(1);
    const [one, other] = [0, 1].map((instance) =>
      work("processing: 1ms, failures: {share: 20%, persistent: true}", instance, [], kernel),
    );
    const poisoned = Array.from({ length: 5000 }, (_, i) => one!.of.fails(i * 1e6, i % 10));
    expect(Math.abs(poisoned.filter(Boolean).length - 1000)).toBeLessThan(120);
    for (let i = 0; i < 5000; i++) {
      expect(one!.of.fails(i * 1e6, i % 10)).toBe(poisoned[i]);
      expect(other!.of.fails(i * 1e6, i % 10)).toBe(poisoned[i]);
    }
  });
});
