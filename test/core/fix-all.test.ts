import { expect, test } from "vitest";
import fc from "fast-check";
import { check } from "../../src/core/index.ts";
import { fixAll } from "../../src/core/language.ts";
import { edit, mutate, texts } from "./parse/mutation.ts";

const wrong = `topology: 1
rabbitmq:
  exchanges: {e: {type: topic}, f: {type: fanout}}
  queues: {a: {}}
  bindings:
    - {source: e, destination: a, routing_key: x.*}
    - {source: e, destination: a, routing_key: x.y} # covered
    - source: f
      destination: a
      routing_key: ignored
    - {source: f, destination: a, routing_key: other}
    - {source: e, destination: a, routing_key: #}
`;

function fixed(text: string, off: readonly string[] = []): string {
  const found = fixAll(text, off);
  return found === undefined
    ? text
    : text.slice(0, found.span.start) + found.text + text.slice(found.span.end);
}

test("every safe mend is made, one after the other", () => {
  expect(fixed(wrong)).toBe(`topology: 1
rabbitmq:
  exchanges: {e: {type: topic}, f: {type: fanout}}
  queues: {a: {}}
  bindings:
    - source: f
      destination: a
    - {source: e, destination: a, routing_key: "#"}
`);
  expect(check(fixed(wrong))).toEqual([]);
});

test("what is switched off stays", () => {
  const off = fixed(wrong, ["key-ignored"]);
  expect(off).toContain("routing_key: ignored");
  expect(
    fixed(
      wrong.replace(
        "    - source: f",
        "    # brokerlab-disable-next-line duplicate-binding\n    - source: f",
      ),
    ),
  ).not.toBe(wrong);
});

test("a text that needs none is left alone, and one that was mended too", () => {
  for (const text of texts) expect(fixAll(text)).toBeUndefined();
  fc.assert(
    fc.property(fc.constantFrom(wrong, ...texts), fc.array(edit, { maxLength: 3 }), (text, edits) => {
      const once = fixed(mutate(text, edits));
      expect(fixed(once)).toBe(once);
    }),
    { numRuns: 100 },
  );
});
