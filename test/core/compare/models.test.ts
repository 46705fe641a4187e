import { describe, expect, test } from "vitest";
import { compareModels } from "../../../src/core/compare/models.ts";
import { parse } from "../../../src/core/index.ts";
import { simulate } from "../../../src/core/run.ts";
import { translate } from "../../../src/core/translation/translation.ts";

const orders = (runs: string): string => `topology: 1
rabbitmq: {queues: {payment: {}}}
producers: {shop: {queue: payment, rate: 100/s, confirms: {window: 50}}}
consumers: {payment: {queue: payment, instances: 4, prefetch: 1, processing: {exponential: 25ms}}}
run: {duration: 10s, warmup: 1s, seed: 7${runs}}
`;

function compared(text: string) {
  const parsed = parse(text);
  const other = parse(translate(parsed)!.text).topology;
  const [here, there] = [simulate(parsed.topology), simulate(other)];
  return { figures: compareModels(here, there), here: here.summary, there: there.summary };
}

describe("a file that is run several times", () => {
  const { figures, here, there } = compared(orders(", repeat: 5"));
  const figure = (name: string) => figures.find((one) => one.name === name)!;

  test("is run as often, with the same seeds, in the other model", () => {
    expect([there.seed, there.repeat?.runs]).toEqual([here.seed, here.repeat?.runs]);
    expect(here.repeat?.runs).toBe(5);
  });

  test("is compared by means with their intervals", () => {
    const over = here.repeat!.figures["consumers.payment.latency.p99"]!;
    const { own, intervals, other } = figure("latency p99");
    expect(own).toBe(over.mean);
    expect(intervals?.own).toEqual({ low: over.low, high: over.high });
    expect(other).toBe(there.repeat!.figures["consumers.payment.latency.p99"]!.mean);
    for (const one of figures) {
      if (one.own === null || !one.intervals?.own) continue;
      expect(one.intervals.own.low).toBeLessThanOrEqual(one.own);
      expect(one.intervals.own.high).toBeGreaterThanOrEqual(one.own);
    }
  });

  test("has differences that may be chance, and others that are not", () => {
    expect(figure("sent")).toMatchObject({ chance: false });
    expect(figure("latency p99")).toMatchObject({ chance: false, verdict: "worse" });
    for (const { chance, intervals, own, other } of figures) {
      if (own === other) expect(chance).toBe(false);
      else if (intervals?.own && intervals.other)
        expect(chance).toBe(
          Math.max(intervals.own.low, intervals.other.low) <=
            Math.min(intervals.own.high, intervals.other.high),
        );
    }
  });

  test("may differ by chance where not every run has the figure", () => {
    const part = ({ repeat, ...first }: typeof here) => ({
      ...first,
      repeat: { ...repeat!, figures: {} },
    });
    const graph = { nodes: [], edges: [] };
    const rows = compareModels({ summary: part(here), graph }, { summary: part(there), graph });
    const differ = rows.filter(({ own, other }) => own !== other);
    expect(differ.length).toBeGreaterThan(0);
    for (const { chance } of differ) expect(chance).toBe(true);
    const whole = rows.filter(({ name }) => name !== "expectations that fail");
    for (const { intervals, own } of whole) if (own !== null) expect(intervals?.own).toBeNull();
  });
});

test("of one run nothing is known of chance", () => {
  for (const { intervals, chance } of compared(orders("")).figures)
    expect([intervals, chance]).toEqual([undefined, false]);
});
