import { describe, expect, it } from "vitest";
import { parse } from "../../../src/core/index.ts";
import { run, told } from "../log/run-log.ts";

interface Parts {
  readonly version?: string;
  readonly nodes?: number;
  readonly config?: string;
  readonly queue?: string;
  readonly policies?: string;
  readonly consumer?: string;
  readonly timeline?: string;
}

/** Ten messages, one each 100 ms from 0 on; a hop takes 10 ms, everything else no time but the handlers. */
const file = (of: Parts) => `
rabbitmq:
  version: "${of.version ?? "4.1"}"
  nodes: ${of.nodes ?? 1}
  config: {${of.config ?? ""}}
  queues: {q: ${of.queue ?? "{}"}}
  policies: {${of.policies ?? ""}}
producers: {p: {queue: q, rate: 10/s, arrivals: constant, until: 1s}}
consumers: {c: {queue: q, ${of.consumer ?? "prefetch: 4, processing: 400ms"}}}
run: {duration: 10m, calibration: {preset: ideal, networkLatency: 10ms}}
timeline: [${of.timeline ?? ""}]
`;

const toldOf = (parts: Parts) => told(run(file(parts), { auditEvery: 1 }), "requeued");

describe("consumer_timeout", () => {
  const slow = { consumer: "prefetch: 1, processing: 200s" };
  const first = (parts: Parts) => toldOf({ ...slow, ...parts })[0];

  it("is what a consumer may hold where nobody says more of its queue, in every version", () => {
    const config = "consumer_timeout: 90s";
    expect(toldOf(slow)).toEqual([]);
    expect(first({ config })).toBe("120000 channelTimedOut consumer_timeout");
    expect(first({ config, version: "3.10" })).toBe("120000 channelTimedOut consumer_timeout");
    // As `rabbitmq.conf` writes it.
    expect(first({ config: "consumer_timeout: 130000" })).toBe("180000 channelTimedOut consumer_timeout");
  });

  it("gives way to the queue's and a policy's, be they longer", () => {
    const config = "consumer_timeout: 10s";
    expect(first({ config, queue: "{arguments: {x-consumer-timeout: 100s}}" })).toBe(
      "120000 channelTimedOut x-consumer-timeout",
    );
    expect(toldOf({ ...slow, config, queue: "{arguments: {x-consumer-timeout: 1h}}" })).toEqual([]);
    const policies = "patience: {pattern: q, definition: {consumer-timeout: 1h}}";
    expect(toldOf({ ...slow, config, policies })).toEqual([]);
  });

  it("is of quorum queues alone from 4.3 on", () => {
    const parts = { config: "consumer_timeout: 90s", version: "4.3" };
    expect(toldOf({ ...slow, ...parts })).toEqual([]);
    expect(first({ ...parts, queue: "{arguments: {x-queue-type: quorum}}" })).toBe(
      "90010 consumerTimedOut consumer_timeout",
    );
  });
});

describe("heartbeat", () => {
  const timeline = "{at: 550ms, for: 4m, isolate: {consumers: [c]}}";
  const ends = (config: string) => toldOf({ config, timeline }).filter((one) => /Lost|Missed/u.test(one));

  it("is how soon broker and client miss each other", () => {
    expect(ends("")).toEqual(["135550 connectionLost", "180000 heartbeatsMissed heartbeat"]);
    expect(ends("heartbeat: 10")).toEqual(["23050 connectionLost", "30000 heartbeatsMissed heartbeat"]);
    expect(ends("heartbeat: 1")).toEqual(["2800 connectionLost", "3000 heartbeatsMissed heartbeat"]);
  });

  it("is the client's own where the broker suggests more, or none", () => {
    expect(ends("heartbeat: 600")).toEqual(ends(""));
    expect(ends("heartbeat: 0")).toEqual(ends(""));
  });

  it("is a producer's too", () => {
    const parts = { config: "heartbeat: 4", timeline: "{at: 550ms, for: 20s, isolate: {producers: [p]}}" };
    expect(toldOf(parts)).toContain("9550 connectionLost");
  });
});

describe("queue_leader_locator", () => {
  const quorum = "{arguments: {x-queue-type: quorum}}";

  it("places the queues that say nothing by themselves", () => {
    const leads = (config: string, queue = quorum, version = "4.1") =>
      toldOf({
        version,
        nodes: 3,
        config,
        queue,
        timeline: "{at: 550ms, crash: {node: 2}}",
      }).filter((one) => one.includes("queueUnavailable"));
    // The consumer is on node 2, and so is its queue, unless it is balanced: then it is on node 1.
    expect(leads("")).toHaveLength(1);
    for (const locator of ["balanced", "random", "least-leaders"])
      expect(leads(`queue_leader_locator: ${locator}`), locator).toEqual([]);
    expect(leads("queue_leader_locator: client-local")).toHaveLength(1);
    const local = "{arguments: {x-queue-type: quorum, x-queue-leader-locator: client-local}}";
    expect(leads("queue_leader_locator: balanced", local)).toHaveLength(1);
    // Classic ones go by it from 4.0 on.
    expect(leads("queue_leader_locator: balanced", "{}")).toEqual([]);
    expect(leads("queue_leader_locator: balanced", "{}", "3.13")).toHaveLength(1);
  });
});

describe("a file", () => {
  const problemsOf = (config: string) =>
    parse(`topology: 1\n${file({ config })}`).problems.map(({ code, message }) => `${code}: ${message}`);

  it("is told what is no value", () => {
    expect(problemsOf("heartbeat: 30, consumer_timeout: 1h, queue_leader_locator: balanced")).toEqual([]);
    expect(problemsOf("consumer_timeout: 0")[0]).toMatch(/bad-value.*1 ms or more/u);
    expect(problemsOf("heartbeat: soon")[0]).toContain("bad-value");
    expect(problemsOf("queue_leader_locator: balance")[0]).toMatch(/bad-value.*`balanced`/u);
    expect(problemsOf("queue_leader_locater: balanced")[0]).toMatch(
      /unknown-setting.*`queue_leader_locator`/u,
    );
  });
});
