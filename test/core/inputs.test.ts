import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { check, parse } from "../../src/core/index.ts";
import { complete, definitions, hints, hover, outline, rename } from "../../src/core/language.ts";
import { topologyGraph } from "../../src/core/run-graph.ts";
import { line, one } from "./arbitraries.ts";
import { run, topologyOf } from "./log/run-log.ts";
import { expectProblems } from "./marked-problems.ts";

const brokers = `
kafka: {topics: {t: {partitions: 4}, u: {}, dead: {}}}
rabbitmq: {queues: {q: {}, done: {}}}
producers: {p: {topic: t, rate: 100/s, key: {values: 9}, until: 9s}, s: {queue: q, rate: 50/s, until: 9s}}
`;
const both = (more = "", log = "", queue = "") => `${brokers}
consumers:
  c:
    inputs:
      - {topic: t, group: g, commit: after${log}}
      - {queue: q, prefetch: 10${queue}}
    processing: 4ms
${more}`;
const ending = "run: {duration: 20s}\n";

describe("a consumer with several inputs", () => {
  it("reads them all, each by its broker's rules, and is one application", () => {
    const { summary, graph } = run(both(ending));
    const { c } = summary.consumers;
    expect(c!.processed).toBe(summary.totals.sent);
    expect(summary.groups["g"]!.lag.end).toBe(0);
    expect(summary.queues["q"]!.depth.end).toBe(0);
    const came = (from: string) => graph.edges.find((edge) => edge.from === from)!;
    expect(came("group:g")).toMatchObject({
      to: "consumer:c",
      messages: summary.producers["p"]!.accepted,
    });
    expect(came("queue:q")).toMatchObject({ to: "consumer:c", messages: summary.producers["s"]!.accepted });
  });

  it("has handlers for each of them: a slow one holds up no other", () => {
    const text = both(ending).replace("processing: 4ms", "processing: {byKind: {big: 5s}}");
    const kind = text.replace("queue: q, rate: 50/s", "queue: q, kind: big, rate: 50/s");
    const { groups, queues, consumers } = run(kind).summary;
    expect(groups["g"]!.lag.end).toBe(0);
    expect(queues["q"]!.depth.end).toBeGreaterThan(400);
    // One handler of the two is at work all the time.
    expect(consumers["c"]!.utilization).toBeCloseTo(0.5, 2);
  });

  it("draws for the first what a consumer without the others draws", () => {
    const alone = `${brokers}
consumers:
  c: {topic: t, group: g, commit: after, processing: {exponential: 4ms}}
${ending}`;
    const together = both(ending).replace("processing: 4ms", "processing: {exponential: 4ms}");
    const groupOf = (text: string) => run(text).summary.groups["g"];
    expect(groupOf(together)).toEqual(groupOf(alone));
  });

  it("sends on what comes by any of them", () => {
    const { consumers, queues, totals } = run(
      both(`    instances: 2
    sends: [{queue: done, confirms: true}]
  d: {queue: done, prefetch: 20, processing: 1ms}
${ending}`),
    ).summary;
    expect(consumers["c"]!.sends!.accepted).toBe(consumers["c"]!.processed);
    expect(queues["done"]!.enqueued).toBe(consumers["c"]!.processed);
    expect(totals.unfinished).toBe(0);
  });

  it("crashes, stops, slows down and grows as one", () => {
    const timeline = `    instances: 2
    sends: [{topic: u}]
  e: {topic: u, group: h, processing: 0}
timeline:
  - {at: 2s, for: 1s, crash: {consumer: c, instance: 2}}
  - {at: 4s, for: 1s, stop: {consumer: c}}
  - {at: 6s, for: 1s, slow: {consumer: c, factor: 3}}
  - {at: 8s, for: 1s, scale: {consumer: c, instances: 3}}
run: {duration: 90s}
`;
    const { summary } = run(both(timeline), { auditEvery: 50 });
    const { c } = summary.consumers;
    expect(c!.processed + c!.duplicates).toBeGreaterThanOrEqual(summary.producers["s"]!.accepted);
    expect([summary.totals.unfinished, summary.totals.lost.broker, summary.totals.lost.consumer]).toEqual([
      0, 0, 0,
    ]);
    expect(c!.instances[2]!.processed).toBeGreaterThan(0);
  });

  it("is cut off from the broker and the node of a number, and the time line says so", () => {
    const { summary } = run(
      both(`  d: {topic: u, group: h}
timeline: [{at: 3s, for: 4s, isolate: {consumers: [c], from: [1]}}, {at: 8s, for: 1s, isolate: {consumers: [d]}}]
${ending}`),
    );
    expect(summary.groups["g"]!.lag.max).toBeGreaterThan(350);
    expect(summary.queues["q"]!.depth.max).toBeGreaterThan(180);
    expect(summary.totals.unfinished).toBe(0);
    const told = summary.occurrences.first.map(({ message }) => message);
    expect(told.filter((one) => one.includes("cut off"))).toEqual([
      "consumer c was cut off from broker 1, node 1",
      "consumer c is no longer cut off",
      "consumer d was cut off from the network",
      "consumer d is no longer cut off",
    ]);
  });

  it("fails by each broker's rules", () => {
    const { summary } = run(
      both(
        `    failures: 20%\n${ending}`,
        ", onFailure: {retry: [10ms], then: {deadLetterTopic: dead}}",
        ", onFailure: reject",
      ),
    );
    const { c } = summary.consumers;
    expect(summary.queues["q"]!.dropped["rejected"]).toBeGreaterThan(20);
    expect(c!.deadLettered!["failed"]).toBeGreaterThan(10);
    const ended = c!.processed + summary.queues["q"]!.dropped["rejected"]! + c!.deadLettered!["failed"]!;
    expect(ended).toBe(summary.producers["p"]!.sent + summary.producers["s"]!.sent);
  });

  it("may be a member of several groups: its lag is the largest", () => {
    const { summary } = run(`
kafka: {topics: {t: {}, u: {}}}
producers: {p: {topic: t, rate: 10/s}, o: {topic: u, rate: 30/s}}
consumers: {c: {inputs: [{topic: t, group: g}, {topic: u, group: h}], processing: 1h}}
run: {duration: 10s}
expect: [{metric: lag.end, of: {consumer: c}, above: 0}]
`);
    expect(summary.expect[0]!.actual).toBe(summary.groups["h"]!.lag.end);
    expect(summary.groups["g"]!.lag.end).toBeLessThan(summary.groups["h"]!.lag.end);
  });

  it("may read a source twice, as two members or two consumers of it, and a stream twice over", () => {
    const twice = (source: string) => `[{${source}}, {${source}}]`;
    const { summary } = run(`
kafka: {topics: {t: {partitions: 2}}}
rabbitmq: {queues: {q: {}, s: {arguments: {x-queue-type: stream}}, a: {arguments: {x-single-active-consumer: true}}}}
producers:
  p: {topic: t, rate: 20/s, until: 8s}
  o: {queue: q, rate: 20/s, until: 8s}
  r: {queue: s, rate: 20/s, until: 8s}
  i: {queue: a, rate: 20/s, until: 8s}
consumers:
  g: {inputs: ${twice("topic: t, group: g, commit: after")}, processing: 5ms}
  h: {inputs: ${twice("topic: t, shareGroup: h")}, processing: 5ms}
  q: {inputs: ${twice("queue: q, prefetch: 5")}, processing: 5ms}
  s: {inputs: ${twice("queue: s, prefetch: 5")}, processing: 5ms}
  a: {inputs: ${twice("queue: a, prefetch: 5")}, processing: 5ms}
run: {duration: 10s}
`);
    const { producers, consumers, totals } = summary;
    const sent = (name: string) => producers[name]!.sent;
    const processed = ["g", "h", "q", "s", "a"].map((name) => consumers[name]!.processed);
    expect(processed).toEqual([sent("p"), sent("p"), sent("o"), 2 * sent("r"), sent("i")]);
    expect(totals.unfinished).toBe(0);
    expectProblems(`topology: 1
kafka: {topics: {t: {}}}
producers: {p: {topic: t, rate: 20/s}}
consumers:
  c: {inputs: ${twice("topic: t, group: g")}, processing: 5ms}
# ^ idle-members: Group \`g\` has 2 members for 1 partition
`);
  });

  it("is measured by all of them, through what the timeline does to it", () => {
    const { summary } = run(
      both(`    instances: 2
  d: {topic: u, group: h}
timeline:
  - {at: 2s, for: 2s, slow: {consumer: c, factor: 30}}
  - {at: 6s, for: 2s, scale: {consumer: c, instances: 3}}
run: {duration: 20s}
expect:
  - {metric: utilization, of: {consumer: c}, during: [2500ms, 4s], within: [90%, 100%]}
  - {metric: throughput, of: {consumer: c}, during: [6s, 8s], above: 45/s}
  - {metric: lag.max, of: {consumer: c}, during: [2s, 4s], above: 80}
  - {metric: rebalances, of: {consumer: c}, within: [1, 2]}
  - {metric: processed, of: {consumer: c}, above: 1200}
`),
    );
    expect(summary.expect.map(({ metric, holds, actual }) => [metric, holds || actual])).toEqual(
      summary.expect.map(({ metric }) => [metric, true]),
    );
    expect(summary.expect).toHaveLength(5);
  });

  it("is drawn with all that it reads", () => {
    const { nodes, edges } = topologyGraph(topologyOf(both(ending)));
    expect(nodes.filter(({ kind }) => kind === "consumer" || kind === "group").map(({ id }) => id)).toEqual([
      "group:g",
      "consumer:c",
    ]);
    expect(edges.filter(({ to }) => to === "consumer:c").map(({ from }) => from)).toEqual([
      "group:g",
      "queue:q",
    ]);
  });
});

