import { describe, expect, it } from "vitest";
import { run } from "./log/run-log.ts";

const each = 10;

describe("the bytes that the network moves of a topic", () => {
  const moved = (topic: string, consumers: string, more = "") => {
    const { summary } = run(`
kafka: {brokers: 3, topics: {t: ${topic}}}
producers: {p: {topic: t, rate: 100/s, size: 1000, messages: ${each}0, key: {values: 5}}}
consumers: {${consumers}}
run: {duration: 20s}
${more}`);
    const { network, partitions } = summary.topics["t"]!;
    return network / partitions.reduce((sum, { bytes }) => sum + bytes, 0);
  };
  const group = (name: string, more = "") => `${name}: {topic: t, group: ${name}, processing: 1ms${more}}`;

  it("are those of its batches: to the leader, to each follower, to each group", () => {
    expect(moved("{}", "")).toBe(1);
    expect(moved("{partitions: 4}", group("a"))).toBe(2);
    expect(moved("{partitions: 4, replicas: 3}", `${group("a", ", instances: 2")}, ${group("b")}`)).toBe(5);
  });

  it("are those of share groups and of what is read again as well", () => {
    expect(moved("{replicas: 2}", "s: {topic: t, shareGroup: s, processing: 1ms}")).toBe(3);
    const replay = "timeline: [{at: 10s, replay: {group: a, topic: t, to: earliest}}]";
    expect(moved("{}", group("a"), replay)).toBe(3);
  });

  it("counts what is sent after the warm-up", () => {
    const { summary } = run(`
kafka: {topics: {t: {}}}
producers: {p: {topic: t, arrivals: {schedule: [1s, 2s, 3s]}, config: {linger.ms: 0}}}
consumers: {c: {topic: t, group: g, processing: 1ms}}
run: {duration: 10s, warmup: 1500ms}
`);
    const { network, partitions } = summary.topics["t"]!;
    expect(network).toBe((2 * 2 * partitions[0]!.bytes) / 3);
  });
});

describe("the bytes that the network moves for a queue", () => {
  /** Of a message of 1,000 bytes with its frames. */
  const message = 1096;
  const moved = (queue: string, consumer: string, nodes = 1) => {
    const { queues } = run(`
rabbitmq: {nodes: ${nodes}, queues: {q: ${queue}}}
producers: {p: {queue: q, rate: 100/s, size: 1000, messages: ${each}, confirms: true}}
consumers: {c: {queue: q, prefetch: 10, processing: 1ms${consumer}}}
run: {duration: 20s}
`).summary;
    return queues["q"]!.network;
  };

  it("are those of its messages: from the publisher, and to the consumer as often as that gets them", () => {
    expect(moved("{}", "")).toBe(2 * each * message);
    const failing = ", failures: 100%, onFailure: requeue";
    expect(moved("{arguments: {x-queue-type: quorum, x-delivery-limit: 3}}", failing)).toBe(
      (1 + 4) * each * message,
    );
  });

  it("go to another node where its process is there, and to each replica", () => {
    // The publisher is connected to the first node, where the queue is; the consumer to the second.
    expect(moved("{}", "", 3)).toBe(3 * each * message);
    const replicated = moved("{arguments: {x-queue-type: quorum}}", "", 3);
    expect(replicated).toBe(3 * each * message + 2 * each * 1000);
  });

  it("counts a message for each queue that it is routed to", () => {
    const { queues } = run(`
rabbitmq:
  exchanges: {x: {type: fanout}}
  queues: {a: {}, b: {}}
  bindings: [{source: x, destination: a}, {source: x, destination: b}]
producers: {p: {exchange: x, rate: 100/s, size: 1000, messages: ${each}}}
consumers: {c: {queue: a, prefetch: 10, processing: 1ms}}
run: {duration: 5s}
`).summary;
    expect([queues["a"]!.network, queues["b"]!.network]).toEqual([2 * each * message, each * message]);
  });
});
