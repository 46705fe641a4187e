import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RandomStream } from "../../../src/core/sim/random.ts";
import { CorePool, Link, SerialServer, serveOn } from "../../../src/core/sim/station.ts";

/** Arrivals in the order of time, in whole ns so that sums are exact; some at one instant, some free of cost. */
const arrivals = fc
  .array(fc.record({ gap: fc.constantFrom(0, 0, 1, 3, 10), cost: fc.constantFrom(0, 1, 2, 7, 20) }), {
    maxLength: 60,
  })
  .map((gaps) => {
    let now = 0;
    return gaps.map(({ gap, cost }) => ({ now: (now += gap), cost }));
  });

describe("SerialServer", () => {
  it("serves in the order of arrival, one at a time, and is never idle while work waits", () => {
    fc.assert(
      fc.property(arrivals, (all) => {
        const server = new SerialServer();
        let free = 0;
        let work = 0;
        for (const { now, cost } of all) {
          free = Math.max(free, now) + cost;
          work += cost;
          expect(server.serve(now, cost)).toBe(free);
        }
        expect([server.busyUntil, server.busy]).toEqual([free, work]);
      }),
    );
  });

  it("lets work without cost pass at once when it is free, and behind the others when it is not", () => {
    const server = new SerialServer();
    expect(server.serve(5, 0)).toBe(5);
    expect(server.serve(5, 10)).toBe(15);
    expect(server.serve(6, 0)).toBe(15);
    expect(server.serve(15, 0)).toBe(15);
  });

  it("has the mean wait of an M/M/1 queue", () => {
    const stream = new RandomStream(1, "M/M/1");
    const server = new SerialServer();
    let now = 0;
    let waits = 0;
    const customers = 2_000_000;
    for (let customer = 0; customer < customers; customer++) {
      now += stream.exponential();
      const service = 0.5 * stream.exponential();
      waits += server.serve(now, service) - now - service;
    }
    // ρ / (μ − λ) for λ = 1, μ = 2.
    expect(waits / customers).toBeCloseTo(0.5, 1.8);
    expect(server.busy / server.busyUntil).toBeCloseTo(0.5, 2.3);
  });
});

describe("CorePool", () => {
  it("serves as many at a time as it has cores, first come first served", () => {
    fc.assert(
      fc.property(arrivals, fc.integer({ min: 1, max: 4 }), (all, cores) => {
        const pool = new CorePool(cores);
        const free = new Array<number>(cores).fill(0);
        for (const { now, cost } of all) {
          if (cost === 0) expect(pool.serve(now, 0)).toBe(now);
          else {
            const first = free.indexOf(Math.min(...free));
            free[first] = Math.max(free[first]!, now) + cost;
            expect(pool.serve(now, cost)).toBe(free[first]);
          }
        }
      }),
    );
  });

  it("keeps a core that has been free for longer for work that is ready earlier", () => {
    const pool = new CorePool(2);
    expect(pool.serve(0, 10)).toBe(10);
    expect(pool.serve(50, 5)).toBe(55);
    // The first core did the work at 50, so the other one is still free at 20.
    expect(pool.serve(20, 5)).toBe(25);
  });

  it("delays nothing when its cores are unlimited", () => {
    const pool = new CorePool(Infinity);
    for (let work = 0; work < 100; work++) expect(pool.serve(7, 10)).toBe(17);
  });
});

describe("serveOn", () => {
  it("starts when server and core are both free, and keeps the server's order whatever the costs", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(2), fc.nat(3), fc.nat(9)), { maxLength: 80 }), (steps) => {
        const cores = new CorePool(2);
        const servers = [new SerialServer(), new SerialServer(), new SerialServer()];
        const spans: { server: number; start: number; end: number }[] = [];
        const last = [0, 0, 0];
        let now = 0;
        for (const [server, gap, cost] of steps) {
          now += gap;
          const end = serveOn(servers[server]!, cores, now, cost);
          expect(end - cost).toBeGreaterThanOrEqual(Math.max(now, last[server]!));
          last[server] = end;
          spans.push({ server, start: end - cost, end });
        }
        for (const { start: at } of spans)
          expect(spans.filter(({ start, end }) => start <= at && at < end).length).toBeLessThanOrEqual(2);
      }),
    );
  });

  it("is the server alone when cores are unlimited", () => {
    fc.assert(
      fc.property(arrivals, (all) => {
        const alone = new SerialServer();
        const server = new SerialServer();
        const cores = new CorePool(Infinity);
        for (const { now, cost } of all)
          expect(serveOn(server, cores, now, cost)).toBe(alone.serve(now, cost));
        expect(server.busy).toBe(alone.busy);
      }),
    );
  });
});

describe("Link", () => {
  it("sends one after another at its bandwidth, then takes its latency", () => {
    const link = new Link(1e9, 100);
    expect(link.send(0, 50)).toBe(150);
    expect(link.send(10, 50)).toBe(200);
    expect(link.send(1000, 0)).toBe(1100);
    expect(link.bytes).toBe(100);
  });

  it("takes its latency alone when bandwidth is unlimited", () => {
    const link = new Link(Infinity, 30);
    expect([link.send(1, 1e12), link.send(1, 5), new Link(Infinity, 0).send(4, 9)]).toEqual([31, 31, 4]);
  });
});
