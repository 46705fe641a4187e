import { describe, expect, it } from "vitest";
import { presets, type Costs } from "../../../src/core/model/calibration.ts";
import { simulate } from "../../../src/core/run.ts";
import type { Distribution } from "../../../src/core/text/distribution.ts";
import { topologyOf } from "./topologies.ts";

const ms = 1e6;
const exponential: Distribution = { kind: "exponential", mean: 100 * ms };
const constant: Distribution = { kind: "constant", value: 100 * ms };

function waits(
  rate: number,
  instances: number,
  processing: Distribution,
  costs: Partial<Costs> = {},
  messages = 300_000,
) {
  const topology = topologyOf({
    queues: ["q"],
    producers: { p: { queue: "q", messages, arrivals: { kind: "poisson", rate } } },
    consumers: { c: { queues: ["q"], instances, processing, settings: { prefetch: 1 } } },
    costs,
    seed: 3,
  });
  const { summary } = simulate(topology);
  return { ...summary, wait: summary.consumers["c"]!.wait.mean! };
}

describe("one queue with prefetch 1 waits as queueing theory says", () => {
  it.each([
    ["M/M/1", 8, 1, exponential, 400, 0.06],
    ["M/M/2", 16, 2, exponential, 177.78, 0.06],
    ["M/M/4", 36, 4, exponential, 196.94, 0.1],
    ["M/M/10", 90, 10, exponential, 66.87, 0.1],
    ["M/D/1", 8, 1, constant, 200, 0.05],
  ])("%s at %d/s", (_, rate, servers, processing, expected, tolerance) => {
    const { wait, queues, window } = waits(rate, servers, processing);
    expect(Math.abs(wait / expected - 1)).toBeLessThan(tolerance);
    // Little's law: the mean number that waits is the rate of arrivals times the mean wait.
    const arrivals = queues["q"]!.enqueued / (window.to - window.from);
    expect(queues["q"]!.depth.mean).toBeCloseTo(arrivals * wait, 6);
  });
});

describe("as the costs shrink, a run", () => {
  it("comes to what it is without them", () => {
    const ideal = waits(8, 1, exponential, {}, 50_000).wait;
    const error = (scale: number): number => {
      const { lan } = presets;
      const costs: Partial<Costs> = {
        networkLatency: lan.networkLatency * scale,
        networkBandwidth: lan.networkBandwidth / scale,
        brokerCores: lan.brokerCores,
        amqpClientPerMessage: lan.amqpClientPerMessage * scale,
        brokerPerByte: lan.brokerPerByte * scale,
        channelPerMessage: lan.channelPerMessage * scale,
        queuePublish: lan.queuePublish * scale,
        queueDeliver: lan.queueDeliver * scale,
        queueAck: lan.queueAck * scale,
        diskBandwidth: lan.diskBandwidth / scale,
      };
      return Math.abs(waits(8, 1, exponential, costs, 50_000).wait - ideal);
    };
    const errors = [1, 0.1, 0.01].map(error);
    expect(errors[0]).toBeGreaterThan(1);
    expect(errors[1]!).toBeLessThan(errors[0]! / 5);
    expect(errors[2]!).toBeLessThan(errors[1]! / 5);
    expect(errors[2]!).toBeLessThan(0.1);
  });
});
