import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hints } from "../../../src/core/language/hints.ts";
import { hover } from "../../../src/core/language/hover.ts";
import { definitions, mentions, rename } from "../../../src/core/language/navigation.ts";
import { outline, type OutlineItem } from "../../../src/core/language/outline.ts";
import { parse } from "../../../src/core/parse/parse.ts";
import { resultPlaces } from "../../../src/core/language/result-places.ts";
import { fileInWork, texts } from "../parse/mutation.ts";

const file = `topology: 1
kafka:
  topics:
    orders: {partitions: 3}
rabbitmq:
  exchanges:
    shop: {type: topic}
    rest: {type: fanout}
  queues:
    work: {arguments: {x-dead-letter-exchange: rest}}
    "dead letters": {}
  bindings:
    - {source: shop, destination: work, routing_key: "order.*"}
    - {source: rest, destination: "dead letters"}
producers:
  site: {exchange: shop, rate: 5/s, routing_key: {order.placed: 3, user.gone: 1}}
  till: {topic: orders, rate: 5/s}
consumers:
  fraud: {topic: orders, group: checks, instances: 2, processing: {exponential: 1500us}}
  audit: {topic: orders, group: checks}
  packers: {queue: work, prefetch: 5}
expect:
  - {metric: depth.max, of: {queue: work}, below: 10}
  - {metric: lag.max, of: {group: checks}, below: 10}
timeline:
  - {at: 1s, crash: {consumer: fraud}}
`;
const parsed = parse(file);
const offsetOf = (words: string, word: string): number => file.indexOf(words) + words.indexOf(word) + 1;
/** Each place as its line's number and the word on it. */
const shown = (spans: readonly { start: number; end: number }[]): string[] =>
  spans.map(({ start, end }) => `${file.slice(0, start).split("\n").length} ${file.slice(start, end)}`);

describe("names", () => {
  test("lead to where they are declared", () => {
    const to = (words: string, word: string) => shown(definitions(parsed, offsetOf(words, word))?.to ?? []);
    expect(to("queue: work, prefetch", "work")).toEqual(["10 work"]);
    expect(to("source: shop", "shop")).toEqual(["7 shop"]);
    expect(to("x-dead-letter-exchange: rest", "rest")).toEqual(["8 rest"]);
    expect(to("consumer: fraud", "fraud")).toEqual(["19 fraud"]);
    expect(to("{group: checks}", "checks")).toEqual(["19 checks", "20 checks"]);
    expect(to("prefetch: 5", "prefetch")).toEqual([]);
  });

  test("of a join are those of its sources", () => {
    const joined = `topology: 1
kafka: {topics: {orders: {}, payments: {}, paid: {}}}
consumers:
  c: {topics: [orders, payments], group: c, join: {of: [orders, payments], by: key, within: 1s}, sends: [{topic: paid}]}
`;
    const orders = joined.indexOf("orders: {}");
    const places = mentions(parse(joined), orders + 1).map(({ span }) => span.start);
    expect(places).toEqual([
      orders,
      joined.indexOf("orders, payments], g"),
      joined.indexOf("orders, payments], by"),
    ]);
    expect(definitions(parse(joined), places[2]! + 1)?.to).toEqual([{ start: orders, end: orders + 6 }]);
  });

  test("are found wherever they are mentioned, whichever of these the cursor is on", () => {
    const all = mentions(parsed, offsetOf("work: {arg", "work"));
    expect(shown(all.map(({ span }) => span))).toEqual(["10 work", "13 work", "21 work", "23 work"]);
    expect(all.map(({ declares }) => declares)).toEqual([true, false, false, false]);
    for (const { span } of all) expect(mentions(parsed, span.end)).toEqual(all);
  });

  test("of one spelling and two kinds are two things", () => {
    const both =
      "topology: 1\nkafka: {topics: {a: {}}}\nrabbitmq: {queues: {a: {}}}\nproducers: {p: {queue: a, rate: 1/s}}\n";
    expect(mentions(parse(both), both.indexOf("{a:") + 1)).toHaveLength(1);
  });
});

function renamed(text: string, offset: number, name: string): string {
  const answer = rename(parse(text), text, offset, name);
  if ("refusal" in answer) throw new Error(answer.refusal);
  return answer.edits
    .toSorted((a, b) => b.span.start - a.span.start)
    .reduce((result, { span, text }) => result.slice(0, span.start) + text + result.slice(span.end), text);
}

