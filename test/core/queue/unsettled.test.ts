import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Unsettled } from "../../../src/core/queue/unsettled.ts";

const step = fc.record({
  what: fc.constantFrom("add", "add", "settle", "settleOldest"),
  copy: fc.integer({ min: 0, max: 40 }),
});

describe("what a consumer has not settled", () => {
  it("is known by its oldest delivery, in whatever order it is settled and delivered again", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const unsettled = new Unsettled();
        const held: { copy: number; since: number }[] = [];
        for (const [now, { what, copy }] of steps.entries()) {
          const at = held.findIndex((one) => one.copy === copy);
          if (what === "add" && at < 0) {
            held.push({ copy, since: now });
            unsettled.add(copy, now);
          } else if (what === "settle" && at >= 0) {
            held.splice(at, 1);
            unsettled.settle(copy);
          } else if (what === "settleOldest") {
            held.shift();
            unsettled.settleOldest();
          }
          expect(unsettled.empty).toBe(held.length === 0);
          expect(unsettled.since).toBe(held[0]?.since ?? Infinity);
        }
      }),
    );
  });
});
