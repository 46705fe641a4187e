import fc from "fast-check";
import { expect, test } from "vitest";
import { check, parse } from "../../../src/core/index.ts";
import { formProblems } from "../marked-problems.ts";
import { edit, mutate, pieces, texts } from "./mutation.ts";

/** Milliseconds; a full run takes minutes on a busy machine. */
const patience = 900_000;
const scale = process.env["BROKERLAB_FULL"] === "1" ? 10 : 1;

test(
  "no mutation of a topology throws, and every span lies in the text",
  () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.array(edit, { minLength: 1, maxLength: 6 }),
        (text, edits) => {
          const mutant = mutate(text, edits);
          const wrong = check(mutant).filter(
            ({ span: { start, end }, message }) =>
              !(start >= 0 && start <= end && end <= mutant.length && message !== ""),
          );
          expect(wrong, mutant).toEqual([]);
        },
      ),
      { numRuns: 1000 * scale },
    );
  },
  patience,
);

test(
  "no text throws",
  () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom(...pieces, "producers:", "kafka:", "a", "1"), fc.string())),
        (parts) => {
          check(parts.join(""));
        },
      ),
      { numRuns: 300 * scale },
    );
  },
  patience,
);

/** Sections of which each has errors of its own, none about another section. */
const sections = [
  "topology: 1\n",
  "kafka:\n  topics:\n    t: {partitons: 3}\n    u: {partitions: x}\n",
  "rabbitmq:\n  queues: {q: {}}\n  bindings:\n    - {source: amq.topic, destination: q, routing_key: #}\n    - {destination: q}\n",
  "producers:\n  shop: {exchange: amq.topic, rate: 5/x}\n  crm: {exchange: amq.topic, rate: 1/s, keys: unique}\n",
  "consumers:\n  c: {processing: {exponental: 5ms}}\n  d: 5\n",
  "run: {duration: 5 parsecs, sed: 1}\n",
  "expect:\n  - {metric: latency.p95, below: 2s}\n  - {metric: processed}\n",
];

function problemsFrom(text: string, offset: number): string[] {
  return formProblems(text)
    .filter(({ span }) => span.start >= offset)
    .map(({ code, span, message }) => `${code} ${span.start - offset} ${span.end - offset} ${message}`);
}

/** What cannot end its own section: no new line, and no two letters that begin or end a document. */
const within = fc.record({
  at: edit.map(({ at }) => at),
  removed: fc.nat({ max: 8 }),
  inserted: fc.constantFrom(...pieces.filter((piece) => !/[\n]|---/u.test(piece) && !piece.includes("&"))),
});

test(
  "a mutated section leaves the problems of the sections behind it as they were",
  () => {
    fc.assert(
      fc.property(
        fc.nat({ max: sections.length - 3 }),
        fc.array(within, { minLength: 1, maxLength: 3 }),
        (at, edits) => {
          const index = at + 1;
          const before = sections.slice(0, index).join("");
          const own = sections[index]!;
          const after = sections.slice(index + 1).join("");
          // The section keeps its first line and its last line end, or it would be another section.
          const head = own.indexOf(":") + 1;
          const mutant =
            own.slice(0, head) + mutate(own.slice(head, -1), edits).replaceAll(/\n(?! )/gu, "\n ") + "\n";
          const was = problemsFrom(before + own + after, (before + own).length);
          const is = problemsFrom(before + mutant + after, (before + mutant).length);
          const referring = (problem: string) => problem.startsWith("unknown-reference");
          expect(
            is.filter((problem) => !referring(problem)),
            mutant,
          ).toEqual(was.filter((problem) => !referring(problem)));
        },
      ),
      { numRuns: 300 * scale },
    );
  },
  patience,
);

test(
  "the same text gives the same model and problems",
  () => {
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.array(edit, { maxLength: 3 }), (text, edits) => {
        const mutant = mutate(text, edits);
        expect(parse(mutant)).toEqual(parse(mutant));
      }),
      { numRuns: 100 },
    );
  },
  patience,
);
