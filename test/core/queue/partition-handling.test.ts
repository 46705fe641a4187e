import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "../../../src/core/index.ts";
import { fault, one } from "../arbitraries.ts";
import { run } from "../log/run-log.ts";

interface Parts {
  readonly handling: string;
  readonly timeline: string;
  readonly nodes?: number;
  readonly queue?: string;
  readonly producer?: string;
  readonly consumers?: string;
  readonly config?: string;
  readonly version?: string;
}

const apart = "{arguments: {x-queue-leader-locator: balanced}}";
const quorum = "{arguments: {x-queue-type: quorum, x-queue-leader-locator: balanced}}";
const transient = ", properties: {delivery_mode: 1}";
const reader = "c: {queue: q, prefetch: 10, processing: 5ms}";

/** `a` is connected to node 1, where `q` is, `b` to node 2, and the reader to node 3. A hop takes 10 ms, nothing else any time. */
const file = (of: Parts) => `
rabbitmq:
  version: "${of.version ?? "4.1"}"
  nodes: ${of.nodes ?? 3}
  config: {cluster_partition_handling: ${of.handling}${of.config ?? ""}}
  queues: {q: ${of.queue ?? apart}}
producers:
  a: {queue: q, rate: 10/s, arrivals: constant, until: 3m, confirms: true${of.producer ?? ""}}
  b: {queue: q, rate: 10/s, arrivals: constant, until: 3m, confirms: true${of.producer ?? ""}}
consumers: {${of.consumers ?? reader}}
run: {duration: 10m, calibration: {preset: ideal, networkLatency: 10ms}}
timeline: [${of.timeline}]
`;

function outcome(of: Parts) {
  const { producers, consumers, totals, queues, occurrences } = run(file(of)).summary;
  const [a, b] = [producers["a"]!, producers["b"]!];
  return {
    accepted: [a.accepted, b.accepted],
    refused: [a.refused, b.refused],
    processed: consumers["c"]?.processed,
    lost: totals.lost.broker,
    depth: queues["q"]!.depth,
    told: occurrences.first
      .filter(({ kind }) => !["publishTurnedAway", "requeued", "isolated", "reconnected"].includes(kind))
      .map(({ at, kind, where }) => `${at} ${kind} ${where.number ?? where.name}`),
  };
}

/** Node 1 is apart from the others, but not from clients. */
const cut = (least: string, of = 1) => `{at: 10s, for: ${least}, isolate: {nodes: [${of}], from: [2, 3]}}`;
const nodes = (told: readonly string[]) => told.filter((one) => / node/.test(one));

