import { describe, expect, it } from "vitest";
import { dropped, lostIn } from "../losses.ts";
import { run, steps, textOf } from "../log/run-log.ts";

/** Ten messages, one each 100 ms from 0 on; a consumer takes 250 ms for each. */
const file = ({
  queue = "{}",
  producer = "",
  consumer = "",
  timeline = "",
  calibration = "ideal",
}: {
  readonly queue?: string;
  readonly producer?: string;
  readonly consumer?: string;
  readonly timeline?: string;
  readonly calibration?: string;
}) => `
rabbitmq: {queues: {q: ${queue}}}
producers: {p: {queue: q, rate: 10/s, arrivals: constant, until: 1s${producer}}}
consumers: {${consumer && `c: {queue: q, processing: 250ms, ${consumer}}`}}
run: {duration: 30s, calibration: ${calibration}}
timeline: [${timeline}]
`;

const lostOf = (of: Parameters<typeof file>[0]) => lostIn(file(of), { auditEvery: 1 });

const crash = "{at: 550ms, crash: {node: 1}}";

describe("a message that a broker loses", () => {
  it("was in a queue that is not durable", () => {
    expect(lostOf({ queue: "{durable: false}", timeline: crash })).toEqual({
      [`q; its process ended, and the queue is not durable (durable: false); 550 node 1 crashed; ${crash}`]: 6,
    });
  });

  it("was transient, whether its node crashes or is restarted, or the queue's process alone ends", () => {
    const transient = ", properties: {delivery_mode: 1}";
    const rule =
      "q; its process ended, and the message was in memory alone: it was transient (delivery_mode: 1)";
    const after = (timeline: string) => lostOf({ producer: transient, timeline });
    expect(after(crash)).toEqual({ [`${rule}; 550 node 1 crashed; ${crash}`]: 6 });
    const restart = "{at: 550ms, restart: {node: 1}}";
    expect(after(restart)).toEqual({ [`${rule}; 550 node 1 was restarted; ${restart}`]: 6 });
    const ofQueue = "{at: 550ms, crash: {queue: q}}";
    expect(after(ofQueue)).toEqual({ [`${rule}; 550 queue q crashed; ${ofQueue}`]: 6 });
  });

  it("was not written to disk yet, and its producer was no more, who would have sent it again", () => {
    const lost = (timeline: string) =>
      lostOf({
        producer: ", confirms: true, size: 1KiB",
        calibration: "{preset: ideal, diskBandwidth: 4KiB/s}",
        timeline,
      });
    const rule = "q; its process ended before the message was written to disk";
    const [way] = Object.keys(lost(`{at: 540ms, crash: {producer: p}}, ${crash}`));
    expect(way).toBe(`${rule}; 550 node 1 crashed; ${crash}`);
    expect(lost(crash)).toEqual({});
  });

  it("is none where the message is persistent and its queue durable, or replicated", () => {
    expect(lostOf({ timeline: crash })).toEqual({});
    expect(lostOf({ queue: "{arguments: {x-queue-type: quorum}}", timeline: crash })).toEqual({});
  });
});

