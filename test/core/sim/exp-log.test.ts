import { expect, test } from "vitest";
import { exp, log } from "../../../src/core/sim/exp-log.ts";

/** 200,000 numbers in (0, 1] by a recurrence in 32 bits, which every machine draws alike. */
function* shares(): Iterable<number> {
  let state = 12345;
  for (let drawn = 0; drawn < 200_000; drawn++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    yield ((state >>> 0) + 1) / 4294967296;
  }
}

const view = new DataView(new ArrayBuffer(8));

/** All bits of a function's values over the shares, folded into 32. */
function bitsOf(compute: (share: number) => number): number {
  let fold = 0;
  for (const share of shares()) {
    view.setFloat64(0, compute(share));
    fold = (Math.imul(fold, 31) + view.getInt32(0)) | 0;
    fold = (Math.imul(fold, 31) + view.getInt32(4)) | 0;
  }
  return fold;
}

test("gives the same bits everywhere: those of fdlibm, recorded where `Math` is fdlibm (Node 20 and 24)", () => {
  expect({
    log: bitsOf(log),
    logOfSmall: bitsOf((share) => log(share * 1e-310)),
    logOfLarge: bitsOf((share) => log(share * 1e300)),
    logAroundOne: bitsOf((share) => log(0.999 + share / 500)),
    expBelow: bitsOf((share) => exp(-20 * share)),
    expAbove: bitsOf((share) => exp(709 * share)),
    expFarBelow: bitsOf((share) => exp(-745 * share)),
    expNearZero: bitsOf((share) => exp(share - 0.5)),
  }).toEqual({
    log: 1287817906,
    logOfSmall: -2083935258,
    logOfLarge: -63641231,
    logAroundOne: -648644242,
    expBelow: -682750152,
    expAbove: -894975372,
    expFarBelow: -1163885520,
    expNearZero: 230677924,
  });
});

test("stays within two units in the last place of `Math`, whatever that is made of", () => {
  let worst = 0;
  for (const share of shares()) {
    const x = 1400 * (share - 0.5);
    const logarithm = Math.log(share);
    const apart = logarithm === 0 ? Math.abs(log(share)) : Math.abs(log(share) / logarithm - 1);
    worst = Math.max(worst, Math.abs(exp(x) / Math.exp(x) - 1), apart);
  }
  expect(worst).toBeLessThan(4.5e-16);
});

test("knows the ends", () => {
  expect([-Infinity, -800, -0, 0, 1, 800, Infinity, NaN].map(exp)).toEqual([
    0,
    0,
    1,
    1,
    Math.E,
    Infinity,
    Infinity,
    NaN,
  ]);
  expect([-1, -0, 0, 1, Infinity, NaN].map(log)).toEqual([NaN, -Infinity, -Infinity, 0, Infinity, NaN]);
});
