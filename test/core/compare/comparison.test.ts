import { expect, test } from "vitest";
import { compareRuns } from "../../../src/core/compare/comparison.ts";
import type { ComparedRun, Comparison } from "../../../src/core/compare/comparison.ts";
import { parse } from "../../../src/core/index.ts";
import { simulate } from "../../../src/core/run.ts";
import type { Finding } from "../../../src/core/stats/finding.ts";

const shop = `topology: 1
kafka:
  topics: {events: {partitions: 2}}
rabbitmq:
  exchanges: {orders: {type: topic}}
  queues: {work: {arguments: {x-max-length: 30}}}
  bindings: [{source: orders, destination: work, routing_key: order.placed}]
producers:
  site: {exchange: orders, rate: 100/s, routing_key: order.placed}
  log: {topic: events, rate: 50/s}
consumers:
  packers: {queue: work, prefetch: 1, processing: {exponential: 5ms}}
  audit: {topic: events, group: audit, processing: 1ms}
run: {duration: 10s, seed: 3}
expect:
  - {metric: unroutable, equals: 0}
  - {metric: latency.p99, of: {consumer: packers}, below: 200ms}
`;

function run(text: string): ComparedRun {
  const { topology, problems } = parse(text);
  expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
  const { summary, findings } = simulate(topology);
  return { text, summary, findings };
}

function compared(from: string, to: string): Comparison {
  expect(shop).toContain(from);
  return compareRuns(run(shop), run(shop.replace(from, to)));
}

const words = ({ says }: Pick<Finding, "says">): string =>
  says
    .map((piece) =>
      typeof piece === "string"
        ? piece
        : "name" in piece
          ? piece.name
          : "quote" in piece
            ? piece.quote
            : piece.value,
    )
    .join("");

test("a run that is compared with itself differs in nothing", () => {
  const one = run(shop);
  expect(compareRuns(one, one)).toEqual({
    sameText: true,
    file: [],
    fileMore: 0,
    figures: [],
    headlines: [],
    came: [],
    went: [],
    appeared: [],
    gone: [],
    expectations: [],
  });
});

test("slower consumers: what became worse, first what matters most, with the finding and the expectation", () => {
  const { file, figures, headlines, appeared, gone, expectations } = compared(
    "exponential: 5ms",
    "exponential: 14ms",
  );
  expect(file).toEqual([{ path: "consumers.packers.processing.exponential", before: "5ms", after: "14ms" }]);
  const p99 = figures.find(({ of, name }) => of?.name === "packers" && name === "latency p99")!;
  expect(p99).toMatchObject({ as: "duration", verdict: "worse", chance: false });
  expect(p99.after!).toBeGreaterThan(p99.before!);
  expect(figures.find(({ name }) => name === "dropped (maxlen)")).toMatchObject({
    of: { kind: "queue", name: "work" },
    before: 0,
    verdict: "worse",
  });
  expect(figures.find(({ name }) => name === "utilization")).toMatchObject({ verdict: "other" });
  // What is apart from it is not touched: the streams of random numbers are.
  expect(figures.filter(({ of }) => of?.name === "audit")).toEqual([]);
  expect(headlines[0]).toMatchObject({ name: "dropped", before: 0, of: undefined });
  expect(headlines).toHaveLength(3);
  expect(new Set(headlines.map(({ of }) => of?.name)).size).toBe(3);
  expect(appeared.map(words)).toContainEqual(expect.stringMatching(/^work dropped \d+ messages \(maxlen\)/));
  expect(gone.map(words)).toContainEqual(expect.stringMatching(/^Nothing was lost/));
  expect(expectations.map((one) => [words(one), one.before, one.after])).toEqual([
    [expect.stringMatching(/^latency\.p99 of consumer packers is [\d.]+; expected below 200/), true, false],
  ]);
});

test("the way back turns every verdict round", () => {
  const [slow, fast] = [run(shop.replace("exponential: 5ms", "exponential: 14ms")), run(shop)];
  const [there, back] = [compareRuns(fast, slow), compareRuns(slow, fast)];
  const turned = { better: "worse", worse: "better", other: "other" } as const;
  const about = (comparison: Comparison, turn: boolean): readonly unknown[] =>
    comparison.figures
      .map(({ of, name, verdict }) => [of?.name ?? "", name, turn ? turned[verdict] : verdict].join(" "))
      .sort();
  expect(about(back, true)).toEqual(about(there, false));
  expect(back.appeared.length).toBe(there.gone.length);
});

test("things that only one run has are named, and not measured against nothing", () => {
  const { came, went, figures, expectations } = compared(
    "  - {metric: unroutable, equals: 0}",
    "  - {metric: unroutable, below: 5}",
  );
  expect([came, went, figures]).toEqual([[], [], []]);
  expect(expectations.map(({ before, after }) => [before, after])).toEqual([
    [undefined, true],
    [true, undefined],
  ]);
  const added = compareRuns(run(shop), run(shop.replace("packers:", "packers: {queue: work}\n  helpers:")));
  expect(added.came).toEqual([{ kind: "consumer", name: "helpers" }]);
  expect(added.went).toEqual([]);
  expect(added.figures.some(({ of }) => of?.name === "helpers")).toBe(false);
});

test("of several runs the means are compared, and an overlap of their intervals may be chance", () => {
  const several = shop.replace("seed: 3}", "seed: 3, repeat: 4}");
  const [one, other] = [run(several), run(several.replace("seed: 3", "seed: 50"))];
  const { figures, headlines } = compareRuns(one, other);
  const p50 = figures.find(({ of, name }) => of?.name === "packers" && name === "latency p50");
  expect(p50?.before).toBe(one.summary.repeat?.figures["consumers.packers.latency.p50"]?.mean);
  expect(p50?.chance).toBe(true);
  expect(headlines.every(({ chance }) => !chance)).toBe(true);
});
