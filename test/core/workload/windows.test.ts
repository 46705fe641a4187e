import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { WindowRule } from "../../../src/core/model/consumer-work.ts";
import { blankEnd } from "../../../src/core/sim/world.ts";
import { WindowStats } from "../../../src/core/stats/window-stats.ts";
import { Windows } from "../../../src/core/workload/windows.ts";
import { emptyWorld } from "./empty-world.ts";

interface Arrival {
  readonly task: number;
  readonly key: number;
  readonly sentAt: number;
}

/** A window as it was sent on: `at` is the arrival that closed it. */
interface Closed {
  readonly at: number;
  readonly task: number;
  readonly key: number;
  readonly end: number;
  readonly root: number;
  readonly count: number;
}

function run(rule: WindowRule, arrivals: readonly Arrival[]) {
  const stats = new WindowStats(0);
  const windows = new Windows(emptyWorld(), {
    rule,
    stats,
    place: 0,
    changelog: undefined,
    keepsRoutingKey: false,
  });
  const closed: Closed[] = [];
  const [of, into] = [blankEnd(), blankEnd()];
  arrivals.forEach(({ task, key, sentAt }, at) => {
    Object.assign(of, { task, key, sentAt, rootAt: sentAt });
    windows.enter(of);
    for (let before = stats.messages; windows.yields(of, into); before = stats.messages)
      closed.push({
        at,
        task,
        key: into.key,
        end: into.sentAt,
        root: into.rootAt,
        count: stats.messages - before,
      });
  });
  return { windows, stats, closed };
}

/** The same by looking at everything each time. */
function oracle(rule: WindowRule, arrivals: readonly Arrival[]) {
  type Open = { task: number; key: number; start: number; end: number; sent: number[] };
  let open: Open[] = [];
  const closed: Closed[] = [];
  const time = new Map<number, number>();
  let [late, keyless] = [0, 0];
  for (const [at, { task, key: own, sentAt }] of arrivals.entries()) {
    if (rule.byKey && own < 0) {
      keyless++;
      continue;
    }
    const key = rule.byKey ? own : -1;
    const now = Math.max(time.get(task) ?? -Infinity, sentAt);
    time.set(task, now);
    const isOver = ({ end }: Open) =>
      rule.kind === "session" ? end + rule.gap + rule.grace < now : end + rule.grace <= now;
    if (rule.kind === "session") {
      const near = open.filter(
        (one) =>
          one.task === task &&
          one.key === key &&
          one.start - rule.gap <= sentAt &&
          sentAt <= one.end + rule.gap,
      );
      const sent = [...near.flatMap((one) => one.sent), sentAt];
      const merged = { task, key, start: Math.min(...sent), end: Math.max(...sent), sent };
      if (isOver(merged)) late++;
      else open = [...open.filter((one) => !near.includes(one)), merged];
    } else
      // A run begins in the middle of windows.
      for (let number = -40; number * rule.every <= sentAt; number++) {
        const start = number * rule.every;
        const window = { task, key, start, end: start + rule.size, sent: [sentAt] };
        if (window.end <= sentAt) continue;
        const known = open.find((one) => one.task === task && one.key === key && one.start === start);
        if (isOver(window)) late++;
        else if (known === undefined) open.push(window);
        else known.sent.push(sentAt);
      }
    for (const one of open.filter((each) => each.task === task && isOver(each)))
      closed.push({
        at,
        task,
        key: one.key,
        end: one.end,
        root: Math.min(...one.sent),
        count: one.sent.length,
      });
    open = open.filter((one) => one.task !== task || !isOver(one));
  }
  return { closed, late, keyless, open: open.reduce((sum, { sent }) => sum + sent.length, 0) };
}

/** Windows that one message closes leave by their end; of equal ends the order is open. */
const ordered = (closed: readonly Closed[]) =>
  closed.toSorted((a, b) => a.at - b.at || a.end - b.end || a.key - b.key);

