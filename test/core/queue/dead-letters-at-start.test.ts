import { describe, expect, it } from "vitest";
import { lostIn } from "../losses.ts";
import { run } from "../log/run-log.ts";

const letters = (to: string): string =>
  `x-dead-letter-exchange: "", x-dead-letter-routing-key: ${to}, x-message-ttl: 4000`;

/** Ten messages, one each 100 ms from 0 on, into a queue that sends its dead letters to another one. */
const file = (source: string, target: string, timeline: string, more = "") => `
rabbitmq:
  queues:
    q: {arguments: {${source}}}
    d: {arguments: {${target}}}
producers: {p: {queue: q, rate: 10/s, arrivals: constant, until: 1s, properties: {delivery_mode: 2}}}
${more}
run: {duration: 30s, calibration: ideal}
timeline: [${timeline}]
`;
const quorum = "x-queue-type: quorum";
/** All messages expire while the only node is down. */
const down = "{at: 2s, for: 10s, stop: {node: 1}}";
const outcome = (...parts: Parameters<typeof file>) => {
  const { queues, totals } = run(file(...parts), { auditEvery: 1 }).summary;
  const { deadLettered, expired, dropped } = queues["q"]!;
  return { deadLettered, expired, dropped, taken: queues["d"]!.enqueued, lost: totals.lost.broker };
};

describe("what dies as its broker starts", () => {
  it("goes from a classic queue to a classic one", () => {
    expect(outcome(letters("d"), "", down)).toEqual({
      deadLettered: { expired: 10 },
      expired: 0,
      dropped: {},
      taken: 10,
      lost: 0,
    });
  });

  it("is over the limit of a classic queue that refuses publishes, where a consumer held it", () => {
    const source = `x-max-length: 2, x-overflow: reject-publish, x-dead-letter-exchange: "", x-dead-letter-routing-key: d`;
    const held = "consumers: {c: {queue: q, prefetch: 5, processing: 1m}}";
    const restart = "{at: 2s, crash: {consumer: c}}, {at: 2s, crash: {node: 1}}, {at: 3s, start: {node: 1}}";
    const { deadLettered, taken } = outcome(source, "", restart, held);
    // Five are held, and two wait: five of seven are over the limit.
    expect(deadLettered).toEqual({ maxlen: 5 });
    expect(taken).toBe(5);
  });

  it("does not reach a quorum queue, which has no leader yet", () => {
    expect(outcome(letters("d"), quorum, down)).toMatchObject({
      deadLettered: { expired: 10 },
      taken: 0,
      lost: 10,
    });
    expect(lostIn(file(letters("d"), quorum, down))).toEqual({
      [`d; the queue had no leader, and what the broker itself passes on, a dead letter say, is sent once (at-most-once); 2000 node 1 stopped; ${down}`]: 10,
    });
    const { occurrences } = run(file(letters("d"), quorum, down)).summary;
    expect(occurrences.byKind["leaderlessLost"]).toBe(10);
  });

  it("is not dead-lettered by a quorum queue, which finds no exchange yet, but at least once it is", () => {
    const source = `${quorum}, ${letters("d")}`;
    expect(outcome(source, "", down)).toMatchObject({ deadLettered: {}, expired: 10, taken: 0, lost: 0 });
    const confirmed = `${source}, x-dead-letter-strategy: at-least-once, x-overflow: reject-publish`;
    expect(outcome(confirmed, "", down)).toMatchObject({ deadLettered: { expired: 10 }, taken: 10 });
  });
});

describe("a dead letter for a quorum queue of several nodes", () => {
  /** `q` is on node 1, and `d` led by node 2, where its reader is connected. */
  const cluster = (nodes: number, timeline: string) => `
rabbitmq:
  nodes: ${nodes}
  queues:
    q: {arguments: {x-message-ttl: 100, x-dead-letter-exchange: "", x-dead-letter-routing-key: d}}
    d: {arguments: {${quorum}, x-quorum-initial-group-size: ${nodes}}}
producers: {p: {queue: q, rate: 100/s, arrivals: constant, until: 10s}}
consumers: {reader: {queue: d, prefetch: 10, processing: 1ms}}
run: {duration: 30s, calibration: ideal}
timeline: [${timeline}]
`;
  const after = (nodes: number, timeline: string) => {
    const { queues, totals } = run(cluster(nodes, timeline), { auditEvery: 10 }).summary;
    return [queues["q"]!.deadLettered["expired"], queues["d"]!.enqueued, totals.lost.broker];
  };

  it("is lost between two leaders", () => {
    const [sent, taken, lost] = after(3, "{at: 5s, crash: {node: 2}}");
    expect(sent).toBe(1000);
    expect(lost).toBeGreaterThan(5);
    expect(taken! + lost!).toBe(1000);
  });

  it("waits where a leader has no majority behind it", () => {
    const timeline = [3, 4, 5].map((node) => `{at: 5s, for: 2s, stop: {node: ${node}}}`).join(", ");
    expect(after(5, timeline)).toEqual([1000, 1000, 0]);
  });
});
