import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fault, one } from "../arbitraries.ts";
import { run, timesAt } from "../log/run-log.ts";

interface Parts {
  readonly version?: string;
  readonly nodes?: number;
  readonly config?: string;
  /** Further arguments of the quorum queue, which begins with one replica. */
  readonly queue?: string;
  readonly initial?: number;
  readonly policies?: string;
  readonly operators?: string;
  readonly producer?: string;
  readonly consumers?: string;
  readonly timeline?: string;
  readonly duration?: string;
}

const reconciliation = "quorum_queue.continuous_membership_reconciliation";
const enabled = `${reconciliation}.enabled: true`;
const target = (size: number) => `x-quorum-target-group-size: ${size}`;

const file = (of: Parts) => `
rabbitmq:
  version: "${of.version ?? "4.1"}"
  nodes: ${of.nodes ?? 5}
  config: {${of.config ?? enabled}}
  queues: {q: {arguments: {x-queue-type: quorum, x-quorum-initial-group-size: ${of.initial ?? 1}${of.queue ? `, ${of.queue}` : ""}}}}
  policies: {${of.policies ?? ""}}
  operator_policies: {${of.operators ?? ""}}
producers: {p: {queue: q, rate: 10/s, arrivals: constant, confirms: true${of.producer ?? ""}}}
consumers: {${of.consumers ?? ""}}
run: {duration: ${of.duration ?? "3h"}, calibration: {preset: ideal, networkLatency: 10ms}}
timeline: [${of.timeline ?? ""}]
`;

const summaryOf = (parts: Parts) => run(file(parts), { auditEvery: 500 }).summary;
/** When the queue got its further replicas, and on which nodes they are. */
const grown = (parts: Parts) =>
  summaryOf({ producer: ", messages: 10", ...parts }).occurrences.first.flatMap(
    ({ at, kind, detail, rule }) => (kind === "replicaAdded" ? [{ at, node: detail, rule }] : []),
  );
const times = (parts: Parts) => grown(parts).map(({ at }) => at);

describe("a quorum queue with fewer replicas than it is to have", () => {
  it("gets one after the other, the first one 10 s after it was declared", () => {
    const replicas = grown({ queue: target(4) });
    expect(replicas.map(({ at }) => at)).toEqual([10_000, 20_000, 30_000]);
    // On nodes that are drawn, each on another one, and none where the queue began.
    const nodes = replicas.map(({ node }) => node);
    expect(new Set([1, ...nodes]).size).toBe(4);
    expect(replicas[0]!.rule).toBe("x-quorum-target-group-size");
  });

  it("stays as it is where nobody switched that on, before 3.13, or with no node left", () => {
    expect(times({ queue: target(3), config: "" })).toEqual([]);
    expect(times({ queue: target(3), config: `${reconciliation}.enabled: false` })).toEqual([]);
    expect(times({ queue: target(3), version: "3.12" })).toEqual([]);
    expect(times({ queue: target(3), version: "3.13" })).toHaveLength(2);
    expect(times({ queue: target(5), nodes: 1 })).toEqual([]);
    expect(times({ queue: target(5), nodes: 3 })).toHaveLength(2);
    expect(times({ queue: target(3), initial: 3 })).toEqual([]);
    expect(times({})).toEqual([]);
  });

  it("goes to an even number only where there are nodes for the odd one after it", () => {
    expect(times({ queue: target(5), nodes: 4, initial: 3 })).toEqual([]);
    expect(times({ queue: target(5), nodes: 4, initial: 2 })).toEqual([10_000]);
    expect(times({ queue: target(5), nodes: 2 })).toEqual([]);
  });

  it("has the largest of its own number, the policies' and the nodes'", () => {
    const size = `${reconciliation}.target_group_size`;
    const policies = 'all: {pattern: "", definition: {target-group-size: 3}}';
    const operators = 'ops: {pattern: "", definition: {target-group-size: 4}}';
    const config = `${enabled}, ${size}: 5`;
    expect(grown({ policies })).toMatchObject([{}, { rule: "target-group-size of policy all" }]);
    expect(grown({ policies, queue: target(2) })).toHaveLength(2);
    expect(grown({ policies, queue: target(4) })).toHaveLength(3);
    expect(grown({ policies, operators })[0]!.rule).toBe("target-group-size of operator policy ops");
    expect(grown({ policies, operators })).toHaveLength(3);
    expect(
      grown({ policies: policies.replace("3", "4"), operators: operators.replace("4", "2") }),
    ).toHaveLength(3);
    expect(grown({ policies, operators, config }).map(({ rule }) => rule)).toEqual(Array(4).fill(size));
  });

  it("waits as the nodes' intervals say", () => {
    const config = `${enabled}, ${reconciliation}.trigger_interval: 2s, ${reconciliation}.interval: 10m`;
    expect(times({ queue: target(3), config })).toEqual([2000, 4000]);
    // At 3 s the queue's leader dies, and another node leads, whose own look at 2 s found nothing.
    const timeline = "{at: 3s, crash: {queue: q}}";
    expect(times({ queue: target(5), initial: 2, config, timeline })).toEqual([2000, 602_000, 604_000]);
  });

  it("gets none while one of its nodes is down, nor on a node that is", () => {
    const down = (node: number) => `{at: 1s, for: 1m, stop: {node: ${node}}}`;
    // Its second replica is on node 2. 10 s after that is back they go on.
    expect(times({ queue: target(3), initial: 2, nodes: 3, timeline: down(2) })).toEqual([71_000]);
    expect(grown({ queue: target(3), initial: 2, nodes: 4, timeline: down(3) })).toMatchObject([
      { at: 11_000, node: 4 },
    ]);
    expect(times({ queue: target(3), initial: 2, nodes: 3, timeline: down(3) })).toEqual([71_000]);
    // Cut off it counts as down as soon as the others take it for that.
    const cut = "{at: 1s, for: 2m, isolate: {nodes: [3], from: [1, 2]}}";
    const config = `${enabled}, net_ticktime: 5`;
    expect(times({ queue: target(3), initial: 2, nodes: 3, config, timeline: cut })).toEqual([131_000]);
  });
});