const rules = fc.record({ grace: fc.nat(30), byKey: fc.boolean() }).chain((common) =>
  fc.oneof(
    fc.integer({ min: 1, max: 40 }).map((size) => ({ kind: "time" as const, size, every: size, ...common })),
    fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 })).map(([a, b]) => ({
      kind: "time" as const,
      size: Math.max(a, b),
      every: Math.min(a, b),
      ...common,
    })),
    fc.integer({ min: 1, max: 20 }).map((gap) => ({ kind: "session" as const, gap, ...common })),
  ),
);
/** Steps of time that mostly go on and sometimes go back. */
const histories = fc
  .array(
    fc.record({
      task: fc.nat(1),
      key: fc.integer({ min: -1, max: 2 }),
      step: fc.integer({ min: -25, max: 30 }),
    }),
    { maxLength: 60 },
  )
  .map((steps) => {
    let at = 50;
    return steps.map(({ task, key, step }) => ({ task, key, sentAt: (at = Math.max(at + step, 0)) }));
  });

describe("windows", () => {
  it("hold and lose what a search through everything says", () => {
    fc.assert(
      fc.property(rules, histories, (rule, arrivals) => {
        const { closed, stats } = run(rule, arrivals);
        const expected = oracle(rule, arrivals);
        expect(ordered(closed)).toEqual(ordered(expected.closed));
        expect(closed.map(({ at }) => at)).toEqual(closed.map(({ at }) => at).toSorted((a, b) => a - b));
        const { late, keyless, open } = expected;
        expect(stats.summary).toMatchObject({ late, keyless, open, closed: closed.length, lost: 0 });
      }),
    );
  });

  it("lose no message without counting it, whichever tasks an instance loses when", () => {
    fc.assert(
      fc.property(rules, histories, fc.nat(59), (rule, arrivals, cut) => {
        const { windows, stats } = run(rule, arrivals.slice(0, cut));
        const before = stats.kept;
        windows.keep([1], "rebalance");
        expect(stats.lost + stats.kept).toBe(before);
        windows.keep([], "crash");
        expect(stats.kept).toBe(0);
        expect(stats.lost).toBe(before);
      }),
    );
  });

  it("close by the time of messages: the last one waits for what comes later", () => {
    const rule: WindowRule = { kind: "time", size: 10, every: 10, grace: 5, byKey: false };
    const at = (sentAt: number) => ({ task: 0, key: 0, sentAt });
    expect(run(rule, [at(3), at(14)]).closed).toEqual([]);
    expect(run(rule, [at(3), at(15)]).closed).toMatchObject([{ end: 10, count: 1 }]);
    // Another partition has its own time.
    expect(run(rule, [at(3), { task: 1, key: 0, sentAt: 15 }]).closed).toEqual([]);
    // Not later than its end and its grace, by the time of the latest message.
    expect(run(rule, [at(3), at(14), at(9), at(15)]).closed).toMatchObject([{ end: 10, count: 2 }]);
    expect(run(rule, [at(3), at(15), at(9)]).stats).toMatchObject({ late: 1, closed: 1 });
  });

  it("of hopping ones each message is in all that span its time", () => {
    const rule: WindowRule = { kind: "time", size: 30, every: 10, grace: 0, byKey: false };
    const { closed } = run(rule, [
      { task: 0, key: 0, sentAt: 25 },
      { task: 0, key: 0, sentAt: 60 },
    ]);
    expect(closed.map(({ end, count }) => [end, count])).toEqual([
      [30, 1],
      [40, 1],
      [50, 1],
    ]);
  });

  it("sessions that a late message lies between become one", () => {
    const rule: WindowRule = { kind: "session", gap: 10, grace: 20, byKey: true };
    const at = (sentAt: number) => ({ task: 0, key: 7, sentAt });
    const { closed } = run(rule, [at(0), at(18), at(9), at(49)]);
    expect(closed).toEqual([{ at: 3, task: 0, key: 7, end: 18, root: 0, count: 3 }]);
  });
});
