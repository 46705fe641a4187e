import { describe, expect, test } from "vitest";
import { check, parse } from "../../../src/core/index.ts";
import type { Problem } from "../../../src/core/index.ts";

/** Has an error in a part of its own, which must be reported whatever happens before it. */
const sound = `producers:
  shop: {queue: q, rate: 1/s, topik: x}
`;

function said(text: string): string[] {
  return check(text).map(({ code, span }) => `${code} ${text.slice(span.start, span.end)}`);
}

function first(text: string): Problem {
  const [problem] = check(text);
  expect(problem).toBeDefined();
  return problem!;
}

describe("a broken part hides no error of another part", () => {
  test.each([
    ["a brace that is not closed", "kafka:\n  topics: {t: {partitions: 3}\n"],
    ["a bracket that is not closed", "expect: [{metric: x\n"],
    ["a quote that is not closed", 'name: "never closed\n'],
    ["a single quote that is not closed", "name: 'never closed\n"],
    ["a brace too many", "kafka: {topics: {}}}\n"],
    ["a key inside a line", "name: a: b\n"],
    ["an indentation that fits nothing", "kafka:\n    topics: {}\n  brokers: 1\n"],
    ["a line without a colon", "kafka:\n  topics\n  brokers: 3\n"],
    [
      "a list that loses its indentation",
      "expect:\n  - {metric: sent, above: 1}\n - {metric: sent, above: 1}\n",
    ],
    ["a tag", "name: !secret x\n"],
  ])("%s", (_, part) => {
    const text = `topology: 1\nrabbitmq: {queues: {q: {}}}\n${part}${sound}`;
    const problems = said(text);
    expect(problems).toContain("schema topik");
    expect(problems.filter((problem) => problem !== "schema topik")).not.toEqual([]);
    const own = check(text).filter(({ code }) => code === "yaml-syntax");
    for (const { span } of own) expect(span.start).toBeLessThan(text.indexOf("producers:"));
    expect(parse(text).topology.producers.get("shop")).toBeDefined();
  });
});

describe("depth", () => {
  test.each([
    ["lists in brackets", "[".repeat(10_000)],
    ["closed lists in brackets", `${"[".repeat(10_000)}${"]".repeat(10_000)}`],
    ["maps in braces", `${"{a: ".repeat(10_000)}${"}".repeat(10_000)}`],
    ["lists in a line", `\n  ${"- ".repeat(10_000)}`],
    ["keys in keys", `\n  ${"? ".repeat(10_000)}`],
  ])("10,000 %s", (_, deep) => {
    const messages = check(`topology: 1\n${sound}sweep: ${deep}\n`).map(({ message }) => message);
    expect(messages).toContainEqual(expect.stringContaining("nested more than 64 deep"));
    expect(messages).toContainEqual(expect.stringContaining("no key `topik`"));
  });
});

describe("a number that no broker has", () => {
  const topic = (count: number, members: number): string => `topology: 1
nme: x
kafka: {topics: {orders: {partitions: ${count}}}}
producers: {shop: {topic: orders, rate: 1/s, key: {eu: 1, us: 1}}}
consumers: {mail: {topic: orders, group: mail, instances: ${members}, processing: {perMessage: 1ms, byKey: {eu: 2ms}}}}
`;
  const weighed = `topology: 1
nme: x
rabbitmq:
  exchanges: {shards: {type: x-consistent-hash}}
  queues: {q: {}}
  bindings: [{source: shards, destination: q, routing_key: "604800000"}]
producers: {shop: {exchange: shards, rate: 1/s, routing_key: eu}}
consumers: {mail: {queue: q, prefetch: 10, processing: 1ms}}
`;
  test.each([
    ["partitions", topic(604_800_000, 1)],
    ["partitions that memory still holds", topic(200_000, 1)],
    ["instances", topic(1, 604_800_000)],
    ["the weight of a binding", weighed],
  ])("%s", (_, text) => {
    expect(said(text)).toContain("schema nme");
  });
});

describe("aliases", () => {
  test("without an end", () => {
    const lines = "abcdefghi".split("").map((name, index, all) => {
      const item = index === 0 ? "x" : `*${all[index - 1]!}`;
      return `${name}: &${name} [${Array.from({ length: 9 }, () => item).join(", ")}]\n`;
    });
    const messages = check(`topology: 1\n${lines.join("")}`).map(({ message }) => message);
    expect(messages).toContainEqual(expect.stringContaining("more than 500000 values"));
  });

  test.each(["name: &a [*a]\n", "producers: &p {shop: *p}\n", "kafka: &k {topics: {t: {config: *k}}}\n"])(
    "inside their own anchor: %j",
    (part) => {
      expect(check(`topology: 1\n${part}`).map(({ message }) => message)).toContainEqual(
        expect.stringContaining("stands inside its own anchor"),
      );
    },
  );
});