it("loses nothing by any input, whoever crashes, stops, slows down or grows", () => {
  const entry = line(
    9000,
    "for: 400ms, crash: {consumer: c, instance: 1}",
    "for: 900ms, crash: {consumer: c}",
    "for: 700ms, stop: {consumer: c, instance: 2}",
    "restart: {consumer: c}",
    "for: 1s, scale: {consumer: c, instances: 3}",
    "for: 1s, slow: {consumer: c, factor: 5}",
  );
  const file = fc
    .record({
      first: one("topic: t, group: g, commit: after", "topic: t, shareGroup: g", "queue: q, prefetch: 3"),
      second: one(
        "queue: q, prefetch: 10",
        "topic: u, group: h, commit: after",
        "topic: t, group: h, commit: after",
      ),
      concurrency: one(1, 3),
      processing: one("0", "{exponential: 6ms}"),
      sends: one("", ", sends: [{queue: done, confirms: true}]", ", sends: [{topic: dead}]"),
      timeline: fc.array(entry, { maxLength: 5 }),
      seed: fc.nat(1000),
    })
    .map(
      ({ first, second, concurrency, processing, sends, timeline, seed }) => `${brokers}
consumers:
  c: {inputs: [{${first}}, {${second}}], instances: 2, concurrency: ${concurrency}, processing: ${processing}${sends}}
  d: {queue: done, prefetch: 10, processing: 0}
timeline: [${timeline.join(", ")}]
run: {duration: 120s, seed: ${seed}}
`,
    );
  fc.assert(
    fc.property(file, (text) => {
      const { totals, groups, queues, consumers } = run(text, { auditEvery: 100 }).summary;
      expect([totals.lost.broker, totals.lost.consumer]).toEqual([0, 0]);
      for (const { lag } of Object.values(groups)) expect(lag.end).toBe(0);
      if (/queue: q/u.test(text.slice(text.indexOf("inputs")))) expect(queues["q"]!.depth.end).toBe(0);
      for (const { utilization, blocked, rebalancing } of consumers["c"]!.instances)
        expect(utilization + blocked + rebalancing).toBeLessThanOrEqual(1 + 1e-9);
    }),
    { numRuns: 40 },
  );
});

