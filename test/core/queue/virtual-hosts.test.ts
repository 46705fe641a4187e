import { describe, expect, it, test } from "vitest";
import { rename } from "../../../src/core/language/navigation.ts";
import { complete } from "../../../src/core/language/complete.ts";
import { outline } from "../../../src/core/language/outline.ts";
import { parse } from "../../../src/core/parse/parse.ts";
import { run } from "../log/run-log.ts";
import { expectProblems } from "../marked-problems.ts";

const file = `topology: 1
rabbitmq:
  exchanges: {x: {type: direct, arguments: {alternate-exchange: rest}}, rest: {type: fanout}}
  queues: {q: {}, late: {}}
  bindings: [{source: rest, destination: late}]
  policies: {short: {pattern: "^late$", definition: {max-length: 1}}}
  vhosts:
    shop:
      exchanges: {x: {type: direct, arguments: {alternate-exchange: rest}}, rest: {type: fanout}}
      queues:
        q: {arguments: {x-max-length: 2, x-dead-letter-exchange: rest}}
        late: {}
        direct: {arguments: {x-max-length: 1, x-dead-letter-exchange: "", x-dead-letter-routing-key: q}}
      bindings:
        - {source: rest, destination: late}
        - {source: amq.fanout, destination: q}
      policies: {long: {pattern: "^l", definition: {max-length: 3}}}
producers:
  inside: {exchange: shop/x, messages: 4, rate: 10/s, arrivals: constant, routing_key: none}
  outside: {exchange: x, messages: 5, rate: 10/s, arrivals: constant, routing_key: none}
  plain: {queue: shop/direct, messages: 4, rate: 10/s, arrivals: constant}
run: {duration: 10s, calibration: ideal}
`;

describe("virtual hosts", () => {
  it("keep what has the same name apart: alternates, dead letters, default exchanges and policies", () => {
    const { queues, exchanges } = run(file.slice("topology: 1".length)).summary;
    const held = Object.fromEntries(
      Object.entries(queues).map(([name, { enqueued, depth }]) => [name, [enqueued, depth.end]]),
    );
    expect(held).toEqual({
      q: [0, 0],
      late: [5, 1],
      "shop/q": [3, 2],
      // Four by the alternate exchange, one dead letter of shop/q; a policy keeps three.
      "shop/late": [5, 3],
      "shop/direct": [4, 1],
    });
    expect(queues["shop/direct"]!.deadLettered).toEqual({ maxlen: 3 });
    expect(exchanges["shop/x"]!.published).toBe(4);
    expect(Object.keys(exchanges)).toEqual(["x", "rest", "shop/x", "shop/rest"]);
  });

  it("lead nowhere but inside", () => {
    const crossing = file.replace("exchange: x, messages", 'exchange: "amq.direct", messages');
    expect(run(crossing.slice("topology: 1".length)).summary.producers["outside"]!.unroutable).toBe(5);
  });
});

test("what is said of virtual hosts wrongly", () => {
  expectProblems(`topology: 1
rabbitmq:
  queues: {a/q: {}, q: {}}
  vhosts:
    a:
      queues: {q: {}, only: {}}
#              ^ schema: is named twice
      bindings: [{source: amq.topic, destination: qq, routing_key: "#"}]
#                                                 ^^ unknown-reference: Did you mean \`q\`?
    b: {queues: {q: {}}}
producers:
  p: {queue: only, rate: 1/s}
#            ^^^^ unknown-reference
  t: {flows: {one: {queue: q, rate: 1/s}, two: {exchange: b/amq.fanout, rate: 1/s}}}
#                                                         ^^^^^^^^^^^^ schema: a connection is in one virtual host
consumers:
  c: {queues: [a/only, b/q]}
#                      ^^^ schema: Consumer \`c\` is connected to the virtual host \`a\`
`);
});

describe("in an editor", () => {
  const place = (words: string, word: string): number => file.indexOf(words) + words.indexOf(word) + 1;

  it("a thing of a virtual host is renamed inside it and outside", () => {
    const edited = (offset: number, name: string): string => {
      const answer = rename(parse(file), file, offset, name);
      if ("refusal" in answer) return answer.refusal;
      return answer.edits.reduceRight(
        (text, { span, text: to }) => text.slice(0, span.start) + to + text.slice(span.end),
        file,
      );
    };
    const result = edited(place("exchange: shop/x", "shop/x"), "shop/front");
    expect(result).toContain("exchange: shop/front, messages");
    expect(result).toContain("exchanges: {front: {type: direct");
    expect(result).toContain("exchange: x, messages");
    expect(edited(place("direct: {arguments", "direct"), "straight")).toContain("queue: shop/straight,");
    expect(edited(place("exchange: shop/x", "shop/x"), "front")).toContain("begins with shop/");
    expect(edited(place("q: {arguments", "q"), "late")).toContain("There is a queue shop/late already");
    expect(edited(place("late: {}\n        direct", "late"), "later")).toContain(
      "{source: rest, destination: later}",
    );
  });

  it("the names of its own things are offered, plain", () => {
    const offered = (before: string): string[] => {
      const at = file.indexOf(before) + before.length;
      const text = file.slice(0, at) + file.slice(file.indexOf("}", at));
      return complete(text, at)?.suggestions.map(({ label }) => label) ?? [];
    };
    expect(offered("- {source: amq.fanout, destination: ")).toEqual(["q", "late", "direct"]);
    expect(offered("plain: {queue: ")).toContain("shop/direct");
  });

  it("the outline shows what is in it", () => {
    const [, rabbit] = outline(parse(file).tree);
    const hosts = rabbit!.children.find(({ name }) => name === "vhosts")!;
    const [shop] = hosts.children;
    expect(shop!.children.map(({ name }) => name)).toEqual(["exchanges", "queues", "bindings", "policies"]);
    expect(shop!.children[1]!.children.map(({ name, kind }) => [name, kind])).toEqual([
      ["q", "queue"],
      ["late", "queue"],
      ["direct", "queue"],
    ]);
  });
});
