import { expect, test } from "vitest";
import type { Result, Topology } from "../../src/core/index.ts";
import type { FromWorker } from "../../src/protocol/run.ts";
import { eventsPerSlice, Session, type Engine } from "../../src/worker/session.ts";

const topology = {} as Topology;

/** An engine of so many events, each of which takes a microsecond of the clock. */
class CountingEngine implements Engine {
  readonly slices: number[] = [];
  private readonly total: number;
  events = 0;

  constructor(total: number) {
    this.total = total;
  }

  get share(): number {
    return this.events / this.total;
  }

  get nowMs(): number {
    return this.events;
  }

  advance(maxEvents: number): boolean {
    const handled = Math.min(maxEvents, this.total - this.events);
    this.slices.push(handled);
    this.events += handled;
    return this.events === this.total;
  }

  result(): Result {
    const time = new Float64Array(4);
    const series = ["lag", "depth"].map((metric) => ({
      of: "queue",
      name: "q",
      metric,
      time,
      mean: new Float64Array(4),
      max: new Float64Array(4),
    }));
    const trace = {
      rows: 0,
      rowsDropped: 0,
      time: new Float64Array(1),
      message: new Int32Array(1),
      station: new Uint8Array(1),
      place: new Uint16Array(1),
      detail: new Int32Array(1),
      places: [],
    };
    const occurrences = {
      time: new Float64Array(1),
      kind: new Uint8Array(1),
      place: new Uint16Array(1),
      detail: new Float64Array(1),
      rule: new Uint16Array(1),
    };
    return { series, trace, occurrences, events: this.events } as unknown as Result;
  }
}

/** A thread in which `during` is called at each breath, as messages would arrive. */
function thread(engines: readonly Engine[], during: (breaths: number, session: Session) => void = () => {}) {
  const posted: FromWorker[] = [];
  const transfers: (readonly ArrayBuffer[])[] = [];
  let breaths = 0;
  let started = 0;
  let quiet: (() => void) | undefined;
  const ended = new Promise<void>((resolve) => (quiet = resolve));
  const session: Session = new Session({
    start: () => engines[started++]!,
    post: (message, transfer) => {
      posted.push(message);
      transfers.push(transfer);
      if (posted.filter(({ type }) => type !== "progress").length === engines.length) quiet?.();
    },
    breathe: async () => {
      await Promise.resolve();
      during(++breaths, session);
    },
    clock: () => engines.reduce((sum, { events }) => sum + events / 1000, 0),
  });
  return { session, posted, transfers, ended, breaths: () => breaths };
}

test("polls for a cancel before each slice of 10,000 events, the first included", async () => {
  const engine = new CountingEngine(95_000);
  const { session, posted, ended, breaths } = thread([engine]);
  session.receive({ type: "run", run: 1, topology, seed: undefined });
  await ended;
  expect(engine.slices).toEqual([...Array<number>(9).fill(eventsPerSlice), 5_000]);
  expect(breaths()).toBe(10);
  expect(posted.at(-1)).toMatchObject({ type: "done", run: 1 });
});

test("stops within one slice of the cancel", async () => {
  const engine = new CountingEngine(10_000_000);
  const { session, posted, ended } = thread([engine], (breaths, running) => {
    if (breaths === 7) running.receive({ type: "cancel", run: 1 });
  });
  session.receive({ type: "run", run: 1, topology, seed: undefined });
  await ended;
  expect(posted.at(-1)).toEqual({ type: "cancelled", run: 1, events: 6 * eventsPerSlice, pollsMissed: 0 });
});

test("counts the polls that an engine skips by handling more events than it was asked for", async () => {
  const engine = new CountingEngine(100_000);
  const greedy: Engine = {
    advance: () => engine.advance(3 * eventsPerSlice),
    result: () => engine.result(),
    nowMs: 0,
    share: 0,
    get events() {
      return engine.events;
    },
  };
  const { session, posted, ended } = thread([greedy], (breaths, running) => {
    if (breaths === 3) running.receive({ type: "cancel", run: 1 });
  });
  session.receive({ type: "run", run: 1, topology, seed: undefined });
  await ended;
  expect(posted.at(-1)).toMatchObject({ type: "cancelled", pollsMissed: 2 });
});

test("a cancel for another run changes nothing", async () => {
  const { session, posted, ended } = thread([new CountingEngine(50_000)], (_, running) =>
    running.receive({ type: "cancel", run: 7 }),
  );
  session.receive({ type: "run", run: 8, topology, seed: undefined });
  await ended;
  expect(posted.at(-1)).toMatchObject({ type: "done", run: 8 });
});

test("a newer run cancels the one under way", async () => {
  const engines = [new CountingEngine(10_000_000), new CountingEngine(30_000)];
  const { session, posted, ended } = thread(engines, (breaths, running) => {
    if (breaths === 5) running.receive({ type: "run", run: 2, topology, seed: undefined });
  });
  session.receive({ type: "run", run: 1, topology, seed: undefined });
  await ended;
  const endings = posted.filter(({ type }) => type !== "progress");
  expect(endings.map(({ type, run }) => [type, run])).toEqual([
    ["cancelled", 1],
    ["done", 2],
  ]);
});

test("tells progress at most 20 times a second", async () => {
  const { session, posted, ended } = thread([new CountingEngine(1_000_000)]);
  session.receive({ type: "run", run: 1, topology, seed: undefined });
  await ended;
  const progress = posted.filter((message) => message.type === "progress");
  expect(progress).toHaveLength(19);
  expect(progress[0]).toEqual({ type: "progress", run: 1, share: 0.05, simulatedMs: 50_000, events: 50_000 });
});

test("an engine that throws ends the run with its message", async () => {
  const broken: Engine = {
    advance: () => {
      throw new Error("4 messages are in two states");
    },
    result: () => new CountingEngine(0).result(),
    nowMs: 0,
    share: 0,
    events: 0,
  };
  const { session, posted, ended } = thread([broken]);
  session.receive({ type: "run", run: 3, topology, seed: undefined });
  await ended;
  expect(posted).toEqual([{ type: "failed", run: 3, message: "4 messages are in two states" }]);
});

test("hands over every column once, though the series share their times", async () => {
  const { session, posted, transfers, ended } = thread([new CountingEngine(1)]);
  session.receive({ type: "run", run: 1, topology, seed: undefined });
  await ended;
  const done = posted.at(-1);
  expect(done?.type).toBe("done");
  expect(transfers.at(-1)).toHaveLength(5 + 5 + 1 + 4);
  expect(new Set(transfers.at(-1)).size).toBe(15);
});