describe("a message that a consumer loses", () => {
  const auto = "the broker forgot it as it sent it out (ack: auto)";
  const early = "it had been acknowledged before it was processed (ack: early)";

  it("was in its hands, or on the way to it, when it crashed", () => {
    const timeline = "{at: 310ms, crash: {consumer: c}}";
    const struck = `310 consumer c crashed; ${timeline}`;
    const after = (consumer: string, calibration = "ideal") => lostOf({ consumer, timeline, calibration });
    expect(after("prefetch: 3, ack: auto")).toEqual({ [`c/1; ${auto}; ${struck}`]: 3 });
    expect(after("prefetch: 3, ack: early")).toEqual({ [`c/1; ${early}; ${struck}`]: 1 });
    expect(after("prefetch: 3, ack: manual")).toEqual({});
    // Two were with it, and the broker had sent another one out before it knew.
    const far = "{preset: ideal, networkLatency: 20ms}";
    expect(after("prefetch: 3, ack: auto", far)).toEqual({ [`c/1; ${auto}; ${struck}`]: 3 });
  });

  it("was not taken up when it stopped, or when there were to be fewer instances", () => {
    const after = (timeline: string, consumer = "ack: auto") => lostOf({ consumer, timeline });
    const stop = "{at: 310ms, stop: {consumer: c}}";
    expect(after(stop)).toEqual({ [`c/1; ${auto}; 310 consumer c stopped; ${stop}`]: 2 });
    const scale = "{at: 310ms, scale: {consumer: c, instances: 1}}";
    expect(after(scale, "ack: auto, instances: 2, prefetch: 0")).toEqual({
      [`c/2; ${auto}; 310 consumer c has 1 instance from now on; ${scale}`]: 1,
    });
  });

  it("came by a node that crashed", () => {
    expect(lostOf({ consumer: "ack: auto", timeline: crash })).toEqual({
      [`c/1; ${auto}; 550 node 1 crashed; ${crash}`]: 3,
    });
  });

  it("failed, whatever had struck the consumer before", () => {
    const timeline = "{at: 5s, crash: {consumer: c}}";
    const failing = (ack: string) => lostOf({ consumer: `ack: ${ack}, failures: 100%`, timeline });
    expect(failing("auto")).toEqual({ [`c/1; ${auto}`]: 10 });
    expect(failing("early")).toEqual({ [`c/1; ${early}`]: 10 });
    expect(failing("manual, onFailure: reject")).toEqual({});
  });
});

describe("a message that a queue refuses", () => {
  const refused = (of: Parameters<typeof file>[0]) => {
    const result = run(file(of), { auditEvery: 1 });
    const { accepted } = result.summary.producers["p"]!;
    expect(steps(result, "acknowledged").length, "nobody learns that it arrived").toBe(accepted);
    return dropped(result);
  };

  it("says why: the queue was full", () => {
    const queue = "{arguments: {x-max-length: 7, x-overflow: reject-publish}}";
    expect(refused({ queue, producer: ", confirms: true" })).toEqual(
      Array(3).fill("q: it was full, and took nothing more (x-overflow: reject-publish)"),
    );
  });

  it("or its process did not run", () => {
    const timeline = "{at: 650ms, crash: {queue: q}}";
    expect(refused({ producer: ", confirms: true", timeline })).toEqual(
      Array(3).fill("q: its process did not run, or could not be reached"),
    );
  });

  it("but not while the broker itself sends a dead letter again", () => {
    const result = run(`
rabbitmq:
  queues:
    q: {arguments: {x-queue-type: quorum, x-overflow: reject-publish, x-dead-letter-exchange: "", x-dead-letter-routing-key: full, x-dead-letter-strategy: at-least-once}}
    full: {arguments: {x-max-length: 1, x-overflow: reject-publish}}
producers: {p: {queue: q, rate: 10/s, arrivals: constant, until: 300ms}}
consumers: {c: {queue: q, processing: 1ms, failures: 100%, onFailure: reject}}
run: {duration: 60s, calibration: ideal}
`);
    expect(steps(result, "rejected")).toHaveLength(3);
    expect(steps(result, "dropped")).toEqual([]);
  });
});

it("of one message a copy may be lost in one queue and finished in another", () => {
  const text = `
rabbitmq:
  exchanges: {x: {type: fanout}}
  queues: {kept: {}, gone: {durable: false}}
  bindings: [{source: x, destination: kept}, {source: x, destination: gone}]
producers: {p: {exchange: x, rate: 10/s, arrivals: constant, until: 500ms}}
consumers: {c: {queue: kept, processing: 1ms}}
run: {duration: 5s, calibration: ideal}
timeline: [{at: 450ms, crash: {queue: gone}}]
`;
  const result = run(text);
  const at = (station: "lost" | "finished") => steps(result, station).map(({ message }) => message);
  expect(at("lost")).toEqual([0, 1, 2, 3, 4]);
  expect(at("finished")).toEqual([0, 1, 2, 3, 4]);
});

it("a queue that is not durable loses what it holds with its process, and takes what comes once that is started again", () => {
  const { summary } = run(`
rabbitmq: {queues: {q: {durable: false}}}
producers: {p: {queue: q, rate: 10/s, arrivals: constant, until: 4s, confirms: true}}
run: {duration: 10s, calibration: ideal}
timeline: [{at: 950ms, crash: {queue: q}}, {at: 2050ms, start: {queue: q}}]
`);
  const { accepted, refused } = summary.producers["p"]!;
  expect([accepted, refused]).toEqual([29, 11]);
  expect(summary.totals.lost.broker).toBe(10);
  expect(summary.queues["q"]!.depth.end).toBe(19);
  const { queueDeleted = 0, queueUnavailable, queueAvailable } = summary.occurrences.byKind;
  expect([queueDeleted, queueUnavailable, queueAvailable]).toEqual([0, 1, 1]);
});

