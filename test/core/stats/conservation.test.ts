import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvariantError } from "../../../src/core/sim/invariant.ts";
import { Ledger } from "../../../src/core/stats/conservation.ts";

const states = ["queued", "unacked", "done"];

describe("Ledger", () => {
  it("balances whatever is created and moved, and refuses to move what is not there", () => {
    const step = fc.record({ from: fc.integer({ min: -1, max: 2 }), to: fc.nat(2), copies: fc.nat(3) });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const ledger = new Ledger(states);
        const counts = [0, 0, 0];
        for (const { from, to, copies } of steps) {
          if (from < 0) ledger.create(to, copies);
          else if (counts[from]! < copies) {
            expect(() => ledger.move(from, to, copies)).toThrow(InvariantError);
            continue;
          } else {
            ledger.move(from, to, copies);
            counts[from]! -= copies;
          }
          counts[to]! += copies;
          ledger.audit();
        }
        expect(states.map((_, state) => ledger.count(state))).toEqual(counts);
        expect(ledger.created).toBe(counts.reduce((sum, count) => sum + count));
      }),
    );
  });

  it("names the state that has nothing to move, and the sums that do not agree", () => {
    const ledger = new Ledger(states);
    ledger.create(0, 2);
    expect(() => ledger.move(1, 2)).toThrow("from 'unacked'");
    ledger.created = 3;
    expect(() => ledger.audit()).toThrow(
      "3 copies were created, the states hold 2: queued 2, unacked 0, done 0",
    );
  });
});
