import { describe, expect, it } from "vitest";
import { ReturnsOrder } from "../../../src/core/queue/returns-order.ts";

/** Copies 0 to 9 have a high priority, 10 and more a normal one; all of them are pushed in this order. */
function order(priorities: "none" | "two" | "strict", copies: readonly number[]): ReturnsOrder {
  const ready = new ReturnsOrder(priorities, (copy) => (copy < 10 ? 5 + copy : undefined));
  for (const copy of copies) ready.push(copy);
  return ready;
}

function drained(ready: ReturnsOrder): number[] {
  const copies: number[] = [];
  while (ready.size > 0) {
    const front = ready.peek();
    copies.push(ready.take());
    expect(copies.at(-1)).toBe(front);
  }
  return copies;
}

describe("what is ready in a quorum queue goes out", () => {
  const mixed = [11, 1, 12, 2, 3, 4, 13];

  it("in the order of publishing before 4.0", () => {
    expect(drained(order("none", mixed))).toEqual(mixed);
  });

  it("two of a high priority for one of a normal one in 4.0 to 4.2", () => {
    expect(drained(order("two", mixed))).toEqual([1, 2, 11, 3, 4, 12, 13]);
  });

  it("the highest of 32 levels first in 4.3", () => {
    expect(drained(order("strict", mixed))).toEqual([4, 3, 2, 1, 11, 12, 13]);
  });

  it("after what was returned, in the order of the returns", () => {
    const ready = order("two", mixed);
    const [first, second] = [ready.take(), ready.take()];
    ready.putBack(second);
    ready.putBack(first);
    expect(drained(ready).slice(0, 2)).toEqual([second, first]);
  });
});
