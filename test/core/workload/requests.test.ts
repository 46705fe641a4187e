import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "../../../src/core/index.ts";
import { simulate, type Result } from "../../../src/core/run.ts";

function run(text: string, seed = 1): Result {
  const { topology, problems } = parse(`topology: 1\n${text}`);
  expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
  return simulate(topology, { auditEvery: 200, seed });
}

const ways = ["amq.rabbitmq.reply-to", "replies"] as const;

interface Scene {
  readonly way: (typeof ways)[number];
  readonly producer?: string;
  readonly timeout?: string;
  readonly consumer?: string;
  readonly reply?: string;
  readonly queue?: string;
  readonly rabbitmq?: string;
  readonly run?: string;
  readonly more?: string;
}

/** A requester `p` and its server `c`. */
function scene(of: Scene): string {
  const {
    producer = "arrivals: constant, rate: 100/s, messages: 300",
    consumer = "prefetch: 1, processing: 4ms",
    queue = "{}",
  } = of;
  const timeout = of.timeout === undefined ? "" : `timeout: ${of.timeout}, `;
  return `rabbitmq: {${of.rabbitmq ?? ""}queues: {work: ${queue}, replies: {}}}
producers:
  p: {queue: work, ${producer}, requests: {${timeout}replyTo: ${of.way}}}
consumers:
  c: {queue: work, ${consumer}, sends: [{reply: true${of.reply ?? ""}}]}
run: {${of.run ?? "duration: unlimited, calibration: lan"}}
${of.more ?? ""}`;
}

const asked = (result: Result) => {
  const { sent, answered, unanswered, lateReplies, roundTrip } = result.summary.producers["p"]!;
  return { sent, answered: answered!, unanswered: unanswered!, late: lateReplies!, roundTrip: roundTrip! };
};

