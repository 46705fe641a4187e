import { describe, expect, it } from "vitest";
import { backoffOf, reconnectWait } from "../../../src/core/log/client-metadata.ts";
import { RandomStream } from "../../../src/core/sim/random.ts";
import { run, timesAt } from "./run-log.ts";

/** When a record of each client goes on after the only broker was away from 5 s to 15 s, ms. */
function back(side: "producer" | "consumer", config: string): number {
  const producer = side === "producer" ? config : "";
  const consumer = side === "consumer" ? config : "";
  const result = run(`
kafka: {brokers: 1, topics: {t: {}}}
producers: {p: {topic: t, rate: 1/s, arrivals: constant, config: {linger.ms: 0, ${producer}}}}
consumers: {c: {topic: t, group: g, config: {${consumer}}}}
run: {duration: 60s, trace: 1000, calibration: {preset: ideal, networkLatency: 1ms}}
timeline: [{at: 5500ms, for: 10s, crash: {broker: 1}}]`);
  const times = timesAt(result, side === "producer" ? "appended" : "takenUp");
  return times.find((at) => at > 5600)!;
}

describe.each(["producer", "consumer"] as const)("a %s whose only broker is away", (side) => {
  it("tries at reconnect.backoff.ms, where that is the longest, to the very time", () => {
    const at = back(side, "reconnect.backoff.ms: 4s, reconnect.backoff.max.ms: 4s");
    // Refused after 4 and 8 s, it comes in after 12.
    expect(at).toBeGreaterThanOrEqual(17_500);
    expect(at).toBeLessThan(17_600);
  });

  it("comes back within reconnect.backoff.max.ms", () => {
    expect(back(side, "")).toBeLessThan(16_700);
    const late = back(side, "reconnect.backoff.ms: 3s, reconnect.backoff.max.ms: 30s");
    // After 3 ± 20 % and 6 ± 20 % more, or the 12 that follow.
    expect(late).toBeGreaterThan(15_500);
    expect(late).toBeLessThan(5500 + 1.2 * 21_000 + 100);
  });

  it("is not held up by retry.backoff.ms", () => {
    const far = "retry.backoff.ms: 20s, retry.backoff.max.ms: 20s";
    if (side === "consumer") expect(back(side, far)).toBeLessThan(16_700);
    // A batch that was under way waits for its turn, what comes meanwhile does not.
    else expect(back(side, `${far}, enable.idempotence: false`)).toBeLessThan(40_000);
  });
});

describe.each([
  {
    setting: "reconnect.backoff.ms",
    wait: (first: number, longest: number, before: number, stream: RandomStream) =>
      reconnectWait({ reconnectBackoff: first, reconnectBackoffMax: longest }, before, stream),
  },
  {
    setting: "retry.backoff.ms",
    wait: (first: number, longest: number, before: number, stream: RandomStream) =>
      backoffOf({ retryBackoff: first, retryBackoffMax: longest }, before + 1, stream),
  },
])("a wait of $setting", ({ wait }) => {
  it("doubles, differs by a fifth, and is never longer than the longest", () => {
    const stream = new RandomStream(1, "refused");
    for (let before = 0; before < 12; before++) {
      const mean = Math.min(50e6 * 2 ** before, 1000e6);
      const waits = Array.from({ length: 200 }, () => wait(50e6, 1000e6, before, stream));
      expect(Math.min(...waits)).toBeGreaterThanOrEqual(0.8 * mean);
      expect(Math.max(...waits)).toBeLessThanOrEqual(Math.min(1.2 * mean, 1000e6));
      expect(Math.max(...waits) - Math.min(...waits)).toBeGreaterThan(0.15 * mean);
    }
  });

  it("is at the longest itself half the time, once it has grown to it", () => {
    const stream = new RandomStream(1, "refused");
    const waits = Array.from({ length: 1000 }, () => wait(100e6, 1000e6, 9, stream));
    const longest = waits.filter((one) => one === 1000e6).length;
    expect(longest).toBeGreaterThan(450);
    expect(longest).toBeLessThan(550);
  });

  it("is always the longest where that is no longer than the first", () => {
    const stream = new RandomStream(1, "refused");
    expect([0, 5].map((before) => wait(500e6, 200e6, before, stream))).toEqual([200e6, 200e6]);
    expect([0, 5].map((before) => wait(200e6, 200e6, before, stream))).toEqual([200e6, 200e6]);
  });
});
