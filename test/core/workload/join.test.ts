import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "../../../src/core/index.ts";
import type { JoinRule } from "../../../src/core/model/consumer-work.ts";
import { simulate, type Summary } from "../../../src/core/run.ts";
import { blankEnd } from "../../../src/core/sim/world.ts";
import { JoinStats } from "../../../src/core/stats/join-stats.ts";
import { Join } from "../../../src/core/workload/join.ts";
import { emptyWorld } from "./empty-world.ts";

interface Arrival {
  readonly task: number;
  readonly from: number;
  readonly key: number;
  readonly rootId: number;
  readonly sentAt: number;
}

/** Pairs by the arrival that made them, and the times of the two. */
function run(rule: JoinRule, arrivals: readonly Arrival[]) {
  const stats = new JoinStats(0);
  const join = new Join(emptyWorld(), { rule, stats, place: 0, changelog: undefined });
  const pairs: (readonly [arrival: number, earlier: number, later: number])[] = [];
  const [of, into] = [blankEnd(), blankEnd()];
  arrivals.forEach((arrival, number) => {
    Object.assign(of, arrival, { rootAt: arrival.sentAt });
    if (join.enter(of)) while (join.yields(of, into)) pairs.push([number, into.rootAt, into.sentAt]);
  });
  return { join, stats, pairs };
}

/** Every two messages are compared. */
function oracle({ by, within, of }: JoinRule, arrivals: readonly Arrival[]) {
  const pairs: (readonly [number, number, number])[] = [];
  const time = new Map<number, number>();
  const commonOf = ({ key, rootId }: Arrival) => (by === "key" ? key : rootId);
  const partners = new Set<number>();
  const counts = { keyless: 0, late: 0, expired: 0, waiting: 0, joined: 0 };
  const kept: { number: number; arrival: Arrival }[] = [];
  const late = new Set<number>();
  for (const [number, arrival] of arrivals.entries()) {
    const { task, from, sentAt } = arrival;
    if (!of.includes(from)) continue;
    if (commonOf(arrival) < 0) {
      counts.keyless++;
      continue;
    }
    time.set(task, Math.max(time.get(task) ?? -Infinity, sentAt));
    const bound = time.get(task)! - 2 * within;
    for (const other of kept)
      if (
        other.arrival.task === task &&
        other.arrival.from !== from &&
        other.arrival.sentAt >= bound &&
        commonOf(other.arrival) === commonOf(arrival) &&
        Math.abs(other.arrival.sentAt - sentAt) <= within
      ) {
        pairs.push([number, Math.min(other.arrival.sentAt, sentAt), Math.max(other.arrival.sentAt, sentAt)]);
        partners.add(number).add(other.number);
      }
    if (sentAt < bound) late.add(number);
    else kept.push({ number, arrival });
  }
  counts.joined = partners.size;
  counts.late = [...late].filter((number) => !partners.has(number)).length;
  for (const { number, arrival } of kept)
    if (!partners.has(number))
      counts[arrival.sentAt < time.get(arrival.task)! - 2 * within ? "expired" : "waiting"]++;
  return { pairs, counts };
}

const rules = fc.record({
  of: fc.constantFrom([0, 1] as const, [1, 0] as const, [0, 2] as const),
  by: fc.constantFrom("key" as const, "correlation" as const),
  within: fc.nat(40),
});
const histories = fc
  .array(
    fc.record({
      task: fc.nat(1),
      from: fc.nat(2),
      key: fc.integer({ min: -1, max: 2 }),
      rootId: fc.integer({ min: -1, max: 9 }),
      step: fc.integer({ min: -40, max: 45 }),
    }),
    { maxLength: 60 },
  )
  .map((steps) => {
    let at = 100;
    return steps.map(({ step, ...arrival }) => ({ ...arrival, sentAt: (at += step) }));
  });