it("what was there before the run has no journey, though it counts", () => {
  const result = run(`
rabbitmq: {queues: {q: {durable: false, preload: {messages: 7}}}}
run: {duration: 5s, calibration: ideal}
timeline: [{at: 1s, crash: {node: 1}}]
`);
  expect([result.summary.totals.lost.broker, result.trace.rows]).toEqual([7, 0]);
});

/** How many messages had their last step there, with the text of a reason. */
function lastSteps(text: string): Readonly<Record<string, number>> {
  const result = run(text, { auditEvery: 20 });
  const { totals } = result.summary;
  expect(steps(result, "lost").length).toBe(totals.lost.broker + totals.lost.consumer);
  const last = new Map(steps(result).map((step) => [step.message, step]));
  const counts: Record<string, number> = {};
  for (const { station, place, detail } of last.values()) {
    const said = station === "dropped" ? `: ${textOf(result, detail)}` : "";
    counts[`${station} ${place}${said}`] = (counts[`${station} ${place}${said}`] ?? 0) + 1;
  }
  return counts;
}

describe("a reply whose requester is gone", () => {
  const text = (replyTo: string, timeline: string) => `
rabbitmq: {queues: {work: {}, answers: {}}}
producers: {client: {queue: work, rate: 100/s, arrivals: constant, until: 2s, requests: {timeout: 5s${replyTo}}}}
consumers: {server: {queue: work, prefetch: 100, processing: 1ms, sends: [{reply: true}]}}
run: {duration: 20s, calibration: {preset: ideal, networkLatency: 50ms}}
timeline: [${timeline}]
`;
  const crash = "{at: 1s, for: 500ms, crash: {producer: client}}";

  it("was on its way straight to it", () => {
    const ends = lastSteps(text("", crash));
    const why = "dropped amq.rabbitmq.reply-to: its requester was gone";
    // Replies that were sent out; those that came to be sent later found nobody to go to.
    expect(ends[why]).toBe(5);
    const last = [
      "dropped amq.rabbitmq.reply-to",
      "finished client",
      "settled work",
      "unroutable (AMQP default)",
    ];
    expect(Object.keys(ends).map((end) => end.replace(/:.*/u, ""))).toEqual(expect.arrayContaining(last));
  });

  it("was on its way from its queue", () => {
    const ends = lastSteps(text(", replyTo: answers", crash));
    const why = "its requester was gone";
    expect(ends).toEqual({ [`dropped answers: ${why}`]: 5, "finished client": 145, "settled work": 150 });
  });
});

it("what an exchange has held back is unroutable there when its delay ends, and counts so", () => {
  const text = `
rabbitmq:
  exchanges: {late: {type: x-delayed-message, arguments: {x-delayed-type: direct}}}
  queues: {q: {}}
  bindings: [{source: late, destination: q, routing_key: a}]
producers: {p: {exchange: late, rate: 100/s, routing_key: {a: 1, b: 1}, headers: {x-delay: 500}, confirms: true, until: 5s}}
consumers: {c: {queue: q, prefetch: 5, processing: 1ms}}
run: {duration: 10s, calibration: ideal}
`;
  const result = run(text);
  const { exchanges, consumers, totals } = result.summary;
  const { published, unroutable } = exchanges["late"]!;
  expect(published).toBe(totals.sent);
  expect(published - unroutable).toBe(consumers["c"]!.processed);
  expect(unroutable).toBeGreaterThan(100);
  expect(lastSteps(text)).toEqual({ "unroutable late": unroutable, "settled q": consumers["c"]!.processed });
  const late = result.graph.edges.find(({ from, to }) => from === "exchange:late" && to === "queue:q");
  expect(late!.messages).toBe(consumers["c"]!.processed);
  expect(result.findings.some(({ says }) => JSON.stringify(says).includes("matched no queue"))).toBe(true);
});
