import fc from "fast-check";
import { expect, it } from "vitest";
import { firstWhere } from "../../../src/core/sim/halving.ts";

it("finds what a search from the beginning finds, and looks at few places", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 50 })),
      fc.integer({ min: -1, max: 51 }),
      (drawn, bound) => {
        const column = drawn.toSorted((a, b) => a - b);
        let looks = 0;
        const found = firstWhere(column.length, (place) => {
          looks++;
          return column[place]! > bound;
        });
        const expected = column.findIndex((value) => value > bound);
        expect(found).toBe(expected < 0 ? column.length : expected);
        expect(looks).toBeLessThanOrEqual(Math.ceil(Math.log2(column.length + 1)));
      },
    ),
  );
});
