import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { check, codes } from "../../../src/core/index.ts";
import type { Code, Problem } from "../../../src/core/index.ts";
import { groupOf } from "../../../src/core/problems/catalogue.ts";
import { mended } from "../marked-problems.ts";

const folder = new URL("../../../docs/checks/", import.meta.url);

/** The failing examples of the pages. */
const files = readdirSync(folder).map((page) => {
  const text = readFileSync(new URL(page, folder), "utf8");
  return [page.replace(/\.md$/u, ""), /^```yaml bad\n([\s\S]*?)^```$/mu.exec(text)?.[1] ?? ""] as const;
});

const titled = (problem: Problem): readonly string[] => (problem.fixes ?? []).map(({ title }) => title);

const cases = files
  .filter(([code]) => groupOf(code as Code) !== "form")
  .flatMap(([code, text]) =>
    check(text)
      .filter((problem) => problem.code === code)
      .flatMap((problem) => titled(problem).map((title) => [code, title, text, problem] as const)),
  );

test.each(cases)("%s: '%s' takes the problem away and adds none", (code, title, text, problem) => {
  const before = check(text).map((one) => one.code);
  const after = check(mended(text, problem, title)).map((one) => one.code);
  before.splice(before.indexOf(code), 1);
  expect(after, mended(text, problem, title)).toEqual(before);
});

test("a mend is offered wherever it is mechanical", () => {
  const mendable = new Set(
    cases.flatMap(([code, title, , { fixes }]) =>
      fixes?.find((fix) => fix.title === title)?.silences === true ? [] : [code],
    ),
  );
  const others = codes.filter((code) => groupOf(code) !== "form" && !mendable.has(code));
  expect(others).toEqual([
    "uneven-members",
    "moved-keys",
    "few-keys",
    "hot-partition",
    "several-writers",
    "retention-outruns-group",
    "mixed-subscriptions",
    "unread-topic",
    "unwritten-topic",
    "unreachable-queue",
    "dead-binding",
    "headers-without-match",
    "dead-letter-loop",
    "ttl-behind-head",
    "quorum-nodes",
    "exchange-cycle",
    "idle-policy",
    "unused-exchange",
    "operator-without-sends",
    "expectation-out-of-reach",
  ]);
});
