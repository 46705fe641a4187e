import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "../../../src/core/index.ts";
import { simulate, type Result } from "../../../src/core/run.ts";

function run(text: string, seed = 1): Result {
  const { topology, problems } = parse(`topology: 1\n${text}`);
  expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
  return simulate(topology, { auditEvery: 200, seed });
}

const calibrations = ["ideal", "lan"] as const;
const ending = (preset: string) => `run: {duration: unlimited, calibration: ${preset}}\n`;

/** Two steps: `first` reads what the producer sends and sends on to what `second` reads. */
const pipelines = {
  "queue to queue": `rabbitmq: {queues: {in: {}, out: {}}}
producers: {p: {queue: in, rate: 200/s, messages: 300, key: {values: 5}}}
consumers:
  first: {queue: in, prefetch: 5, processing: 2ms, SENDS [{queue: out}]}
  second: {queue: out, prefetch: 5, processing: 1ms}
`,
  "queue to queue with confirms": `rabbitmq: {queues: {in: {}, out: {}}}
producers: {p: {queue: in, rate: 200/s, messages: 300, key: {values: 5}}}
consumers:
  first: {queue: in, prefetch: 5, instances: 2, processing: 2ms, SENDS [{queue: out, confirms: true}]}
  second: {queue: out, prefetch: 5, processing: 1ms}
`,
  "topic to topic": `kafka: {topics: {in: {partitions: 3}, out: {partitions: 2}}}
producers: {p: {topic: in, rate: 200/s, messages: 300, key: {values: 5}}}
consumers:
  first: {topic: in, group: g, instances: 2, commit: after, processing: 2ms, SENDS [{topic: out}]}
  second: {topic: out, group: h, commit: after, processing: 1ms}
`,
  "topic to queue": `kafka: {topics: {in: {partitions: 3}}}
rabbitmq: {queues: {out: {}}}
producers: {p: {topic: in, rate: 200/s, messages: 300, key: {values: 5}}}
consumers:
  first: {topic: in, group: g, commit: after, processing: 2ms, SENDS [{queue: out, confirms: true}]}
  second: {queue: out, processing: 1ms}
`,
  "queue to topic": `kafka: {topics: {out: {partitions: 3}}}
rabbitmq: {queues: {in: {}}}
producers: {p: {queue: in, rate: 200/s, messages: 300, key: {values: 5}}}
consumers:
  first: {queue: in, prefetch: 20, concurrency: 5, processing: 2ms, config: {linger.ms: 0}, SENDS [{topic: out}]}
  second: {topic: out, group: h, commit: after, processing: 1ms}
`,
};

describe.each(Object.entries(pipelines))("from %s", (_, text) => {
  const file = (preset: string) => text.replace("SENDS", "sends:") + ending(preset);

  it.each(calibrations)("each message goes on once, and nothing is left, under %s", (preset) => {
    const { summary } = run(file(preset));
    expect(summary.stopped).toBe("drained");
    expect(summary.consumers["first"]!.sends).toMatchObject({ sent: 300, accepted: 300, underWay: 0 });
    expect(summary.consumers["second"]).toMatchObject({ processed: 300, duplicates: 0 });
    expect(summary.totals).toMatchObject({ sent: 600, accepted: 600, processed: 600, unfinished: 0 });
    for (const { lag } of Object.values(summary.groups)) expect(lag.end).toBe(0);
  });

  it.each(calibrations)("the way of the whole chain is as long as its steps, under %s", (preset) => {
    const { first, second } = run(file(preset)).summary.consumers;
    expect(second!.endToEnd.count).toBe(300);
    // The first step ends where the second begins, or, without confirms, a moment before.
    const steps = first!.latency.mean! + second!.latency.mean!;
    expect(second!.endToEnd.mean).toBeGreaterThan(3);
    expect(second!.endToEnd.mean).toBeLessThanOrEqual(steps + 1e-9);
    expect(first!.endToEnd).toEqual(first!.latency);
  });
});

