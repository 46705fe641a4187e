import fc from "fast-check";
import { describe, test } from "vitest";
import { edit, line, mutate, texts } from "./mutation.ts";

/** Milliseconds; a full run takes minutes on a busy machine. */
const patience = 900_000;
const scale = process.env["BROKERLAB_FULL"] === "1" ? 10 : 1;

/** That two ways of reading see the same (`same` throws where they do not), in many texts; `edits`: the most per text. */
export function describeReading(name: string, same: (text: string) => void, edits: number): void {
  describe(name, () => {
    test(
      "in mutations of the examples",
      () => {
        const mutant = fc
          .tuple(fc.constantFrom(...texts), fc.array(edit, { maxLength: edits }))
          .map(([text, changes]) => mutate(text, changes));
        fc.assert(fc.property(mutant, same), { numRuns: 400 * scale });
      },
      patience,
    );

    test(
      "in lines put together by chance",
      () => {
        const text = fc.array(line, { maxLength: 8 }).map((lines) => lines.join("\n"));
        fc.assert(fc.property(text, same), { numRuns: 3000 * scale });
      },
      patience,
    );
  });
}
