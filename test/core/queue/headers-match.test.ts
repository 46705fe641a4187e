import { describe, expect, it } from "vitest";
import type { FieldValue } from "../../../src/core/model/topology.ts";
import { headersMatch, matchMode } from "../../../src/core/queue/headers-match.ts";

type Fields = Readonly<Record<string, FieldValue>>;
const table = (fields: Fields) => new Map(Object.entries(fields));

const cases: readonly (readonly [args: Fields, headers: Fields, matches: boolean])[] = [
  [{ a: 1, b: "x" }, { a: 1, b: "x", c: 9 }, true],
  [{ a: 1, b: "x" }, { a: 1 }, false],
  [{ "x-match": "any", a: 1, b: "x" }, { a: 1, b: "y" }, true],
  [{ "x-match": "any", a: 1 }, {}, false],
  [{ "x-match": "all" }, {}, true],
  [{ "x-match": "any" }, { a: 1 }, false],
  [{ n: 1 }, { n: "1" }, false],
  [{ n: 1 }, { n: 1.0 }, true],
  [{ f: true }, { f: "true" }, false],
  [{ p: null }, { p: "anything" }, true],
  [{ p: null }, {}, false],
  [{ "x-foo": "bar" }, {}, true],
  [{ "x-match": "all-with-x", "x-foo": "bar" }, {}, false],
  [{ "x-match": "any-with-x", "x-foo": "bar", b: 2 }, { "x-foo": "bar" }, true],
  [{ "x-match": "any", "x-foo": "bar", b: 2 }, { "x-foo": "bar" }, false],
  [{ "x-match": "some" }, {}, false],
];

describe("headers against a binding's arguments", () => {
  it.each(cases)("%j and %j: %s", (args, headers, matches) => {
    expect(headersMatch(table(args), table(headers))).toBe(matches);
  });

  it("x-match is one of four, all where it is not given", () => {
    expect(matchMode(table({}))).toBe("all");
    expect(matchMode(table({ "x-match": "any-with-x" }))).toBe("any-with-x");
    expect(matchMode(table({ "x-match": "some" }))).toBeUndefined();
  });
});