describe("what is sent on", () => {
  const fan = (send: string, more = "") => `rabbitmq:
  exchanges: {x: {type: topic}}
  queues: {in: {}, a: {}, b: {}}
  bindings:
    - {source: x, destination: in, routing_key: "order.#"}
    - {source: x, destination: a, routing_key: "*.placed"}
    - {source: x, destination: b, routing_key: "done.#"}
producers:
  p: {exchange: x, arrivals: constant, rate: 100/s, messages: 100, routing_key: {order.placed: 1, order.paid: 1}}
consumers:
  c: {queue: in, processing: 1ms, ${more} sends: [${send}]}
${ending("lan")}`;
  const enqueued = (text: string, queue: string) => run(text).summary.queues[queue]!.enqueued;

  it("keeps its routing key, unless the file gives another one", () => {
    const before = enqueued(fan("{queue: b}"), "a");
    expect(enqueued(fan("{exchange: amq.topic}"), "a")).toBe(before);
    // Whatever was for `a` comes there again, and to `in` as well: half of it each time.
    expect(run(fan("{exchange: x, ratio: 0.5}")).summary.queues["a"]!.enqueued).toBeGreaterThan(before);
    expect(enqueued(fan("{exchange: x, routing_key: done.well}"), "b")).toBe(100);
    expect(enqueued(fan("{exchange: x, routing_key: same, ratio: 0.3}"), "b")).toBe(0);
  });

  it("is as much as its ratio says, the fraction drawn", () => {
    expect(enqueued(fan("{queue: b, ratio: 3}"), "b")).toBe(300);
    expect(enqueued(fan("{queue: b, ratio: 0}"), "b")).toBe(0);
    const drawn = enqueued(fan("{queue: b, ratio: 1.5}"), "b");
    expect(drawn).toBeGreaterThan(120);
    expect(drawn).toBeLessThan(180);
  });

  it("goes to every entry, by success and by failure", () => {
    const text = fan("{queue: a}, {queue: b, when: failure}", "failures: 30%, onFailure: reject,");
    const { queues, consumers } = run(text.replace('routing_key: "*.placed"', "routing_key: never")).summary;
    const { processed, failed } = consumers["c"]!;
    expect(processed + failed).toBe(100);
    expect(failed).toBeGreaterThan(10);
    expect([queues["a"]!.enqueued, queues["b"]!.enqueued]).toEqual([processed, failed]);
  });

  it("that nobody takes fails its delivery, where the consumer hears of it", () => {
    const text = fan("{queue: a, confirms: true}", "onFailure: reject,").replace(
      "a: {}",
      "a: {arguments: {x-max-length: 10, x-overflow: reject-publish}}",
    );
    const { consumers, queues } = run(text.replace('routing_key: "*.placed"', "routing_key: never")).summary;
    expect(consumers["c"]).toMatchObject({ processed: 10, failed: 90, sends: { accepted: 10, refused: 90 } });
    expect(queues["in"]!.dropped["rejected"]).toBe(90);
    expect(queues["a"]!.depth.end).toBe(10);
  });

  it("has a key of its own where the file draws one", () => {
    const order = (key: string) =>
      run(`kafka: {topics: {in: {}, out: {partitions: 4}}}
producers: {p: {topic: in, rate: 500/s, messages: 400, key: {constant: one}}}
consumers:
  c: {topic: in, group: g, sends: [{topic: out, key: ${key}}]}
${ending("lan")}`).summary.topics["out"]!.partitions.filter(({ logEnd }) => logEnd > 0).length;
    expect(order("same")).toBe(1);
    expect(order("unique")).toBe(4);
  });

  it("stops a run that goes round in no time", () => {
    const { topology } = parse(`topology: 1
rabbitmq: {queues: {q: {}}}
producers: {p: {queue: q, rate: 1/s, messages: 1}}
consumers: {c: {queue: q, sends: [{queue: q}]}}
run: {duration: 10s, calibration: ideal}
`);
    const { summary } = simulate(topology);
    expect(summary.stopped).toBe("limit:sends");
  });

  it("stops a closed loop whose answers take no time", () => {
    const { topology } = parse(`topology: 1
rabbitmq: {queues: {q: {}}}
producers: {p: {queue: q, arrivals: {closed: {clients: 3, think: 0ms}}, confirms: true}}
consumers: {c: {queue: q}}
run: {duration: 10s, calibration: ideal}
`);
    const { stopped, problems, totals } = simulate(topology).summary;
    expect(stopped).toBe("limit:closed");
    expect(problems[0]!.message).toContain("of `p` were answered 30000 times in no time");
    expect(totals.sent).toBeGreaterThanOrEqual(30_000);
  });

  it("and tells what it has come to, though a poll has records in the middle of their end", () => {
    const { topology } = parse(`topology: 1
kafka: {topics: {t: {}}}
producers: {p: {topic: t, rate: 600/s, messages: 20}}
consumers: {c: {topic: t, group: g, sends: [{topic: t}]}}
run: {duration: 10s, calibration: ideal}
`);
    const { stopped, problems, totals } = simulate(topology).summary;
    expect(stopped).toBe("limit:sends");
    expect(problems).toMatchObject([{ code: "limit:sends" }]);
    expect(totals.processed).toBeGreaterThan(100_000);
  });

  it("never counts a chain from later than its first message", () => {
    const { consumers } = run(`rabbitmq: {queues: {a: {}, b: {}, c: {}}}
producers: {p: {queue: a, rate: 100/s, messages: 200}}
consumers:
  one: {queue: a, processing: 5ms, sends: [{queue: b}]}
  two: {queue: b, processing: 3ms, sends: [{queue: c, ratio: 2}]}
  three: {queue: c, processing: 1ms}
${ending("lan")}`).summary;
    const { one, two, three } = consumers;
    expect(three!.endToEnd.count).toBe(400);
    expect(two!.endToEnd.mean).toBeGreaterThan(one!.endToEnd.mean! + 3);
    expect(three!.endToEnd.mean).toBeGreaterThan(two!.endToEnd.mean! + 1);
  });
});