describe("a replica that is added", () => {
  const consumers = "c: {queue: q, prefetch: 10, processing: 1ms}";

  it("makes the majority larger once it has what the others have", () => {
    const latency = (queue: string) =>
      summaryOf({ consumers, queue, duration: "2m" }).consumers["c"]!.latency.max!;
    // Alone the leader has a hop to nobody; with others it waits there and back.
    const [alone, together] = [latency("x-delivery-limit: 5"), latency(target(3))];
    expect(together - alone).toBe(20);
  });

  it("keeps the queue when the node that it began on is lost", () => {
    const timeline = "{at: 1m, crash: {node: 1}}";
    const ends = (queue: string) => {
      const { queues, producers, totals } = summaryOf({
        queue,
        timeline,
        duration: "2m",
        producer: ", until: 90s",
      });
      return [queues["q"]!.depth.end, producers["p"]!.accepted, totals.lost.broker];
    };
    expect(ends(target(1))).toEqual([600, 600, 0]);
    expect(ends(target(3))).toEqual([900, 900, 0]);
  });

  it("gets what the queue holds before it counts, and nothing that has left it", () => {
    // A snapshot of 100 messages takes a second here, and messages come each 100 ms.
    const text = (reads: string) =>
      file({
        queue: target(2),
        nodes: 3,
        consumers: reads,
        producer: ", size: 1000B",
        duration: "15s",
      }).replace("networkLatency: 10ms", "networkLatency: 10ms, networkBandwidth: 100kB/s");
    /** ms from 0 to the first confirm that waited for a second replica. */
    const counts = (reads: string) => {
      const confirmed = timesAt(run(text(reads), { trace: 1000 }), "acknowledged");
      const [first] = confirmed;
      return confirmed.find((at, message) => at - message * 100 > first! + 15);
    };
    expect(Math.round(counts(consumers)! / 100)).toBe(101);
    expect(Math.round(counts("")! / 100)).toBe(111);
  });
});

it("nothing vanishes while replicas come and nodes go", () => {
  const entry = fault(
    60,
    ["3s", "15s", "40s"],
    "isolate: {nodes: [1]}",
    "isolate: {nodes: [3], from: [1, 2]}",
    "crash: {node: 1}",
    "stop: {node: 2}",
    "crash: {node: 3}",
  );
  const files = fc
    .record({
      nodes: one(3, 4, 5),
      initial: one(1, 2, 3),
      size: one(2, 3, 5),
      trigger: one(1, 4, 10),
      bandwidth: one("unlimited", "200kB/s"),
      faults: fc.array(entry, { maxLength: 3 }),
    })
    .map(({ nodes, initial, size, trigger, bandwidth, faults }) =>
      file({
        nodes,
        initial,
        queue: target(size),
        config: `${enabled}, net_ticktime: 5, ${reconciliation}.trigger_interval: ${trigger}s`,
        producer: ", until: 70s",
        consumers: "c: {queue: q, prefetch: 10, processing: 50ms}",
        timeline: faults.join(", "),
        duration: "20m",
      }).replace("networkLatency: 10ms", `networkLatency: 10ms, networkBandwidth: ${bandwidth}`),
    );
  fc.assert(
    fc.property(files, (text) => {
      const { totals, producers } = run(text, { auditEvery: 50 }).summary;
      const { sent, accepted, refused, unroutable, timedOut } = producers["p"]!;
      expect(accepted + refused + unroutable + timedOut, text).toBe(sent);
      expect([totals.unfinished, totals.lost.broker], text).toEqual([0, 0]);
    }),
    { numRuns: process.env["BROKERLAB_FULL"] === "1" ? 1000 : 25 },
  );
}, 600_000);
