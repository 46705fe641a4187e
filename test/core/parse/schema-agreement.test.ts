import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import { check } from "../../../src/core/index.ts";
import validate from "../../../src/core/parse/schema-validator.generated.js";

const folder = new URL("../../../examples/", import.meta.url);
const fixture = new URL("../../fixtures/order-flow.topology.yaml", import.meta.url);
const texts = [
  ...readdirSync(folder)
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => new URL(file, folder)),
  fixture,
].map((file) => readFileSync(file, "utf8"));

/**
 * The parser follows the schema by itself, since its messages need the places; a validator that is compiled from the same
 * schema must come to the same verdict.
 */
function refused(text: string): boolean {
  try {
    return !validate(parseYaml(text, { logLevel: "silent", version: "1.2" }));
  } catch {
    return true;
  }
}

const formal = new Set(["schema", "bad-value", "yaml-syntax", "pattern-unquoted"]);

function formErrors(text: string): string[] {
  return check(text)
    .filter(({ code }) => formal.has(code))
    .map(({ message }) => message);
}

describe("what the compiled schema refuses, the parser reports", () => {
  test.each(texts.map((text) => [text.split("\n", 3).join(" ").slice(0, 60), text]))("%s fits", (_, text) => {
    expect(refused(text)).toBe(false);
    expect(formErrors(text)).toEqual([]);
  });

  const words = texts.flatMap((text) => text.match(/[A-Za-z_.]+|\d+\w*|[{}[\],:]/gu) ?? []);
  const numRuns = process.env["BROKERLAB_FULL"] === "1" ? 5_000 : 500;

  test("a word exchanged for another", () => {
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.constantFrom(...words), fc.nat(), (text, word, at) => {
        const places = [...text.matchAll(/[A-Za-z_.]+|\d+\w*/gu)];
        const place = places[at % places.length]!;
        const mutant = text.slice(0, place.index) + word + text.slice(place.index + place[0].length);
        if (refused(mutant)) expect(formErrors(mutant), mutant).not.toEqual([]);
      }),
      { numRuns },
    );
  }, 900_000);
});