describe("what inputs may not be", () => {
  const declared = `topology: 1
kafka: {topics: {t: {}}}
rabbitmq: {queues: {q: {}}}
producers: {p: {topic: t, rate: 10/s}, s: {queue: q, rate: 10/s, confirms: true}}
`;

  it("is told at the key", () => {
    expectProblems(`${declared}consumers:
  a:
    inputs: [{topic: t, group: g}, {queue: q, prefetch: 5}]
    prefetch: 5
#   ^^^^^^^^ schema: Move it beside the \`topic\` or \`queue\`
    window: {tumbling: 1s}
#   ^^^^^^ schema: keeps state of what one source brings
  b:
    inputs: [{topic: t, group: h, prefetch: 5}]
#                                 ^^^^^^^^ schema: is for queues
  c:
# ^ schema: names no \`group\`
    inputs: [{topic: t}]
  d:
    topic: t
    inputs: [{queue: q}]
#   ^^^^^^ schema: has both
  e:
    inputs: [{queue: nowhere, prefetch: 5}]
#                    ^^^^^^^ unknown-reference
`);
  });

  it("checks look at each of them, and mend it where it stands", () => {
    expectProblems(`${declared}consumers:
  a:
# ^ unlimited-prefetch
    inputs:
      - {topic: t, group: g, config: {session.timeout.ms: 6s}}
#                                                         ^^ session-too-tight
      - {queue: q}
    processing: 1ms
`);
  });
});