describe.each(ways)("replies by %s", (way) => {
  it("are for requests: what the queue began with gets none", () => {
    const result = run(scene({ way, queue: "{preload: {messages: 20}}" }));
    expect(result.summary.consumers["c"]!.processed).toBe(320);
    expect(asked(result)).toMatchObject({ sent: 300, answered: 300, unanswered: 0, late: 0 });
  });

  it.each(["ideal", "lan"])("answer each request once, and nothing is left, under %s", (preset) => {
    const result = run(scene({ way, run: `duration: unlimited, calibration: ${preset}` }));
    expect(asked(result)).toMatchObject({ sent: 300, answered: 300, unanswered: 0, late: 0 });
    const { stopped, totals, consumers, queues } = result.summary;
    expect(stopped).toBe("drained");
    expect(totals).toMatchObject({ sent: 600, accepted: 600, processed: 300, unfinished: 0 });
    expect(consumers["c"]!.sends).toMatchObject({ sent: 300, accepted: 300 });
    expect(queues["replies"]!.enqueued).toBe(way === "replies" ? 300 : 0);
  });

  it("come after the server's work and the way there and back", () => {
    const ideal = asked(run(scene({ way, run: "duration: unlimited, calibration: ideal" })));
    expect(ideal.roundTrip.mean).toBeCloseTo(4, 9);
    const { summary } = run(scene({ way }));
    const { roundTrip } = summary.producers["p"]!;
    // Two hops of 0.1 ms back, and the stations between.
    expect(roundTrip!.mean! - summary.consumers["c"]!.latency.mean!).toBeGreaterThan(0.2);
    expect(roundTrip!.mean! - summary.consumers["c"]!.latency.mean!).toBeLessThan(0.4);
  });

  it("that come after the time-out are late", () => {
    const { sent, answered, unanswered, late, roundTrip } = asked(
      run(scene({ way, timeout: "20ms", consumer: "prefetch: 1, processing: {exponential: 8ms}" })),
    );
    expect(unanswered).toBeGreaterThan(30);
    expect(answered + unanswered).toBe(sent);
    expect(late).toBe(unanswered);
    expect(roundTrip.max).toBeLessThanOrEqual(20);
    expect(roundTrip.count).toBe(answered);
  });

  it("let the clients of a closed loop think, and so does a time-out", () => {
    const closed = "arrivals: {closed: {clients: 2, think: 6ms}}, until: 1s";
    const on = run(scene({ way, producer: closed, run: "duration: unlimited, calibration: ideal" }));
    // Each asks every 4 + 6 ms, the second after the first.
    expect(asked(on).sent).toBeGreaterThan(190);
    expect(asked(on).sent).toBeLessThan(202);
    const slow = run(
      scene({ way, producer: closed, timeout: "44ms", consumer: "processing: 10s, prefetch: 1" }),
    );
    expect(asked(slow)).toMatchObject({ answered: 0, unanswered: asked(slow).sent });
    expect(asked(slow).sent).toBe(2 * 20);
  });

  it("come twice where a request is processed twice", () => {
    const result = run(
      scene({
        way,
        consumer: "instances: 2, prefetch: 20, processing: 15ms",
        more: "timeline: [{at: 1s, crash: {consumer: c, instance: 1}}]",
        producer: "arrivals: constant, rate: 100/s, messages: 200, confirms: true",
      }),
    );
    const { answered, unanswered, late } = asked(result);
    expect([answered, unanswered]).toEqual([200, 0]);
    const { sends } = result.summary.consumers["c"]!;
    expect(sends!.accepted).toBe(answered + late);
  });

  it("are for nobody after a crash of the requester", () => {
    const result = run(
      scene({
        way,
        producer: "arrivals: constant, rate: 100/s, until: 2s",
        consumer: "prefetch: 1, processing: 12ms",
        timeout: "5s",
        more: `timeline:
  - {at: 500ms, crash: {producer: p}}
  - {at: 1s, start: {producer: p}}`,
      }),
    );
    const { sent, answered, unanswered, late } = asked(result);
    expect(unanswered).toBeGreaterThan(0);
    expect(answered + unanswered).toBe(sent);
    expect(answered).toBeGreaterThan(100);
    const { sends } = result.summary.consumers["c"]!;
    if (way === "replies") expect(late).toBeLessThanOrEqual(unanswered);
    else {
      expect(late).toBe(0);
      // The channel that the requests came by has gone.
      expect(sends!.unroutable).toBeGreaterThan(0);
    }
    expect(result.summary.totals.unfinished).toBe(0);
  });

  it("get through the crash of a node, but for what was under way", () => {
    const result = run(
      scene({
        way,
        rabbitmq: "nodes: 3, ",
        queue: "{arguments: {x-queue-type: quorum}}",
        producer: "arrivals: constant, rate: 100/s, until: 25s, confirms: true",
        timeout: "2s",
        more: `timeline:
  - {at: 5s, crash: {node: 1}}
  - {at: 9s, start: {node: 1}}
  - {at: 15s, restart: {node: 2}}`,
      }),
    );
    const { sent, answered, unanswered } = asked(result);
    expect(answered + unanswered).toBe(sent);
    expect(answered).toBeGreaterThan(sent / 2);
    expect(result.summary.stopped).toBe("drained");
  });
});

