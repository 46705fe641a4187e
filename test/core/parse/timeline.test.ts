import { describe, expect, test } from "vitest";
import { parse } from "../../../src/core/index.ts";
import { expectFormProblems } from "../marked-problems.ts";

const stage = `topology: 1
kafka: {brokers: 3, topics: {t: {partitions: 4}, u: {}}}
rabbitmq: {nodes: 1, queues: {q: {}, s: {arguments: {x-queue-type: stream}}}}
producers: {p: {topic: t, rate: 10/s}, burst: {queue: q, arrivals: {bursts: {size: 2, every: 1s}}}}
consumers: {m: {topic: t, group: g, instances: 2}, w: {queue: q}}
`;

/** The one entry of a timeline, planned or not. */
function entry(text: string) {
  const [first] = parse(`${stage}timeline: [{${text}}]`).topology.timeline;
  return first;
}

describe("an entry is read", () => {
  test.each([
    ["crash: {consumer: m, instance: 2}", { kind: "crash", target: { kind: "consumer", instance: 2 } }],
    ["stop: {producer: p}", { kind: "stop", target: { kind: "producer", instance: 0 } }],
    ["restart: {broker: 2}", { kind: "restart", target: { kind: "broker", number: 2 } }],
    ["start: {queue: q}", { kind: "start", target: { kind: "queue", name: { text: "q" } } }],
    ["slow: {broker: 1, factor: 2.5}", { kind: "slow", target: { kind: "broker", number: 1 }, factor: 2.5 }],
    [
      "isolate: {brokers: [1, 2], from: [3]}",
      {
        kind: "isolate",
        targets: [
          { kind: "broker", number: 1 },
          { kind: "broker", number: 2 },
        ],
        from: [{ kind: "broker", number: 3 }],
      },
    ],
    [
      "isolate: {consumers: [w], from: [1]}",
      { kind: "isolate", targets: [{ kind: "consumer" }], from: [{ kind: "node", number: 1 }] },
    ],
    ["isolate: {nodes: [1], from: [p]}", { kind: "isolate", from: [{ kind: "producer", instance: 0 }] }],
    ["isolate: {controllers: [1]}", { kind: "isolate", from: undefined }],
    ["rate: {producer: p, factor: 3}", { kind: "rate", producer: { text: "p" }, factor: 3 }],
    ["rate: {producer: p, to: 25/s}", { kind: "rate", producer: { text: "p" }, factor: 2.5 }],
    ["scale: {consumer: w, instances: 7}", { kind: "scale", consumer: { text: "w" }, instances: 7 }],
    ["replay: {group: g, topic: t, to: earliest}", { kind: "replay", to: { kind: "earliest" } }],
    ["replay: {group: g, topic: t, to: {offset: 5}}", { kind: "replay", to: { kind: "offset", offset: 5 } }],
    ["replay: {group: g, topic: t, to: {time: 10s}}", { kind: "replay", to: { kind: "time", time: 10e9 } }],
    ["purge: {queue: q}", { kind: "purge", queue: { text: "q" } }],
    ["alarm: {node: 1, kind: memory}", { kind: "alarm", node: 1, resource: "memory" }],
    ["partitions: {topic: t, count: 6}", { kind: "partitions", topic: { text: "t" }, count: 6 }],
    [
      "deleteRecords: {topic: t, partition: 3, before: 100}",
      { kind: "deleteRecords", partition: 3, before: 100 },
    ],
  ])("%s", (text, action) => {
    expect(entry(`at: 5s, ${text}`)).toMatchObject({ at: 5e9, for: undefined, action });
  });

  test("with its place and how long it lasts", () => {
    const text = `${stage}timeline: [{at: 1s, for: 2s, slow: {consumer: w, factor: 2}}]`;
    const [first] = parse(text).topology.timeline;
    expect(first).toMatchObject({ at: 1e9, for: 2e9 });
    expect(text.slice(first!.span.start, first!.span.end)).toBe(
      "{at: 1s, for: 2s, slow: {consumer: w, factor: 2}}",
    );
  });
});

test("what cannot happen is told", () => {
  expectFormProblems(`${stage}run: {duration: 30s}
timeline:
  - {at: 30s, slow: {consumer: w, factor: 2}}
#        ^^^ bad-value: the run is over by then (\`run.duration\` is 30 s)
  - {at: 1s, for: 0s, slow: {consumer: w, factor: 2}}
#                 ^^ bad-value: it is more than 0
  - {at: 1s, rate: {producer: burst, factor: 2}}
#                             ^^^^^ schema: has no \`rate\` that could change
  - {at: 1s, rate: {producer: shop, factor: 2}}
#                             ^^^^ unknown-reference: no producer \`shop\`
  - {at: 1s, slow: {consumer: w, factor: 0}}
#                                        ^ bad-value: it is more than 0
  - {at: 1s, slow: {consumer: w, instance: 2, factor: 2}}
#                                          ^ unknown-reference: There is 1 only
  - {slow: {consumer: w, factor: 2}}
#    ^^^^ schema: \`at\`
  - {at: 1s, rate: {producer: p, factor: 1}, slow: {consumer: w, factor: 2}}
#            ^^^^ schema: both
`);
});

describe("what is refused though the engine does not simulate it yet", () => {
  const planned = (text: string) =>
    parse(stage + text).problems.flatMap(({ code, message }) =>
      code === "not-simulated-yet" ? [] : [message],
    );

  test.each([
    ["{at: 1s, for: 1s, purge: {queue: q}}", "`purge` is not undone: what is deleted does not come back"],
    ["{at: 1s, purge: {queue: s}}", "`s` is a stream, which the broker does not purge (540)"],
    ["{at: 1s, for: 1s, start: {consumer: w}}", "write a `stop` at its time"],
    ["{at: 1s, replay: {group: g, topic: u, to: latest}}", "Group `g` does not read `u`"],
    ["{at: 1s, partitions: {topic: t, count: 4}}", "`t` has 4 already"],
    ["{at: 1s, deleteRecords: {topic: t, partition: 4, before: 1}}", "`t` has 4, counted from 0"],
    ["{at: 1s, isolate: {brokers: [1], from: [nobody]}}", "expected the name of a producer or consumer"],
  ])("%s", (text, message) => {
    expect(planned(`timeline: [${text}]`).join("\n")).toContain(message);
  });
});
