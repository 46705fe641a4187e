import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { eventsAtOnceMax, Kernel, type Process } from "../../../src/core/sim/kernel.ts";

type Handled = readonly [time: number, kind: number, a: number, b: number];

class Recorder implements Process {
  readonly handled: Handled[] = [];
  private readonly kernel: Kernel;

  constructor(kernel: Kernel) {
    this.kernel = kernel;
  }

  handle(kind: number, a: number, b: number): void {
    this.handled.push([this.kernel.now, kind, a, b]);
  }
}

/** Each event of kind 1 schedules `b` more, after delays that a stream decides. */
class Branching extends Recorder {
  private readonly base: number;
  private readonly of: Kernel;
  private readonly lane: number;

  constructor(kernel: Kernel) {
    super(kernel);
    this.of = kernel;
    this.base = kernel.register(this);
    this.lane = kernel.lane();
  }

  override handle(kind: number, a: number, b: number): void {
    super.handle(kind, a, b);
    for (let child = 0; child < b; child++) {
      this.of.after(this.of.stream("delays").below(5), this.base | 1, a + 1, b - 1);
      this.of.atLane(this.lane, this.of.now + 2, this.base | 2, a, 0);
    }
  }

  start(): this {
    this.of.at(0, this.base | 1, 0, 5);
    return this;
  }
}

/** An event of kind 0 follows the one before it after the next gap; what each schedules beside it comes later in a tie. */
class Chain extends Recorder {
  readonly base: number;
  private readonly of: Kernel;
  private readonly gaps: readonly number[];
  private readonly atOnce: boolean;

  constructor(kernel: Kernel, gaps: readonly number[], atOnce: boolean) {
    super(kernel);
    this.of = kernel;
    this.gaps = gaps;
    this.atOnce = atOnce;
    this.base = kernel.register(this);
    kernel.at(0, this.base, 0, 0);
  }

  override handle(kind: number, a: number, b: number): void {
    super.handle(kind, a, b);
    const gap = this.gaps[a];
    if (kind !== 0 || gap === undefined) return;
    const { of } = this;
    const turn = of.turn();
    const time = of.now + gap;
    of.after(a % 3, this.base | 2, a, 0);
    if (this.atOnce && of.goesOn(turn, time)) this.handle(0, a + 1, b);
    else of.atTurn(turn, time, this.base, a + 1, b);
  }
}

