import { expect, test } from "vitest";
import type { Drawing, Extent, Placement } from "../../src/protocol/drawing.ts";
import { answer } from "../../src/worker/layout.ts";

const label: Extent = { width: 40, height: 13 };

const chain: Drawing = {
  boxes: Array.from({ length: 8 }, () => ({ width: 170, height: 60 })),
  arrows: Array.from({ length: 7 }, (_, from) => ({ from, to: from + 1, label, weight: 4 })),
};

/** One box that leads to many: as high from left to right as it is wide downwards. */
const fan: Drawing = {
  boxes: Array.from({ length: 9 }, () => ({ width: 170, height: 60 })),
  arrows: Array.from({ length: 8 }, (_, to) => ({ from: 0, to: to + 1, label, weight: 4 })),
};

function placed(drawing: Drawing, room?: Extent): Placement {
  const told = answer({ number: 1, drawing: { ...drawing, ...(room && { room }) } });
  if (told.type === "failed") throw new Error(told.message);
  return told.placement;
}

test("without a room a drawing goes from left to right", () => {
  expect(placed(chain)).toMatchObject({ down: false });
  expect(placed(chain, { width: 5000, height: 500 })).toEqual(placed(chain));
});

test("a chain goes down where it could not be read in a row", () => {
  const { down, width, height } = placed(chain, { width: 560, height: 800 });
  expect(down).toBe(true);
  expect(width).toBeLessThan(560);
  expect(height).toBeLessThan(1000);
});

test("what would be no larger downwards stays as it is", () => {
  expect(placed(fan, { width: 560, height: 500 }).down).toBe(false);
  expect(placed(chain, { width: 1200, height: 200 }).down).toBe(false);
});
