import { expect, test } from "vitest";
import { parse } from "../../../src/core/index.ts";
import { formProblems } from "../marked-problems.ts";

const file = (binding: string) => `topology: 1
rabbitmq:
  exchanges: {orders: {type: topic}}
  queues: {a: {}}
  bindings:
    - ${binding}
    - {source: orders, destination: missing}
`;

test.each(["#", "#.eu", "*", "*.eu", "*.*.#", "*.#"])("%s in a flow map", (pattern) => {
  const text = file(`{source: orders, destination: a, routing_key: ${pattern}}`);
  const [problem, other, ...more] = formProblems(text);
  expect(problem?.code).toBe("pattern-unquoted");
  expect(text.slice(problem!.span.start, problem!.span.end)).toBe(pattern);
  // What stands behind it is still read.
  expect(other?.code).toBe("unknown-reference");
  expect(more).toEqual([]);
  expect(parse(text).topology.rabbitmq?.bindings.map(({ routingKey }) => routingKey.text)).toEqual([pattern]);
  const { span, text: quoted } = problem!.fixes![0]!.edits[0]!;
  const fixed = text.slice(0, span.start) + quoted + text.slice(span.end);
  expect(formProblems(fixed).map(({ code }) => code)).toEqual(["unknown-reference"]);
});

test.each(["#", "#.eu", "order #", "*.eu"])("%s in a block map", (pattern) => {
  const text = file(`source: orders\n      destination: a\n      routing_key: ${pattern}`);
  expect(formProblems(text).map(({ code }) => code)).toEqual(["pattern-unquoted", "unknown-reference"]);
});

test.each([
  "{source: orders, destination: a, routing_key: order.placed.#}",
  '{source: orders, destination: a, routing_key: "#"}',
  "{source: orders, destination: a, routing_key: '*.eu'}",
  "{source: orders, destination: a, routing_key: order.placed} # only what is paid",
  "{source: orders, destination: a} # routing_key: #",
])("%s is well", (binding) => {
  expect(formProblems(file(binding)).map(({ code }) => code)).toEqual(["unknown-reference"]);
});

test("an alias that is no pattern needs its anchor", () => {
  expect(formProblems("topology: 1\nname: *title\n").map(({ code, message }) => [code, message])).toEqual([
    ["yaml-syntax", expect.stringContaining("has no anchor `&title` above it")],
  ]);
});

test("anchors and aliases work", () => {
  const text =
    "topology: 1\nrabbitmq: {queues: {a: &q {durable: true}, b: *q}}\nconsumers: {c: {queue: b, processing: &t 5ms}, d: {queue: a, processing: *t}}\n";
  expect(formProblems(text)).toEqual([]);
  expect([...(parse(text).topology.rabbitmq?.queues.keys() ?? [])]).toEqual(["a", "b"]);
});

test("an alias does not repeat the problem of its anchor", () => {
  const text = "topology: 1\nkafka: {topics: {t: {}}}\nproducers: {a: &p {topic: t, rate: 5/x}, b: *p}\n";
  expect(formProblems(text).map(({ code }) => code)).toEqual(["bad-value"]);
});
