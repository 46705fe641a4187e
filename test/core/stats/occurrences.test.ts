import { expect, it } from "vitest";
import { Occurrences } from "../../../src/core/stats/occurrences.ts";
import type { Place } from "../../../src/core/stats/result.ts";

const places: readonly Place[] = [
  { kind: "consumer", name: "c", number: 2 },
  { kind: "topic", name: "t", number: 0 },
  { kind: "broker", name: "", number: 3 },
];

it("keeps so many rows, and counts the rest", () => {
  const log = new Occurrences(100);
  for (let time = 0; time < 1000; time++) log.add(time, time % 2 === 0 ? "crashed" : "started", time % 3);
  const { rows, rowsDropped, time, kind, kinds } = log.columns();
  expect([rows, rowsDropped, time.length, time.at(-1)]).toEqual([100, 900, 100, 99]);
  expect(kinds[kind[1]!]).toBe("started");
  const { count, byKind, first } = log.summary(places);
  expect([count, byKind, first.length]).toEqual([1000, { crashed: 500, started: 500 }, 100]);
});

it("says what happened where in a sentence", () => {
  const log = new Occurrences();
  for (const place of [0, 1, 2]) log.add(2e9, "crashed", place, 0, "timeline");
  const { first } = log.summary(places);
  expect(first.map(({ message }) => message)).toEqual([
    "consumer c 2 crashed",
    "topic t partition 0 crashed",
    "broker 3 crashed",
  ]);
  expect(first[0]).toMatchObject({ at: 2000, kind: "crashed", where: places[0], rule: "timeline" });
});
