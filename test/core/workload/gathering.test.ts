import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "../../../src/core/index.ts";
import { simulate, type Summary } from "../../../src/core/run.ts";

function run(text: string, seed = 1): Summary {
  const { topology, problems } = parse(`topology: 1\n${text}`);
  expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
  return simulate(topology, { auditEvery: 200, seed }).summary;
}

const log = (consumer: string, more: string) => `kafka: {topics: {in: {partitions: 4}, out: {partitions: 2}}}
producers:
  p: {topic: in, instances: 3, rate: 300/s, key: {values: 6}, config: {linger.ms: 40ms}}
consumers:
  first: {topic: in, group: g, ${consumer}, sends: [{topic: out}]}
  second: {topic: out, group: h, commit: after, processing: 1ms}
${more}`;
const queue = (consumer: string, more: string) => `rabbitmq: {queues: {in: {}, out: {}}}
producers:
  p: {queue: in, rate: 300/s, key: {values: 6}}
consumers:
  first: {queue: in, prefetch: 20, ${consumer}, sends: [{queue: out, confirms: true}]}
  second: {queue: out, prefetch: 5, processing: 1ms}
${more}`;

/** Windows of which each message is in one, and in two. */
const windows = fc.constantFrom(
  ["{tumbling: 250ms, by: key}", 1] as const,
  ["{tumbling: 400ms, grace: 30ms}", 1] as const,
  ["{hopping: {size: 400ms, every: 200ms}, by: key}", 2] as const,
  ["{session: 20ms, by: key}", 1] as const,
);
const sides = fc.constantFrom(
  (rest: string, more: string) => log(`commit: after, ${rest}`, more),
  (rest: string, more: string) => log(`commit: auto, ${rest}`, more),
  (rest: string, more: string) =>
    log(`commit: after, config: {partition.assignment.strategy: cooperative-sticky}, ${rest}`, more),
  (rest: string, more: string) => log(`commit: after, config: {group.protocol: consumer}, ${rest}`, more),
  (rest: string, more: string) => log(`commit: transactional, failures: 1%, ${rest}`, more),
  queue,
);
const faults = fc.constantFrom(
  "",
  "timeline: [{at: 1s, crash: {consumer: first, instance: 1}}, {at: 2s, start: {consumer: first, instance: 1}}]",
  "timeline: [{at: 1s, scale: {consumer: first, instances: 1}}, {at: 2s, scale: {consumer: first, instances: 3}}]",
);

/** Messages that went into windows, or would have, and those that windows know of. */
function books({ processed, duplicates, replayed, windows: of }: Summary["consumers"][string]) {
  const { messages, late, keyless, lost, open } = of!;
  return { entered: processed + duplicates + replayed, held: messages + late + keyless + lost + open };
}

describe("a consumer that gathers in windows", () => {
  it("loses no message without counting it, whoever crashes, comes and goes", () => {
    fc.assert(
      fc.property(
        windows,
        sides,
        faults,
        fc.constantFrom("ideal", "lan"),
        fc.nat(),
        ([window, of], side, fault, preset, seed) => {
          const text = side(
            `instances: 2, concurrency: 2, processing: 1ms, window: ${window}`,
            `${fault}\nrun: {duration: 4s, calibration: ${preset}}`,
          );
          const { consumers } = run(text, seed);
          const { entered, held } = books(consumers["first"]!);
          expect(held).toBe(of * entered);
          expect(consumers["first"]!.sends!.sent).toBe(consumers["first"]!.windows!.closed);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("sends on the same windows with any number of members, since partitions have their own", () => {
    const of = (instances: number, window: string) =>
      run(
        log(
          `commit: after, instances: ${instances}, window: ${window}`,
          "run: {duration: 10s, calibration: ideal}",
        ),
      ).consumers["first"]!;
    for (const window of [
      "{tumbling: 1s, by: key}",
      "{tumbling: 300ms}",
      "{session: 30ms, grace: 20ms, by: key}",
    ]) {
      const one = of(1, window);
      expect(one.windows!.closed).toBeGreaterThan(10);
      for (const instances of [2, 3, 4]) {
        const several = of(instances, window);
        expect(several.windows).toEqual(one.windows);
        expect(several.sends!.sent).toBe(one.sends!.sent);
      }
    }
  });

  it("sends what its windows go back to: the first message of each", () => {
    const { consumers } = run(
      `kafka: {topics: {in: {}, out: {}}}
producers: {p: {topic: in, arrivals: {schedule: [1s, 5s, 10s, 19s, 21s]}}}
consumers:
  first: {topic: in, group: g, commit: after, window: {tumbling: 10s}, sends: [{topic: out, ratio: 2}]}
  second: {topic: out, group: h, commit: after}
run: {duration: 30s, calibration: ideal}`,
    );
    expect(consumers["first"]!.windows).toEqual({
      closed: 2,
      messages: 4,
      late: 0,
      keyless: 0,
      lost: 0,
      open: 1,
    });
    // From 1 s to 10 s, and from 10 s to 21 s, each of them twice, with a linger of 5 ms on the way in.
    expect(consumers["second"]!.endToEnd).toMatchObject({ count: 4 });
    expect(consumers["second"]!.endToEnd.mean).toBeCloseTo(10_005, 3);
  });

  it("drops what has no key where each key has windows of its own", () => {
    const { consumers, occurrences } = run(
      queue("window: {tumbling: 1s, by: key}", "run: {duration: 5s}").replace(
        "key: {values: 6}",
        "key: none",
      ),
    );
    expect(consumers["first"]!.windows).toMatchObject({ closed: 0, keyless: consumers["first"]!.processed });
    expect(occurrences.byKind["keyless"]).toBe(consumers["first"]!.processed);
  });

  it("has windows in memory: a crash takes them along, and so does a partition that moves", () => {
    const crash = run(
      queue("window: {tumbling: 10s}", "timeline: [{at: 5s, crash: {consumer: first}}]\nrun: {duration: 8s}"),
    );
    expect(crash.consumers["first"]!.windows).toMatchObject({
      lost: crash.consumers["first"]!.processed,
      open: 0,
    });
    expect(crash.occurrences.byKind["stateLost"]).toBe(1);
    const moves = run(
      log(
        "commit: after, instances: 1, window: {tumbling: 1m}",
        "timeline: [{at: 5s, scale: {consumer: first, instances: 2}}]\nrun: {duration: 15s}",
      ),
    );
    const { lost, open } = moves.consumers["first"]!.windows!;
    expect(lost).toBeGreaterThan(500);
    expect(open).toBeGreaterThan(2000);
  });

  it("sends on what fails at once, as without windows", () => {
    const { consumers, queues } = run(
      `rabbitmq: {queues: {in: {}, out: {}, failed: {}}}
producers: {p: {queue: in, rate: 100/s}}
consumers:
  first: {queue: in, failures: 10%, onFailure: reject, window: {tumbling: 1s}, sends: [{queue: out}, {queue: failed, when: failure}]}
run: {duration: 10s}`,
    );
    expect(queues["failed"]!.enqueued).toBe(consumers["first"]!.failed);
    expect(queues["out"]!.enqueued).toBe(consumers["first"]!.windows!.closed);
  });
});
