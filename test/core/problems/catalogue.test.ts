import { describe, expect, test } from "vitest";
import { codes, severityOf } from "../../../src/core/index.ts";
import { problem, replace } from "../../../src/core/problems/catalogue.ts";
import { legible } from "../../../src/core/problems/legible.ts";

const span = { start: 3, end: 7 };

describe("the catalogue", () => {
  test.each([
    ["yaml-syntax", "error"],
    ["schema", "error"],
    ["bad-value", "error"],
    ["unknown-reference", "error"],
    ["pattern-unquoted", "error"],
    ["not-simulated-yet", "error"],
    ["setting-without-effect", "information"],
    ["unknown-setting", "warning"],
    ["deprecated-setting", "warning"],
    ["idle-members", "warning"],
    ["compacted-without-key", "error"],
    ["several-writers", "information"],
    ["unroutable", "warning"],
    ["dead-letter-missing", "error"],
    ["dead-binding", "information"],
  ] as const)("%s is an %s", (code, severity) => {
    expect(codes).toContain(code);
    expect(severityOf(code)).toBe(severity);
  });

  test("names the thing, states the consequence, offers the next step", () => {
    expect(
      problem("unknown-reference", span, { kind: "queue", name: "paymnt", nearest: "payment", known: "" }),
    ).toEqual({
      code: "unknown-reference",
      severity: "error",
      message: "The file names no queue `paymnt`. Did you mean `payment`?",
      span,
    });
    const unknown = {
      kind: "unknown-key",
      key: "x",
      owner: "`run`",
      nearest: undefined,
      known: ["seed", "trace"],
    } as const;
    expect(problem("schema", span, unknown).message).toBe(
      "`run` has no key `x`. Its keys are `seed` and `trace`.",
    );
    expect(problem("schema", span, { ...unknown, known: [] }).message).toBe(
      "`run` has no key `x`. Take it out.",
    );
  });

  test("carries its fixes", () => {
    const fix = replace("Change to payment", span, "payment");
    expect(problem("yaml-syntax", span, { message: "Not YAML." }, [fix]).fixes).toEqual([
      { title: "Change to payment", edits: [{ span, text: "payment" }] },
    ]);
  });
});

test("a long name is cut, and never the sentence between two names", () => {
  const sentence = "is long ".repeat(40);
  expect(legible(`\`a\` ${sentence}\`b\``)).toBe(`\`a\` ${sentence}\`b\``);
  expect(legible(`\`a\` beside \`${"n".repeat(200)}\``)).toBe(`\`a\` beside \`${"n".repeat(160)}…\``);
});