describe("cluster_partition_handling: pause_minority", () => {
  const handling = "pause_minority";

  it("stops a node that has taken most of the others for down, until it sees them again", () => {
    expect(outcome({ handling, timeline: cut("2m") }).told).toEqual([
      "70000 connectionClosed q",
      "70000 nodePaused 1",
      "70000 queueUnavailable q",
      "70000 connectionLost a",
      "75000 connectionRecovered a",
      "130000 nodeResumed 1",
      "130000 queueAvailable q",
    ]);
  });

  it("looks once in a second whether it sees them", () => {
    expect(nodes(outcome({ handling, timeline: cut("100300ms") }).told)).toEqual([
      "70000 nodePaused 1",
      "111000 nodeResumed 1",
    ]);
  });

  it("goes by net_ticktime", () => {
    const told = (least: string) =>
      nodes(outcome({ handling, timeline: cut(least), config: ", net_ticktime: 20" }).told);
    expect(told("40s")).toEqual(["30000 nodePaused 1", "50000 nodeResumed 1"]);
    expect(told("19s")).toEqual([]);
  });

  it("makes what a classic queue there held wait, and its publishers hear of refusals", () => {
    const { accepted, refused, processed, lost } = outcome({ handling, timeline: cut("2m") });
    // Until 70 s `a` is served, and what `b` sent waits; until 130 s all of it is refused, but for what `a`
    // held back while it looked for another node for 5 s, which is refused as well.
    expect([accepted, refused]).toEqual([
      [1200, 600],
      [600, 1200],
    ]);
    expect([processed, lost]).toEqual([1800, 0]);
  });

  it("loses what is not persistent there, and counts it", () => {
    const parts = { handling, timeline: cut("2m"), producer: transient };
    const { accepted, processed, lost, told } = outcome(parts);
    // Between 10 s and 70 s nobody read what `a` published; ten were with the reader.
    expect(told).toContain("70000 messagesLost q");
    expect(lost).toBeGreaterThan(590);
    expect(processed! + lost).toBe(accepted[0]! + accepted[1]!);
    expect(outcome({ ...parts, handling: "ignore" }).lost).toBe(0);
  });

  it("leaves a quorum queue to the majority, which its clients find", () => {
    const { accepted, refused, processed, lost } = outcome({ handling, timeline: cut("2m"), queue: quorum });
    expect([accepted, refused, processed, lost]).toEqual([[1800, 1800], [0, 0], 3600, 0]);
    // The client of node 1 is let go at 70 s, and goes on elsewhere; by itself it would wait for the end of the cut.
    const reading = (handled: string) =>
      run(file({ handling: handled, timeline: cut("2m"), queue: quorum })).summary.consumers["c"]!;
    const [paused, ignored] = [reading(handling), reading("ignore")];
    expect([paused.latency.max! < 66_000, ignored.latency.max! > 119_000]).toEqual([true, true]);
    // What its channel had sent beyond the cut has gone with it, and is there once.
    expect(paused.duplicates).toBe(0);
  });

  it("pauses both of two nodes, and one whose only neighbour crashes", () => {
    const both = "{at: 10s, for: 2m, isolate: {nodes: [1], from: [2]}}";
    const told = outcome({ handling, nodes: 2, timeline: both }).told;
    expect(nodes(told)).toEqual([
      "70000 nodePaused 1",
      "70000 nodePaused 2",
      "130000 nodeResumed 1",
      "130000 nodeResumed 2",
    ]);
    const crash = { nodes: 2, timeline: "{at: 10s, for: 20500ms, crash: {node: 2}}" };
    expect(nodes(outcome({ handling, ...crash }).told)).toEqual([
      "10000 nodePaused 1",
      "31000 nodeResumed 1",
    ]);
    expect(nodes(outcome({ handling: "autoheal", ...crash }).told)).toEqual([]);
  });

  it("pauses nobody while a majority sees itself, whoever else stops", () => {
    const stop = "{at: 10s, for: 1m, stop: {node: 3}}, {at: 20s, for: 30s, crash: {node: 2}}";
    expect(nodes(outcome({ handling, nodes: 5, timeline: stop }).told)).toEqual([]);
    expect(nodes(outcome({ handling, nodes: 3, timeline: stop }).told)).toEqual([
      "20000 nodePaused 1",
      "50000 nodeResumed 1",
    ]);
  });

  it("pauses two that a third one still sees, until all are there", () => {
    const half = "{at: 10s, for: 2m, isolate: {nodes: [1], from: [2]}}";
    const crash = "{at: 100s, for: 50s, crash: {node: 3}}";
    expect(nodes(outcome({ handling, timeline: `${half}, ${crash}` }).told)).toEqual([
      "70000 nodePaused 1",
      "70000 nodePaused 2",
      "150000 nodeResumed 1",
      "150000 nodeResumed 2",
    ]);
  });

  it("leaves a node that is paused to itself, unless it crashes", () => {
    const started = `${cut("2m")}, {at: 80s, start: {node: 1}}`;
    expect(nodes(outcome({ handling, timeline: started }).told)).toEqual([
      "70000 nodePaused 1",
      "130000 nodeResumed 1",
    ]);
    const crashed = `${cut("2m")}, {at: 80s, for: 60s, crash: {node: 1}}`;
    const { told, lost } = outcome({ handling, timeline: crashed });
    expect([nodes(told), told.at(-1), lost]).toEqual([["70000 nodePaused 1"], "140000 queueAvailable q", 0]);
  });
});

