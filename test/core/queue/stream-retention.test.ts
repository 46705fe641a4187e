import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { check, parse, stopsRun } from "../../../src/core/index.ts";
import { StreamLog } from "../../../src/core/queue/stream-log.ts";
import { simulate } from "../../../src/core/run.ts";

function run(text: string) {
  expect(check(text).filter(stopsRun)).toEqual([]);
  return simulate(parse(text).topology, { auditEvery: 1 }).summary;
}

/** 20 messages a second of 10 KiB for 60 s: 1,200, of about 12 MB. */
function file(args: string, consumers: string, more = "") {
  return `topology: 1
rabbitmq:
  ${more}
  queues: {s: {arguments: {x-queue-type: stream, ${args}}}}
producers: {p: {queue: s, rate: 20/s, until: 60s, arrivals: constant, size: 10KiB}}
consumers: {${consumers}}
run: {duration: 90s, calibration: ideal}
`;
}

const late = "c: {queue: s, from: 70s, prefetch: 100, processing: 1us, arguments: {x-stream-offset: first}}";

describe("a stream keeps whole segments", () => {
  it("within its bytes, the newest in any case", () => {
    const { queues, consumers } = run(
      file("x-max-length-bytes: 3MB, x-stream-max-segment-size-bytes: 1MB", late),
    );
    const { dropped, depth } = queues["s"]!;
    // A segment of 1 MB takes 97 messages and is full with the next; two or three of them are within 3 MB.
    expect(depth.end).toBeGreaterThan(194);
    expect(depth.end).toBeLessThan(300);
    expect(dropped["maxlen"]! + depth.end).toBe(1200);
    expect(dropped["maxlen"]! % 97).toBe(0);
    expect(consumers["c"]!.processed).toBe(depth.end);
  });

  it("and those whose last message is young enough, when it begins another one", () => {
    const { queues } = run(file("x-max-age: 20s, x-stream-max-segment-size-bytes: 1MB", late));
    const { expired, depth } = queues["s"]!;
    expect(expired % 97).toBe(0);
    expect(depth.end + expired).toBe(1200);
    // 400 of the last 20 s, up to one segment more, and what came since it began the last one.
    expect(depth.end).toBeGreaterThan(400);
    expect(depth.end).toBeLessThan(400 + 2 * 97);
  });

  it("so that nothing goes as long as one segment takes all of it", () => {
    const { queues } = run(file("x-max-age: 1s, x-max-length-bytes: 1MB", late));
    expect(queues["s"]!.depth.end).toBe(1200);
  });

  it("and a reader that is behind goes on with what is left", () => {
    const { queues, consumers } = run(
      file(
        "x-max-length-bytes: 2MB, x-stream-max-segment-size-bytes: 500kB",
        "c: {queue: s, prefetch: 1, processing: 100ms, arguments: {x-stream-offset: first}}",
      ),
    );
    const { processed } = consumers["c"]!;
    expect(processed).toBeLessThan(1200);
    expect(queues["s"]!.dropped["maxlen"]).toBeGreaterThan(900);
    expect(consumers["c"]!.order.violations).toBe(0);
  });

  it("policies say so too", () => {
    const policy =
      "policies: {small: {pattern: ^s$, definition: {max-age: 20s, stream-max-segment-size-bytes: 1MB}}}";
    const { queues, occurrences } = run(file("", late, policy));
    expect(queues["s"]!.expired).toBeGreaterThan(0);
    expect(occurrences.first[0]).toMatchObject({ kind: "expired", rule: "max-age of policy small" });
  });

  it("looks once in an hour from 3.12, and before that only when a segment begins", () => {
    const idle = (version: string) =>
      run(
        file("x-max-age: 1h, x-stream-max-segment-size-bytes: 1MB", late, `version: "${version}"`).replace(
          "duration: 90s",
          "duration: 3h",
        ),
      ).queues["s"]!;
    expect(idle("4.1").depth.end).toBeLessThan(97);
    expect(idle("3.10").depth.end).toBe(1200);
  });
});

it("refuses an age without a unit", () => {
  const messages = (age: string) =>
    check(`topology: 1\nrabbitmq: {queues: {s: {arguments: {x-queue-type: stream, x-max-age: ${age}}}}}\n`);
  expect(
    messages("7d")
      .map(({ message }) => message)
      .join(),
  ).toContain("`7D`");
  expect(messages("12h")).toEqual([]);
});

/** Each message is there or was taken out, in order, and whole segments alone are taken. */
it("offsets stay, whatever goes", () => {
  const step = fc.record({
    bytes: fc.integer({ min: 0, max: 400 }),
    wait: fc.integer({ min: 0, max: 3 }),
    keep: fc.integer({ min: 0, max: 3000 }),
    age: fc.integer({ min: 0, max: 40 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const log = new StreamLog();
      let now = 0;
      let gone = 0;
      for (const [offset, { bytes, wait, keep, age }] of steps.entries()) {
        now += wait;
        expect(log.end).toBe(offset);
        const begins = log.append(offset, bytes, now, { maxBytes: 0, maxAge: 0, segmentBytes: 1000 });
        if (!begins) continue;
        for (const copy of [...log.beyond(keep), ...log.before(now - age)]) expect(copy).toBe(gone++);
        expect(log.start).toBe(gone);
        expect(log.at(gone)).toBe(gone);
        expect(log.length).toBe(offset + 1 - gone);
        expect(log.chunkEnd(gone)).toBeGreaterThan(gone);
        expect(log.since(0)).toBe(gone);
      }
    }),
  );
});

it("takes segments away whatever has become of deliveries from them: early acks, acks that a crash cut off", () => {
  for (const ack of ["manual", "early"]) {
    const { queues, consumers } = run(
      `topology: 1
rabbitmq: {queues: {r: {}, q: {arguments: {x-queue-type: stream, x-max-age: 1s, x-stream-max-segment-size-bytes: 20KiB}}}}
producers: {p: {queue: q, rate: 200/s, size: 3KiB}, o: {queue: r, rate: 100/s}}
consumers:
  c: {queue: q, prefetch: 20, ack: ${ack}, processing: 3ms, arguments: {x-stream-offset: next}}
  d: {queue: r, prefetch: 10, processing: 1ms}
timeline: [{at: 3s, for: 500ms, crash: {consumer: c}}]
run: {duration: 20s, calibration: {preset: lan, networkLatency: 20ms}}
`,
    );
    expect(queues["q"]!.expired).toBeGreaterThan(3000);
    expect(consumers["c"]!.processed).toBeGreaterThan(3500);
  }
});