describe("Kernel", () => {
  it("hands each process the events of its own kinds, from 0 to 255", () => {
    const kernel = new Kernel(1);
    const recorders = [new Recorder(kernel), new Recorder(kernel), new Recorder(kernel)];
    const bases = recorders.map((recorder) => kernel.register(recorder));
    kernel.at(30, bases[2]! | 255, 1, -1);
    kernel.after(10, bases[0]! | 0, 2_147_483_647, -2_147_483_648);
    kernel.at(20, bases[1]! | 7, 3, -3);
    expect(kernel.advance(100, Infinity)).toBe("empty");
    expect(recorders.map(({ handled }) => handled)).toEqual([
      [[10, 0, 2_147_483_647, -2_147_483_648]],
      [[20, 7, 3, -3]],
      [[30, 255, 1, -1]],
    ]);
    expect([kernel.now, kernel.events, kernel.pending]).toEqual([30, 3, 0]);
  });

  it("handles what is at `until`, leaves what is later, and lets the clock stand at `until`", () => {
    const kernel = new Kernel(1);
    const recorder = new Recorder(kernel);
    const base = kernel.register(recorder);
    for (const time of [1, 2, 2, 3]) kernel.at(time, base, 0, 0);
    expect(kernel.advance(100, 2)).toBe("until");
    expect([kernel.now, recorder.handled.length]).toEqual([2, 3]);
    expect(kernel.advance(100, 2.5)).toBe("until");
    expect(kernel.now).toBe(2.5);
    expect(kernel.advance(100, 10)).toBe("empty");
    expect([kernel.now, recorder.handled.length]).toEqual([10, 4]);
  });

  it("stops after as many events as it may handle, with the clock at the last", () => {
    const kernel = new Kernel(1);
    const base = kernel.register(new Recorder(kernel));
    for (const time of [1, 2, 3]) kernel.at(time, base, 0, 0);
    expect(kernel.advance(2, 100)).toBe("events");
    expect([kernel.now, kernel.pending]).toEqual([2, 1]);
    expect(kernel.advance(0, 100)).toBe("events");
    expect(kernel.advance(2, 100)).toBe("empty");
  });

  it("refuses what is in the past, never, or not a time, and says both times", () => {
    const kernel = new Kernel(1);
    const base = kernel.register(new Recorder(kernel));
    const lane = kernel.lane();
    kernel.at(5, base, 0, 0);
    kernel.advance(1, 5);
    for (const time of [4.999, Infinity, NaN]) {
      expect(() => kernel.at(time, base, 0, 0)).toThrow(`an event at ${time} ns is scheduled at 5 ns`);
      expect(() => kernel.atLane(lane, time, base, 0, 0)).toThrow(
        `an event at ${time} ns is scheduled at 5 ns`,
      );
    }
    expect(() => kernel.after(-1, base, 0, 0)).toThrow("scheduled at 5 ns");
  });

  it("gives the same run in one go and in any slices", () => {
    const kernel = new Kernel(3);
    const whole = new Branching(kernel).start();
    kernel.advance(Infinity, Infinity);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }), (sizes) => {
        const slicedKernel = new Kernel(3);
        const sliced = new Branching(slicedKernel).start();
        for (let slice = 0; slicedKernel.pending > 0; slice++)
          slicedKernel.advance(sizes[slice % sizes.length]!, slice / 3);
        expect(sliced.handled).toEqual(whole.handled);
        expect(slicedKernel.events).toBe(kernel.events);
      }),
      { numRuns: 30 },
    );
    expect(whole.handled.length).toBeGreaterThan(500);
  });

  it("gives the same run where an event goes on at once as where it is scheduled", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 30 }),
        fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 30 }),
        fc.integer({ min: 1, max: 12 }),
        (gaps, others, slice) => {
          const of = (atOnce: boolean) => {
            const kernel = new Kernel(1);
            const chain = new Chain(kernel, gaps, atOnce);
            for (const [a, time] of others.entries()) kernel.at(time, chain.base | 1, a, 0);
            while (kernel.advance(slice, 8) === "events");
            while (kernel.advance(slice, Infinity) === "events");
            return { handled: chain.handled, events: kernel.events, now: kernel.now };
          };
          expect(of(true)).toEqual(of(false));
        },
      ),
    );
  });

  it("audits after every so many events, however the run is sliced", () => {
    const audits = (slices: readonly number[]) => {
      const kernel = new Kernel(3);
      const seen: number[] = [];
      new Branching(kernel).start();
      kernel.onAudit(50, () => seen.push(kernel.events));
      for (const slice of slices) kernel.advance(slice, Infinity);
      return seen;
    };
    expect(audits([260])).toEqual([50, 100, 150, 200, 250]);
    expect(audits([49, 1, 1, 120, 89])).toEqual([50, 100, 150, 200, 250]);
  });
});

describe("streams of a kernel", () => {
  const draws = (kernel: Kernel, name: string) =>
    Array.from({ length: 20 }, () => kernel.stream(name).uint32());

  it("draw the same whichever other streams exist or have been drawn from", () => {
    const alone = draws(new Kernel(7), "producer:checkout");
    const kernel = new Kernel(7);
    const others = ["producer:checkou", "producer:checkout ", "consumer:checkout", ""];
    for (const name of others) draws(kernel, name);
    expect(draws(kernel, "producer:checkout")).toEqual(alone);
    expect(draws(new Kernel(8), "producer:checkout")).not.toEqual(alone);
  });

  it("go on where they were when asked for again", () => {
    const kernel = new Kernel(7);
    const stream = new Kernel(7).stream("a");
    const whole = Array.from({ length: 40 }, () => stream.uint32());
    expect([...draws(kernel, "a"), ...draws(kernel, "a")]).toEqual(whole);
  });
});

it("what leads round and round at one instant is stopped, at the same event in slices of any size", () => {
  const stoppedAt = [1_000_000, Infinity].map((slice) => {
    const kernel = new Kernel(1);
    const base = kernel.register({ handle: () => kernel.after(kernel.events < 10 ? 1 : 0, base, 0, 0) });
    kernel.at(0, base, 0, 0);
    const run = () => {
      while (kernel.advance(slice, 1e9) === "events");
    };
    expect(run).toThrow(expect.objectContaining({ limit: "instant" }));
    return kernel.events;
  });
  expect(stoppedAt).toEqual([2 * eventsAtOnceMax, 2 * eventsAtOnceMax]);
});
