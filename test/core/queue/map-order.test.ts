import { expect, test } from "vitest";
import { inMapOrder } from "../../../src/core/queue/map-order.ts";

const from = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

const itself = (key: number) => key;

test("32 keys and fewer are visited in ascending order", () => {
  expect(inMapOrder([], itself)).toEqual([]);
  expect(inMapOrder(from(0, 31).toReversed(), itself)).toEqual(from(0, 31));
});

/** What `maps:fold` of Erlang/OTP 25 visits. */
test.each([
  [
    from(0, 32),
    [
      16, 18, 5, 19, 27, 10, 24, 4, 21, 22, 17, 3, 8, 1, 7, 2, 14, 15, 20, 13, 0, 6, 28, 25, 32, 9, 11, 31,
      26,
    ],
    [30, 29, 23, 12],
  ],
  [
    from(100, 140),
    [107, 115, 136, 118, 114, 129, 101, 106, 125, 121, 127, 105, 102, 138, 119, 128, 111, 135, 134, 104, 112],
    [139, 140, 122, 103, 108, 130, 123, 126, 137, 116, 110, 109, 120, 133, 100, 113, 131, 124, 132, 117],
  ],
])("more of them by their hashes", (keys, first, rest) => {
  expect(inMapOrder(keys, itself)).toEqual([...first, ...rest]);
});