describe("what the rates of the file make of inputs", () => {
  const text = (work: string, more = "") => `topology: 1
kafka: {topics: {orders: {partitions: 2}}}
rabbitmq: {queues: {refunds: {}}}
producers: {shop: {topic: orders, rate: 50/s, key: {values: 500}}, support: {queue: refunds, rate: 20/s, confirms: true}}
consumers:
  desk:
    inputs:
      - {topic: orders, group: books, commit: after}
#               ^^^^^^ overload: Input \`orders\` of \`desk\` is offered 50/s and can do
      - {queue: refunds, prefetch: 10}
    processing: ${work}
${more}`;

  it("is told of each that is overloaded, where it stands", () => {
    expectProblems(text("21ms"));
    const both = check(text("70ms")).filter(({ code }) => code === "overload");
    expect(both.map(({ message }) => message.slice(0, 60))).toEqual([
      "Input `orders` of `desk` is offered 50/s and can do 14.3/s: ",
      "Input `refunds` of `desk` is offered 20/s and can do 14.3/s:",
    ]);
    expect(both[0]!.message).toContain("Each input has handlers of its own.");
    // No more instances than its group has partitions: they would be idle by that input.
    expect(both.map(({ fixes }) => fixes?.map(({ title }) => title))).toEqual([
      undefined,
      ["Run 2 instances"],
    ]);
  });

  it("is told of one near its limit", () => {
    const [near] = check(text("18ms")).filter(({ code }) => code === "near-saturation");
    expect(near!.message).toContain("Input `orders` of `desk` will be at work 9");
  });

  it("an expectation is held against all of them together, as the run does", () => {
    const expected = (metric: string, bound: string) =>
      check(text("16ms", `expect: [{metric: ${metric}, of: {consumer: desk}, above: ${bound}}]\n`)).find(
        ({ code }) => code === "expectation-out-of-reach",
      )!.message;
    expect(expected("utilization", "90%")).toContain("will be about 56%");
    expect(expected("throughput", "100/s")).toContain("will be about 70/s");
  });
});

