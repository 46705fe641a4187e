import { describe, expect, it } from "vitest";
import { Station, Trace } from "../../../src/core/stats/trace.ts";

const clock = { now: 0 };
const filled = (trace: Trace, rows: number) => {
  for (let row = 0; row < rows; row++) {
    clock.now = row / 2;
    trace.add(row * 7, (row % 24) as Station, row % 65_536, -row);
  }
  return trace;
};

describe("Trace", () => {
  it.each([0, 1, 2047, 2048, 2049, 65_536, 200_000])("gives back %i rows as they were added", (rows) => {
    const columns = filled(new Trace(clock, 10), rows).columns();
    expect([columns.rows, columns.rowsDropped]).toEqual([rows, 0]);
    const wrong: number[] = [];
    for (let row = 0; row < rows; row++)
      if (
        columns.time[row] !== row / 2 ||
        columns.message[row] !== row * 7 ||
        columns.station[row] !== row % 24 ||
        columns.place[row] !== row % 65_536 ||
        columns.detail[row] !== 0 - row
      )
        wrong.push(row);
    expect(wrong).toEqual([]);
    const { time, message, station, place, detail } = columns;
    expect([time, message, station, place, detail].map(({ length }) => length)).toEqual(Array(5).fill(rows));
  });

  it("keeps a step of another time than now", () => {
    const trace = filled(new Trace(clock, 10), 2048);
    trace.addAt(7.5, 1, Station.finished, 2, 3);
    clock.now = 9;
    trace.add(4, Station.settled, 5, 6);
    const { time, message, station, place, detail } = trace.columns();
    expect([time, message, station, place, detail].map((column) => [...column.slice(2048)])).toEqual([
      [7.5, 9],
      [1, 4],
      [Station.finished, Station.settled],
      [2, 5],
      [3, 6],
    ]);
  });

  it("goes on after it has given back its rows", () => {
    const trace = filled(new Trace(clock, 10), 1500);
    trace.columns();
    const { time } = filled(trace, 1500).columns();
    expect([...time]).toEqual([0, 1].flatMap(() => Array.from({ length: 1500 }, (_, row) => row / 2)));
  });

  it("keeps the first rows when it is full, and counts the others", () => {
    const columns = filled(new Trace(clock, 10, Infinity, 5000), 6500).columns();
    expect([columns.rows, columns.rowsDropped, columns.time.length]).toEqual([5000, 1500, 5000]);
    expect(columns.time.at(-1)).toBe(4999 / 2);
    expect(filled(new Trace(clock, 10, Infinity, 0), 3).columns().rowsDropped).toBe(3);
  });

  it("takes no more than 20 bytes a row", () => {
    const { time, message, station, place, detail } = filled(new Trace(clock, 10), 1000).columns();
    const bytes = [time, message, station, place, detail].reduce((sum, column) => sum + column.byteLength, 0);
    expect(bytes / 1000).toBeLessThanOrEqual(20);
  });

  it("wants the journeys of as many messages as the budget says", () => {
    const trace = new Trace(clock, 2);
    expect([0, 1, 2, 3].filter((message) => trace.wants(message))).toEqual([0, 1]);
    expect(new Trace(clock, 0).wants(0)).toBe(false);
  });

  it("gives each station a number of its own", () => {
    const numbers = Object.values(Station);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(numbers.every((number) => number >= 0 && number < 256)).toBe(true);
  });
});