test("10 MB are refused with the limit", () => {
  const text = `topology: 1\n${"# a comment line\n".repeat(620_000)}`;
  expect(text.length).toBeGreaterThan(10_000_000);
  expect(first(text).message).toBe(
    `The file has ${text.length} characters; BrokerLab reads at most 2000000. Split it, or generate less.`,
  );
  expect(parse(text).isTopology).toBe(true);
});

test("a file of the size that is read still gets every kind of problem, up to what a person reads", () => {
  const text = `topology: 1\nproducers:\n${Array.from({ length: 3000 }, (_, index) => `  p${index}: {topic: t, rate: 1/s}\n`).join("")}`;
  const problems = check(text);
  expect(problems).toHaveLength(1000);
  expect(problems.at(-1)?.message).toContain("The file has 3000 problems");
});

test("names are text, whatever they look like", () => {
  const name = "<img src=x onerror=alert(1)>";
  const text = `topology: 1\nrabbitmq: {queues: {'${name}': {}}}\nconsumers: {c: {queue: '${name}', prefetch: 1}}\n`;
  expect(check(text)).toEqual([]);
  expect(parse(text).topology.rabbitmq?.queues.get(name)?.name.text).toBe(name);
});

test.each(["__proto__", "constructor", "toString", "hasOwnProperty"])("a thing may be called %s", (name) => {
  const { topology } = parse(
    `topology: 1\nkafka: {topics: {${name}: {partitions: 2}}}\nproducers: {${name}: {topic: ${name}, rate: 1/s}}\n`,
  );
  expect(topology.kafka?.topics.get(name)?.partitions).toBe(2);
  expect(topology.producers.get(name)?.flows[0]?.to.name.text).toBe(name);
  expect(({} as Record<string, unknown>)["partitions"]).toBeUndefined();
});

test("NUL and other control characters are reported where they stand", () => {
  const text = `topology: 1\nname: a\0b\n${sound}`;
  expect(said(text)).toEqual(["yaml-syntax \0", "unknown-reference q", "schema topik"]);
  expect(said(`topology: 1\nname: \u0018 \u001f \u0002\n${sound}`)).toContain("schema topik");
});

test("a byte order mark is no part of the text", () => {
  const text = "\uFEFFtopology: 1\nkafka: {topcs: {}}\n";
  expect(said(text)).toEqual(["schema topcs"]);
  expect(parse(text).isTopology).toBe(true);
});

test.each(["\r\n", "\r"])("lines may end with %j", (end) => {
  expect(said(`topology: 1\nkafka:\n  topcs: {}\n${sound}`.replaceAll("\n", end))).toEqual([
    "schema topcs",
    "unknown-reference q",
    "schema topik",
  ]);
});

test("tabs are reported once, with a mend, and the rest is read", () => {
  const text = `topology: 1\nkafka:\n\ttopics:\n\t\tt: {}\n\t\tu: {partitons: 3}\n${sound}`;
  expect(said(text)).toEqual(["yaml-syntax \t", "schema partitons", "unknown-reference q", "schema topik"]);
  const { edits } = first(text).fixes![0]!;
  const mended = [...edits]
    .reverse()
    .reduce(
      (mend, { span, text: spaces }) => mend.slice(0, span.start) + spaces + mend.slice(span.end),
      text,
    );
  expect(mended).toContain("  topics:\n    t: {}\n");
  expect(said(mended)).toEqual(["schema partitons", "unknown-reference q", "schema topik"]);
});

test("a second document is reported, the first is read", () => {
  expect(said("topology: 1\nname: a\n---\ntopology: 1\n")).toEqual(["yaml-syntax t"]);
  expect(parse("topology: 1\nname: a\n---\ntopology: 1\nname: b\n").topology.name).toBe("a");
});

test("a key that stands twice is reported at the second place, the first counts", () => {
  expect(said("topology: 1\nname: a\nname: b\n")).toEqual(["yaml-syntax name"]);
  expect(parse("topology: 1\nname: a\nname: b\n").topology.name).toBe("a");
});

test("a key is a text", () => {
  expect(said("topology: 1\n? [a]\n: b\n? {c: d}\n: e\n")).toEqual(["yaml-syntax [a]", "yaml-syntax {c: d}"]);
});
