import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EventList } from "../../../src/core/sim/event-list.ts";
import { InvariantError } from "../../../src/core/sim/invariant.ts";
import { LimitReached } from "../../../src/core/sim/limit.ts";

type Step =
  | { readonly do: "push"; readonly time: number }
  | { readonly do: "lane"; readonly lane: number; readonly later: number }
  | { readonly do: "pop"; readonly times: number };

/** Few distinct times, so that ties abound. */
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant("push" as const), time: fc.nat(6) }),
  fc.record({ do: fc.constant("lane" as const), lane: fc.nat(2), later: fc.constantFrom(0, 0, 1, 2) }),
  fc.record({ do: fc.constant("pop" as const), times: fc.nat(3) }),
);

/** Runs the steps against a list that is sorted anew before each pop; a sort is stable. */
function leavesAsSorted(steps: readonly Step[]): void {
  const list = new EventList();
  const lanes = [list.lane(), list.lane(), list.lane()];
  const laneTails = [0, 0, 0];
  let expected: { time: number; number: number }[] = [];
  /** Taken before the step of the same number. */
  const turns: number[] = [];
  const pop = () => {
    expected = expected.toSorted((one, other) => one.time - other.time);
    const time = expected[0]?.time ?? 3;
    for (const turn of [0, turns.length >> 1, turns.length - 1])
      for (const at of [time - 1, time])
        expect(list.leads(at, turns[turn]!)).toBe(
          expected.every((other) => at < other.time || (at === other.time && turn <= other.number)),
        );
    expect(list.pop(time - 1)).toBe(false);
    expect(list.size).toBe(expected.length);
    const next = expected.shift();
    expect(list.peekTime()).toBe(next?.time ?? Infinity);
    expect(list.pop()).toBe(next !== undefined);
    if (next !== undefined)
      expect([list.time, list.kind, list.a, list.b]).toEqual([
        next.time,
        next.number % 7,
        next.number,
        1 - next.number,
      ]);
    expect(list.size).toBe(expected.length);
  };
  steps.forEach((step, number) => {
    turns.push(list.turn());
    if (step.do === "pop") for (let time = 0; time < step.times; time++) pop();
    else if (step.do === "push") {
      list.push(step.time, number % 7, number, 1 - number);
      expected.push({ time: step.time, number });
    } else {
      const time = (laneTails[step.lane]! += step.later);
      list.pushLane(lanes[step.lane]!, time, number % 7, number, 1 - number);
      expected.push({ time, number });
    }
  });
  turns.push(list.turn());
  while (expected.length > 0) pop();
  pop();
}

describe("EventList", () => {
  it("lets events leave by time and, in ties, in the order of scheduling, across heap and lanes", () => {
    fc.assert(fc.property(fc.array(step, { maxLength: 120 }), leavesAsSorted), { numRuns: 1000 });
  });

  it("keeps the order while heap, slots and rings grow and wrap", () => {
    fc.assert(fc.property(fc.array(step, { minLength: 600, maxLength: 900 }), leavesAsSorted), {
      numRuns: 20,
    });
  });

  it("keeps fractions of a nanosecond and large times apart", () => {
    const list = new EventList();
    const times = [1e15 + 0.25, 1e15, 0.1, 0.1 + 2e-17, 0, 3];
    times.forEach((time, number) => list.push(time, 0, number, 0));
    const order: number[] = [];
    while (list.pop()) order.push(list.a);
    expect(order).toEqual([4, 2, 3, 5, 1, 0]);
  });

  it("refuses a lane entry that is earlier than the lane's last", () => {
    const list = new EventList();
    const lane = list.lane();
    list.pushLane(lane, 5, 0, 0, 0);
    expect(() => list.pushLane(lane, 4.9, 0, 0, 0)).toThrow(InvariantError);
    expect(() => list.pushLane(lane, NaN, 0, 0, 0)).toThrow(InvariantError);
    expect(() => list.pushLane(7, 5, 0, 0, 0)).toThrow("a lane that exists");
    expect(list.size).toBe(1);
  });

  it("says which limit is reached when too many events wait", () => {
    const list = new EventList();
    const fill = () => {
      for (let event = 0; event <= 2_097_152; event++) list.push(event, 0, event, 0);
    };
    expect(fill).toThrow(LimitReached);
    expect(fill).toThrow(expect.objectContaining({ limit: "pending" }));
    expect(list.size).toBe(2_097_152);
    // What was taken before still leaves in order, and its room can be used again.
    list.pop();
    list.push(-1, 0, 77, 0);
    list.pop();
    expect(list.a).toBe(77);
  });

  it("says which limit is reached when too many events were scheduled", () => {
    const list = new EventList();
    Reflect.set(list, "sequence", 4_294_967_294);
    list.push(1, 0, 1, 0);
    list.push(1, 0, 2, 0);
    expect(() => list.push(1, 0, 3, 0)).toThrow(expect.objectContaining({ limit: "events" }));
    expect(list.size).toBe(2);
    expect([list.pop(), list.a, list.pop(), list.a, list.pop()]).toEqual([true, 1, true, 2, false]);
  });
});