describe("a consumer that crashes", () => {
  const timeline = `timeline:
  - {at: 300ms, crash: {consumer: first, instance: 1}}
  - {at: 600ms, start: {consumer: first, instance: 1}}
`;

  it.each(["queue to queue with confirms", "topic to topic", "topic to queue", "queue to topic"] as const)(
    "loses nothing that it had to send on from %s, and may send it twice",
    (kind) => {
      const text = pipelines[kind]
        .replace("SENDS", "sends:")
        .replaceAll("group: g,", "group: g, config: {session.timeout.ms: 6s},");
      const { summary } = run(text + timeline + ending("lan"));
      const { first, second } = summary.consumers;
      expect(first!.processed).toBe(300);
      expect(second!.processed).toBeGreaterThanOrEqual(300);
      const { sent, accepted, timedOut, refused, underWay } = first!.sends!;
      expect(accepted + timedOut + refused + underWay).toBe(sent);
      expect(underWay).toBe(0);
    },
  );
});

describe("any pipeline", () => {
  const presets = fc.constantFrom(...calibrations);
  const step = fc.record({
    confirms: fc.boolean(),
    ratio: fc.constantFrom(0, 0.5, 1, 2),
    prefetch: fc.integer({ min: 1, max: 10 }),
    instances: fc.integer({ min: 1, max: 3 }),
    concurrency: fc.integer({ min: 1, max: 3 }),
    processing: fc.constantFrom("0ms", "1ms", "{exponential: 3ms}"),
    failures: fc.constantFrom("0%", "10%"),
    broker: fc.constantFrom("queue", "topic"),
  });

  it("conserves its messages: what each step sends is what the next one gets", () => {
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 2, maxLength: 4 }),
        presets,
        fc.nat(1000),
        (steps, preset, seed) => {
          const names = steps.map(({ broker }, i) => `${broker}: ${broker}${i}`);
          const of = (broker: string) =>
            steps
              .map((one, i) => (one.broker === broker ? `${broker}${i}: {}` : ""))
              .filter((one) => one !== "");
          const consumers = steps.map((one, i) => {
            const next = steps[i + 1];
            const confirms = next?.broker === "queue" && one.confirms ? ", confirms: true" : "";
            const sends =
              next === undefined ? "" : `, sends: [{${names[i + 1]}, ratio: ${one.ratio}${confirms}}]`;
            const { instances, concurrency, processing, failures, prefetch } = one;
            const own = one.broker === "queue" ? `prefetch: ${prefetch}` : `group: g${i}, commit: after`;
            return `  c${i}: {${names[i]}, ${own}, instances: ${instances}, concurrency: ${concurrency}, processing: ${processing}, failures: ${failures}${sends}}`;
          });
          const { summary } = run(
            `kafka: {topics: {${of("topic").join(", ")}}}
rabbitmq: {queues: {${of("queue").join(", ")}}}
producers: {p: {${names[0]}, rate: 500/s, messages: 60, key: {values: 3}}}
consumers:
${consumers.join("\n")}
${ending(preset)}`,
            seed,
          );
          let expected = 60;
          for (const [i] of steps.entries()) {
            const { processed, sends } = summary.consumers[`c${i}`]!;
            expect(processed).toBe(expected);
            if (sends === undefined) continue;
            expect(sends.accepted).toBe(sends.sent);
            expected = sends.sent;
          }
          expect(summary.totals.unfinished).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
  });
});
