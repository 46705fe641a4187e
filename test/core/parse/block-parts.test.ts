import { afterEach, expect, test, vi } from "vitest";
import { Parser } from "yaml";
import { blockParts } from "../../../src/core/parse/block-parts.ts";
import { parse } from "../../../src/core/parse/parse.ts";

afterEach(() => vi.restoreAllMocks());

const slips: Readonly<Record<string, string>> = {
  "an open bracket": "{arguments: [{x-max-length: 5}",
  "an open quote": '{arguments: {x-queue-type: "quorum}}',
  "a bracket too many": "{arguments: {x-max-length: 5}}}",
  "two values": '"a" {x-max-length: 5}',
};

test.each(Object.entries(slips))("%s in one queue takes no other along", (_, slip) => {
  const text = `topology: 1
rabbitmq:
  queues:
    before: {}
    broken: ${slip}
    behind: {arguments: {x-max-length: 7}}
  bindings:
    - {source: amq.topic, destination: behind, routing_key: a}
consumers:
  one: {queue: behind, processing: 1ms}
`;
  const { topology, problems } = parse(text);
  expect([...topology.rabbitmq!.queues.keys()]).toEqual(expect.arrayContaining(["before", "behind"]));
  expect(topology.rabbitmq!.bindings).toHaveLength(1);
  expect(topology.consumers.size).toBe(1);
  const slipped = { start: text.indexOf("broken"), end: text.indexOf("    behind") };
  expect(problems.map(({ code }) => code)).toContain("yaml-syntax");
  for (const { span } of problems) {
    expect(span.start).toBeGreaterThanOrEqual(slipped.start);
    expect(span.end).toBeLessThanOrEqual(slipped.end);
  }
});

test("the library reads no more than the part that is broken", () => {
  const names = Array.from({ length: 500 }, (_, i) => `q${i}`);
  const text = `topology: 1
rabbitmq:
  queues:
${names.map((name) => `    ${name}: ${name === "q7" ? "{arguments: [}" : "{}"}`).join("\n")}
  bindings:
${names.map((name) => `    - {source: amq.topic, destination: ${name}, routing_key: ${name === "q9" ? "[" : ""}a}`).join("\n")}
`;
  const asked = vi.spyOn(Parser.prototype, "parse");
  const { topology } = parse(text);
  const characters = asked.mock.calls.reduce((sum, [part]) => sum + part.length, 0);
  expect(asked).toHaveBeenCalled();
  expect(characters).toBeLessThan(200);
  expect(topology.rabbitmq!.queues.size).toBeGreaterThanOrEqual(499);
});

const column = (text: string) => {
  const found = blockParts(text, 0, text.length);
  return found && { ...found, starts: found.starts.map((start) => text.slice(start).split("\n")[0]) };
};

test("a block is its key and the parts in the column of the first", () => {
  expect(column("# why\nqueues: # all\n\n  a: {}\n  # between\n  b:\n    c: 1\n  'd': 2\n")).toEqual({
    key: { start: 6, end: 12 },
    kind: "map",
    starts: ["", "  b:", "  'd': 2"],
  });
  expect(column("bindings:\n- a: 1\n  b: 2\n- - c\n")?.starts).toEqual(["- a: 1", "- - c"]);
});

test.each([
  "a: 1\nb: 2\n",
  "a: &x\n  b: 1\n",
  "a: |\n  b: 1\n",
  "a:\nb: 1\n",
  "a:\n  text\n  b: 1\n",
  "a:\n",
  "- a:\n    b: 1\n",
])("is no block to read in parts: %j", (text) => expect(column(text)).toBeUndefined());
