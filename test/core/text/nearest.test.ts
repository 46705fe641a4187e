import fc from "fast-check";
import { expect, test } from "vitest";
import { nearest } from "../../../src/core/text/nearest.ts";

test.each([
  ["paymnt", ["receipts", "payment", "failed"], "payment"],
  ["paymetn", ["payments", "payment"], "payment"],
  ["Orders", ["orders"], "orders"],
  ["audit", ["payment", "failed"], undefined],
  ["a", ["b"], "b"],
  ["shipments", ["ship", "payments"], undefined],
  ["key", ["source", "destination_type", "routing_key"], "routing_key"],
  ["failure", ["onFailure", "failures.share"], "onFailure"],
  ["linger", ["linger.ms", "batch.size"], "linger.ms"],
  ["type", ["x-queue-type", "destination_type"], undefined],
  ["x".repeat(200), ["x".repeat(201)], undefined],
])("%s among %j", (name, known, found) => {
  expect(nearest(name, known)).toBe(found);
});

test("names may come from an iterator", () => {
  expect(nearest("key", new Map([["routing_key", 1]]).keys())).toBe("routing_key");
});

test("a name with two letters swapped is found again", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z]{4,12}$/), fc.nat({ max: 2 }), (name, at) => {
      const swapped = name.slice(0, at) + name[at + 1]! + name[at]! + name.slice(at + 2);
      expect(swapped === name ? name : nearest(swapped, [name])).toBe(name);
    }),
  );
});