describe("the language knows inputs", () => {
  const text = `topology: 1\n${both(ending)}`;
  const parsed = parse(text);
  const at = (words: string) => text.indexOf(words) + words.length - 1;

  it("completes their keys", () => {
    const begun = "topology: 1\nconsumers:\n  c:\n    inputs:\n      - \n";
    const labels = complete(begun, begun.length - 1)!.suggestions.map(({ label }) => label);
    for (const key of ["topic", "queue", "group", "prefetch", "onFailure"]) expect(labels).toContain(key);
  });

  it("completes only what may stand beside what is read", () => {
    const labels = (written: string) => {
      const begun = `topology: 1\nconsumers:\n  c:\n    ${written}\n`;
      return complete(begun, begun.length - 1)!.suggestions.map(({ label }) => label);
    };
    const [log, queue] = [labels("inputs:\n      - topic: t\n        "), labels("queue: q\n    ")];
    for (const key of ["queue", "topics", "prefetch", "ack"]) expect(log).not.toContain(key);
    for (const key of ["group", "commit", "onFailure"]) expect(log).toContain(key);
    for (const key of ["topic", "inputs", "group", "commit"]) expect(queue).not.toContain(key);
    expect(queue).toContain("prefetch");
    const several = labels("inputs: [{queue: q}]\n    ");
    for (const key of ["topic", "prefetch", "onFailure", "window"]) expect(several).not.toContain(key);
    for (const key of ["processing", "instances", "sends"]) expect(several).toContain(key);
  });

  it("leads from them to what they name, and tells of the consumer all that it reads", () => {
    const to = definitions(parsed, at("{queue: q"))!.to.map(({ start, end }) => text.slice(start, end));
    expect(to[0]).toMatch(/^q/u);
    const told = hover(parsed, text, at("\n  c"))!.text;
    expect(told).toContain("- Reads `t` in the group `g`. Predicted: 40% busy. Offered 100/s, can do 250/s.");
    expect(told).toContain("- Reads `q`. Predicted: 20% busy. Offered 50/s");
    expect(told).toContain("Predicted: 30% busy. Each input has handlers of its own.");
    expect(hover(parsed, text, at("group: g"))!.text).toContain("1 member for 4 partitions of `t`.");
  });

  it("knows who writes to the dead-letter topic of any of them, and goes there", () => {
    const third = "- {topic: u, group: h, onFailure: {retry: [1s], then: {deadLetterTopic: dead}}}";
    const text = `topology: 1\n${both(ending).replace("    processing", `      ${third}\n    processing`)}`;
    const parsed = parse(text);
    expect(parsed.problems).toEqual([]);
    expect(hover(parsed, text, text.indexOf("dead: {}"))!.text).toContain("Written by `c`.");
    const { to } = definitions(parsed, text.indexOf("dead", text.indexOf("deadLetterTopic") + 15))!;
    expect(to.map(({ start }) => start)).toEqual([text.indexOf("dead: {}")]);
    expect(rename(parsed, text, text.indexOf("dead: {}"), "failed")).toMatchObject({
      edits: [{ text: "failed" }, { text: "failed" }],
    });
  });

  it("outlines them", () => {
    const consumers = outline(parsed.tree).find(({ name }) => name === "consumers")!;
    expect(consumers.children[0]!.children.map(({ name }) => name)).toEqual(["t · g", "q"]);
  });

  it("hints the load of each beside its source, and of all beside the consumer, as a run measures it", () => {
    const shown = (text: string) =>
      hints(parse(text).topology)
        .filter(({ text: hint }) => /busy|overloaded/u.test(hint))
        .map(({ offset, text: hint }) => [/\w+$/u.exec(text.slice(0, offset))![0], hint]);
    expect(shown(text)).toEqual([
      ["c", "30% busy"],
      ["t", "40% busy"],
      ["q", "20% busy"],
    ]);
    expect(run(both("run: {duration: 9s}\n")).summary.consumers["c"]!.utilization).toBeCloseTo(0.3, 1);
    expect(shown(text.replace("processing: 4ms", "processing: 40ms"))).toEqual([
      ["c", "2 of 2 inputs overloaded, +100/s"],
      ["t", "overloaded, +75/s"],
      ["q", "overloaded, +25/s"],
    ]);
  });

  it("renames what they name", () => {
    const start = at("group: g");
    const edits = [{ span: { start, end: start + 1 }, text: "books" }];
    expect(rename(parsed, text, start, "books")).toEqual({ edits });
  });
});
