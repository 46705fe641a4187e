import { expect, it } from "vitest";
import { meanQueue, meanWaitMs, probabilityOfWaiting, stations } from "./closed-forms.ts";

/** Published values: P(wait), mean wait in ms, mean queue. */
const published: Readonly<Record<string, readonly [number, number, number]>> = {
  "M/M/1 at 8/s": [0.8, 400, 3.2],
  "M/M/1 at 9/s": [0.9, 900, 8.1],
  "M/M/2 at 16/s": [0.7111, 177.78, 2.844],
  "M/M/3 at 24/s": [0.6472, 107.87, 2.589],
  "M/M/4 at 36/s": [0.7878, 196.94, 7.09],
  "M/M/10 at 90/s": [0.6687, 66.87, 6.019],
  "M/D/1 at 5/s": [0.5, 50, 0.25],
  "M/D/1 at 8/s": [0.8, 200, 1.6],
  "M/D/1 at 9/s": [0.9, 450, 4.05],
};

it.each(stations)("$name has its published values", (station) => {
  const [waits, wait, queue] = published[station.name]!;
  expect(probabilityOfWaiting(station)).toBeCloseTo(waits, 4);
  expect(meanWaitMs(station)).toBeCloseTo(wait, 2);
  expect(meanQueue(station)).toBeCloseTo(queue, 3);
});