describe("a join", () => {
  it("makes the pairs that comparing every two messages finds", () => {
    fc.assert(
      fc.property(rules, histories, (rule, arrivals) => {
        const { pairs, stats } = run(rule, arrivals);
        const expected = oracle(rule, arrivals);
        const sorted = (all: typeof pairs) =>
          all.toSorted((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
        expect(sorted(pairs)).toEqual(sorted(expected.pairs));
        expect(stats.summary).toMatchObject({ ...expected.counts, pairs: pairs.length, lost: 0 });
      }),
      { numRuns: 300 },
    );
  });

  it("loses no message without counting it, whichever tasks an instance loses when", () => {
    fc.assert(
      fc.property(rules, histories, fc.nat(59), (rule, arrivals, cut) => {
        const { join, stats } = run(rule, arrivals.slice(0, cut));
        const waiting = stats.kept;
        join.keep([0], "rebalance");
        expect(stats.lost + stats.kept).toBe(waiting);
        join.keep([], "crash");
        expect(stats.summary).toMatchObject({ lost: waiting, waiting: 0 });
      }),
    );
  });
});

function simulated(text: string, seed = 1): Summary {
  const { topology, problems } = parse(`topology: 1\n${text}`);
  expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
  return simulate(topology, { auditEvery: 200, seed }).summary;
}

const log = (
  consumer: string,
  more: string,
) => `kafka: {topics: {a: {partitions: 4}, b: {partitions: 4}, out: {}}}
producers:
  p: {topic: a, rate: 100/s, key: {values: 30}}
  q: {topic: b, rate: 150/s, key: {values: 40}}
consumers:
  first: {topics: [a, b], group: g, ${consumer}, sends: [{topic: out}]}
  second: {topic: out, group: h, commit: after}
${more}`;
const queue = (consumer: string, more: string) => `rabbitmq: {queues: {a: {}, b: {}, out: {}}}
producers:
  p: {queue: a, rate: 100/s, key: {values: 30}}
  q: {queue: b, rate: 150/s, key: {values: 40}}
consumers:
  first: {queues: [a, b], prefetch: 20, ${consumer}, sends: [{queue: out, confirms: true}]}
  second: {queue: out, prefetch: 50}
${more}`;

describe("a consumer that joins", () => {
  it("loses no message without counting it, whoever crashes, comes and goes", () => {
    const sides = fc.constantFrom(
      (rest: string, more: string) => log(`commit: after, ${rest}`, more),
      (rest: string, more: string) => log(`commit: transactional, failures: 1%, ${rest}`, more),
      (rest: string, more: string) => log(`config: {group.protocol: consumer}, ${rest}`, more),
      queue,
    );
    const faults = fc.constantFrom(
      "",
      "timeline: [{at: 1s, crash: {consumer: first, instance: 1}}, {at: 2s, start: {consumer: first, instance: 1}}]",
      "timeline: [{at: 1s, scale: {consumer: first, instances: 1}}, {at: 2s, scale: {consumer: first, instances: 3}}]",
    );
    fc.assert(
      fc.property(sides, faults, fc.constantFrom("100ms", "1s"), fc.nat(), (side, fault, within, seed) => {
        const text = side(
          `instances: 2, concurrency: 2, processing: 1ms, join: {of: [a, b], by: key, within: ${within}}`,
          `${fault}\nrun: {duration: 4s}`,
        );
        const { processed, duplicates, join, sends } = simulated(text, seed).consumers["first"]!;
        const { pairs, joined, expired, late, keyless, lost, waiting } = join!;
        const again = joined + expired + late + keyless + lost + waiting - processed - duplicates;
        // A handler that crashes while its pair is on its way has joined a message that it has not finished.
        expect(again).toBeGreaterThanOrEqual(0);
        expect(again).toBeLessThanOrEqual(fault.includes("crash") ? 2 : 0);
        expect(sends!.sent).toBe(pairs);
      }),
      { numRuns: 20 },
    );
  });

  it("makes the same pairs with any number of members, since partitions have their own", () => {
    const of = (instances: number) =>
      simulated(
        log(
          `commit: after, instances: ${instances}, join: {of: [b, a], by: key, within: 200ms}`,
          "run: {duration: 10s, calibration: ideal}",
        ),
      ).consumers["first"]!.join!;
    const one = of(1);
    expect(one.pairs).toBeGreaterThan(500);
    for (const instances of [2, 3, 4]) expect(of(instances)).toEqual(one);
  });

  it("brings together what goes back to one message", () => {
    const { consumers } = simulated(
      `rabbitmq:
  exchanges: {orders: {type: fanout}}
  queues: {stock: {}, credit: {}, in: {}, ok: {}, done: {}}
  bindings: [{source: orders, destination: stock}, {source: orders, destination: credit}]
producers: {shop: {exchange: orders, arrivals: {constant: 50/s}}}
consumers:
  stock: {queue: stock, prefetch: 10, processing: {exponential: 10ms}, sends: [{queue: in}]}
  credit: {queue: credit, prefetch: 10, processing: {exponential: 10ms}, failures: 20%, onFailure: reject, sends: [{queue: ok}]}
  both: {queues: [in, ok], prefetch: 10, join: {of: [in, ok], by: correlation, within: 5s}, sends: [{queue: done}]}
  end: {queue: done, prefetch: 10}
run: {duration: 60s}
`.replace("arrivals: {constant: 50/s}", "rate: 50/s, arrivals: constant"),
    );
    const { both, credit, end } = consumers;
    expect(both!.join!.pairs).toBeGreaterThan(2000);
    expect(credit!.processed - both!.join!.pairs).toBeLessThan(20);
    expect(both!.join!.joined).toBe(2 * both!.join!.pairs);
    expect(both!.join!.expired / credit!.failed).toBeGreaterThan(0.75);
    // From the order to the later of the two answers.
    expect(end!.endToEnd.mean).toBeGreaterThan(15);
  });
});