describe("a rename", () => {
  test("reaches every mention and changes nothing else", () => {
    const result = renamed(file, offsetOf("queue: work, prefetch", "work"), "tasks");
    expect(result).toBe(file.replaceAll("work", "tasks"));
    expect(parse(result).problems).toEqual(parsed.problems.map(() => expect.anything()));
  });

  test("quotes a name that YAML would take for something else", () => {
    expect(renamed(file, offsetOf("queue: work, prefetch", "work"), "true")).toContain(
      '{queue: "true", prefetch',
    );
    expect(renamed(file, offsetOf("queue: work, prefetch", "work"), "a: b")).toContain(
      '{queue: "a: b", prefetch',
    );
  });

  test("is refused for a name that is taken, and where nothing has a name", () => {
    expect(rename(parsed, file, offsetOf("queue: work, prefetch", "work"), "dead letters")).toMatchObject({
      refusal: expect.stringContaining("already"),
    });
    expect(rename(parsed, file, 0, "x")).toMatchObject({ refusal: expect.stringContaining("no name") });
    expect(rename(parsed, file, offsetOf("queue: work, prefetch", "work"), "")).toHaveProperty("refusal");
  });

  test("over fifty references is one edit for each, and its inverse gives the same text", () => {
    const consumers = Array.from({ length: 50 }, (_, at) => `  c${at}: {queue: work}\n`).join("");
    const long = `topology: 1\nrabbitmq: {queues: {work: {}}}\nconsumers:\n${consumers}`;
    const there = renamed(long, long.indexOf("work"), "tasks of today");
    expect(there.match(/tasks of today/g)).toHaveLength(51);
    expect(renamed(there, there.indexOf("tasks"), "work")).toBe(long);
  });

  test("and its inverse give the same text, for every name of every example", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.nat(),
        fc.string({ minLength: 1, maxLength: 12 }),
        (text, pick, name) => {
          const all = [...text.matchAll(/[\w-]+/gu)].map(({ index }) => index);
          const offset = all[pick % all.length]!;
          const [first] = mentions(parse(text), offset);
          if (first === undefined) return;
          const old = text.slice(first.span.start, first.span.end).replaceAll(/^["']|["']$/gu, "");
          const answer = rename(parse(text), text, offset, name);
          if ("refusal" in answer) return;
          const there = renamed(text, offset, name);
          const at = mentions(parse(there), first.span.start);
          expect(at.length).toBe(answer.edits.length);
          expect(renamed(there, first.span.start, old)).toBe(text);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe("hover", () => {
  const text = (words: string, word: string) => hover(parsed, file, offsetOf(words, word))?.text ?? "";

  test("on a key tells its meaning and its default", () => {
    expect(text("partitions: 3", "partitions")).toContain(
      "the most members of one group that can read at a time",
    );
    expect(text("prefetch: 5", "prefetch")).toContain("Expects a whole number");
  });

  test("on a setting tells meaning, type, version and the broker's page", () => {
    const about = text("x-dead-letter-exchange: rest", "x-dead");
    expect(about).toContain("Where messages go that expire");
    expect(about).toContain("RabbitMQ 4.1");
    expect(about).toContain("https://www.rabbitmq.com/docs/dlx");
  });

  test("on a name tells what it is connected to", () => {
    expect(text("work: {arg", "work")).toContain("Bound to `shop` by `order.*`.\n\nRead by `packers`.");
    expect(text("topic: orders, group", "orders")).toContain(
      "3 partitions, 1 replica each.\n\nWritten by `till`.\n\nRead by the groups `checks`.",
    );
    expect(text("group: checks, inst", "checks")).toContain("3 members for 3 partitions of `orders`.");
    expect(text("exchange: shop", "shop")).toContain("Leads to `work` by `order.*`.");
    expect(text("site:", "site")).toContain("Sends to the exchange `shop`.");
    expect(text("crash: {consumer: fraud", "fraud")).toContain("in the group `checks`");
  });

  test("on a routing key tells which queues it reaches and why, or that it reaches none", () => {
    expect(text("{order.placed: 3", "order")).toBe(
      "`order.placed` reaches `work`:\n- `shop` → `work`, by `order.*`",
    );
    expect(text("user.gone: 1", "user")).toBe("`user.gone` reaches no queue: the message is unroutable.");
    expect(text('routing_key: "order.*"', "order")).toBe(
      "Lets through to `work`: `order.placed` of `site`.\nNot: `user.gone` of `site`.",
    );
  });

  test("on a quantity tells it in one unit", () => {
    expect(text("exponential: 1500us", "1500us")).toContain("`1500us` is 1.5 ms.");
  });
});

test("the outline has sections, what they name, and each within the one above", () => {
  const items = outline(parsed.tree);
  expect(items.map(({ name }) => name)).toEqual([
    "topology",
    "kafka",
    "rabbitmq",
    "producers",
    "consumers",
    "expect",
    "timeline",
  ]);
  const named = (item: OutlineItem | undefined): unknown =>
    item && [item.name, item.kind, item.children.map(named)];
  expect(named(items[1])).toEqual(["kafka", "section", [["topics", "section", [["orders", "topic", []]]]]]);
  expect(items[5]?.children.map(({ name }) => name)).toEqual(["depth.max work", "lag.max checks"]);
  expect(items[6]?.children.map(({ name }) => name)).toEqual(["1s crash"]);
  const within = ({ span, at, children }: OutlineItem): void => {
    expect(at.start).toBeGreaterThanOrEqual(span.start);
    expect(at.end).toBeLessThanOrEqual(span.end);
    for (const child of children) {
      expect(child.span.start).toBeGreaterThanOrEqual(span.start);
      expect(child.span.end).toBeLessThanOrEqual(span.end);
      within(child);
    }
  };
  items.forEach(within);
});

test("names are told what is predicted for them", () => {
  const told = hints(parsed.topology).map(({ offset, text }) => [
    /[\w ]+$/u.exec(file.slice(0, offset).replace(/"$/u, ""))?.[0].trim(),
    text,
  ]);
  expect(told).toContainEqual(["orders", "5/s"]);
  expect(told).toContainEqual(["work", "3.75/s"]);
  expect(told).toContainEqual(["checks", "5/s"]);
  expect(hover(parsed, file, offsetOf("work: {arg", "work"))?.text).toContain("Predicted: 3.75/s arrive.");
});

test("no mutation and no prefix makes any of them throw", () => {
  fc.assert(
    fc.property(fileInWork, ({ text, cursor }) => {
      const reading = parse(text);
      hover(reading, text, cursor);
      for (const { offset } of hints(reading.topology)) expect(offset).toBeLessThanOrEqual(text.length);
      definitions(reading, cursor);
      rename(reading, text, cursor, "x");
      for (const { span } of mentions(reading, cursor)) expect(span.end).toBeLessThanOrEqual(text.length);
      outline(reading.tree);
      resultPlaces(reading, [{ kind: "queue", name: "work" }]);
    }),
    { numRuns: 300 },
  );
});