describe("a request", () => {
  it("that nobody can get ends when its client hears of it", () => {
    const full = "{arguments: {x-max-length: 0, x-overflow: reject-publish}}";
    const of = { way: ways[0], queue: full, consumer: "from: 100s, prefetch: 1" } as const;
    const waits = "duration: 20s, calibration: lan";
    const refused = asked(
      run(scene({ ...of, producer: "rate: 100/s, messages: 50, confirms: true", run: waits })),
    );
    expect(refused).toMatchObject({ answered: 0, unanswered: 50 });
    // Without confirms the client knows nothing of it, and without a time-out it waits for ever.
    const unheard = asked(run(scene({ ...of, producer: "rate: 100/s, messages: 50", run: waits })));
    expect(unheard).toMatchObject({ answered: 0, unanswered: 0 });
  });

  it("is answered from where its dead letter is read", () => {
    const { summary } = run(`rabbitmq:
  queues: {work: {arguments: {x-message-ttl: 0, x-dead-letter-exchange: "", x-dead-letter-routing-key: rest}}, rest: {}}
producers: {p: {queue: work, rate: 100/s, messages: 50, requests: {}}}
consumers: {c: {queue: rest, prefetch: 1, processing: 1ms, sends: [{reply: true}]}}
run: {duration: unlimited}
`);
    expect(summary.producers["p"]).toMatchObject({ answered: 50, unanswered: 0 });
  });

  it("is what its producer sends, not what a consumer makes of it", () => {
    const { summary } = run(`rabbitmq: {queues: {work: {}, next: {}}}
producers: {p: {queue: work, rate: 100/s, messages: 50, requests: {timeout: 1s}}, q: {queue: next, rate: 10/s, messages: 5}}
consumers:
  c: {queue: work, prefetch: 1, processing: 1ms, sends: [{queue: next}]}
  d: {queue: next, prefetch: 1, processing: 1ms, sends: [{reply: true}]}
run: {duration: unlimited}
`);
    expect(summary.producers["p"]).toMatchObject({ answered: 0, unanswered: 50 });
    expect(summary.consumers["d"]).toMatchObject({ processed: 55, sends: { sent: 0 } });
  });

  it("of one flow is not answered to another", () => {
    const { summary, graph } = run(`rabbitmq: {queues: {work: {}, replies: {}}}
producers:
  p: {queue: work, rate: 100/s, messages: 100, requests: {timeout: 1s, replyTo: replies}, flows: {a: {share: 50%}, b: {}}}
  q: {queue: work, instances: 3, rate: 100/s, messages: 90, requests: {timeout: 1s}}
consumers: {c: {queue: work, instances: 2, prefetch: 5, processing: 1ms, sends: [{reply: true, confirms: true, size: 10KiB}]}}
run: {duration: unlimited}
`);
    expect(summary.producers["p"]).toMatchObject({ answered: 100, lateReplies: 0 });
    expect(summary.producers["q"]).toMatchObject({ answered: 90, lateReplies: 0 });
    const along = graph.edges.filter(({ label }) => label === "reply");
    expect(along.map(({ from, to, messages }) => [from, to, messages])).toEqual(
      expect.arrayContaining([
        ["consumer:c", "queue:replies", 100],
        ["queue:replies", "producer:p", 100],
        ["consumer:c", "producer:q", 90],
      ]),
    );
    expect(along).toHaveLength(3);
  });
});

it("conserves requests and replies, whatever happens", () => {
  const world = fc.record({
    way: fc.constantFrom(...ways),
    timeout: fc.constantFrom("3ms", "20ms", "1s"),
    confirms: fc.boolean(),
    replyConfirms: fc.boolean(),
    prefetch: fc.integer({ min: 1, max: 10 }),
    instances: fc.integer({ min: 1, max: 3 }),
    failures: fc.constantFrom("0%", "20%"),
    preset: fc.constantFrom("ideal", "lan", "cloud"),
    nodes: fc.constantFrom(1, 3),
    crash: fc.constantFrom(
      "{producer: p}",
      "{consumer: c, instance: 1}",
      "{node: 1}",
      "{queue: replies}",
      "{queue: work}",
    ),
    seed: fc.nat(1000),
  });
  fc.assert(
    fc.property(world, (of) => {
      const result = run(
        scene({
          way: of.way,
          rabbitmq: `nodes: ${of.nodes}, `,
          timeout: of.timeout,
          producer: `rate: 200/s, until: 2s, confirms: ${of.confirms}`,
          consumer: `instances: ${of.instances}, prefetch: ${of.prefetch}, processing: {exponential: 6ms}, failures: ${of.failures}`,
          reply: `, confirms: ${of.replyConfirms}`,
          run: `duration: 60s, calibration: ${of.preset}`,
          more: `timeline: [{at: 800ms, crash: ${of.crash}}, {at: 1200ms, start: ${of.crash}}]`,
        }),
        of.seed,
      );
      const { sent, answered, unanswered, roundTrip } = asked(result);
      expect(answered + unanswered).toBe(sent);
      expect(roundTrip.count).toBe(answered);
    }),
    { numRuns: 40 },
  );
});