describe("cluster_partition_handling: autoheal", () => {
  const handling = "autoheal";

  it("restarts the side with fewer clients when the sides meet", () => {
    expect(outcome({ handling, timeline: cut("2m") }).told).toEqual([
      "70000 connectionClosed q",
      "130000 nodeLost 1",
      "130000 queueUnavailable q",
      "130000 connectionLost a",
      "135000 connectionRecovered a",
      "135000 queueAvailable q",
    ]);
    // Three more connections to node 1, which every third one goes to.
    const more = ["d", "e", "f", "g", "h", "i", "j"].map(
      (name) => `${name}: {queue: q, instances: 1, from: 1s}`,
    );
    const readers = [reader, ...more].join(", ");
    const told = outcome({
      handling,
      nodes: 2,
      consumers: readers,
      timeline: "{at: 10s, for: 2m, isolate: {nodes: [1], from: [2]}}",
    }).told;
    expect(nodes(told)).toEqual(["130000 nodeLost 1"]);
  });

  it("does nothing where they had not taken each other for down", () => {
    expect(outcome({ handling, timeline: cut("50s") }).told).toEqual([]);
  });

  it("loses what is not persistent on the side that restarts, and nothing else", () => {
    const parts = { handling, timeline: cut("2m") };
    const { accepted, processed, lost } = outcome({ ...parts, producer: transient });
    expect(lost).toBeGreaterThan(1100);
    expect(processed! + lost).toBe(accepted[0]! + accepted[1]!);
    const persistent = outcome(parts);
    expect([persistent.lost, persistent.processed]).toEqual([
      0,
      persistent.accepted[0]! + persistent.accepted[1]!,
    ]);
  });

  it("waits until all nodes run and see each other", () => {
    const late = `${cut("2m")}, {at: 100s, for: 100s, crash: {node: 3}}`;
    // The reader has gone to node 1, and node 3, which starts anew, has been apart from nobody.
    expect(nodes(outcome({ handling, timeline: late }).told)).toEqual(["200000 nodeLost 2"]);
    // A node that was started meanwhile has joined the others already.
    const anew = `${cut("2m")}, {at: 100s, for: 100s, crash: {node: 1}}`;
    expect(nodes(outcome({ handling, timeline: anew }).told)).toEqual([]);
  });
});

it("nothing vanishes uncounted, whoever is cut off, pauses or restarts", () => {
  const entry = fault(
    60,
    ["3s", "7s", "15s", "40s"],
    "isolate: {nodes: [1]}",
    "isolate: {nodes: [1], from: [2]}",
    "isolate: {nodes: [2, 3]}",
    "isolate: {nodes: [3], from: [1, 2]}",
    "crash: {node: 1}",
    "stop: {node: 2}",
  );
  const files = fc
    .record({
      handling: one("ignore", "pause_minority", "autoheal"),
      nodes: one(3, 4, 5),
      ticks: one(5, 10),
      queue: one(apart, quorum, "{}", "{durable: false}"),
      mode: one(1, 2),
      confirms: one("true", "false"),
      faults: fc.array(entry, { minLength: 1, maxLength: 4 }),
    })
    .map(({ handling, nodes: count, ticks, queue, mode, confirms, faults }) =>
      file({
        handling,
        nodes: count,
        config: `, net_ticktime: ${ticks}`,
        queue,
        producer: `, properties: {delivery_mode: ${mode}}`,
        timeline: faults.join(", "),
      }).replaceAll("confirms: true", `confirms: ${confirms}`),
    );
  fc.assert(
    fc.property(files, (text) => {
      const { totals, producers } = run(text, { auditEvery: 50 }).summary;
      for (const { sent, accepted, refused, unroutable, timedOut } of Object.values(producers))
        expect(accepted + refused + unroutable + timedOut, text).toBe(sent);
      const { unfinished, processed, accepted, lost } = totals;
      expect(unfinished, text).toBe(0);
      expect(processed + lost.broker, text).toBeGreaterThanOrEqual(accepted);
      if (text.includes("delivery_mode: 2") && !text.includes("durable: false"))
        expect(lost.broker, text).toBe(0);
    }),
    { numRuns: process.env["BROKERLAB_FULL"] === "1" ? 1000 : 25 },
  );
}, 600_000);

describe("a file", () => {
  const problemsOf = (parts: Partial<Parts>) =>
    parse(`topology: 1\n${file({ handling: "ignore", timeline: "", queue: "{}", ...parts })}`).problems.map(
      ({ code, message }) => `${code}: ${message}`,
    );

  it("is told what is not simulated, what is no value, and what a version has no use for", () => {
    expect(problemsOf({ handling: "autoheal", config: ", net_ticktime: 5" })).toEqual([]);
    expect(problemsOf({ handling: "pause_if_all_down" })[0]).toContain("not-simulated-yet");
    expect(problemsOf({ handling: "pause_minorty" })[0]).toMatch(/bad-value.*`pause_minority`/u);
    expect(problemsOf({ config: ", net_ticktime: 0" })[0]).toMatch(/bad-value.*1 or more/u);
    expect(problemsOf({ config: ", net_ticktme: 5" })[0]).toMatch(/unknown-setting.*`net_ticktime`/u);
    expect(problemsOf({ version: "4.2" })[0]).toMatch(/deprecated-setting.*Khepri/u);
  });

  it("of a version without strategies runs without them", () => {
    expect(nodes(outcome({ handling: "pause_minority", version: "4.2", timeline: cut("2m") }).told)).toEqual(
      [],
    );
  });
});
