import type { Expectation } from "../model/expectation.ts";
import { meaningOf } from "../model/meaning.ts";
import { asWritten, type WrittenExpectation } from "../model/written-expectation.ts";
import type { Parsed } from "../parse/parse.ts";
import type { Span } from "../text/span.ts";
import { namings, type ThingKind } from "./named-things.ts";

/** One of the file's things, by its kind and name. */
export interface Thing {
  readonly kind: ThingKind;
  readonly name: string;
}

/** Where the results of an earlier run belong in the text as it is now. */
export interface ResultPlaces {
  /** What the text would run; the same for texts that run alike. */
  readonly meaning: string;
  readonly expectations: readonly PlacedExpectation[];
  /** Where each of the things is declared; undefined for what is not there any more. */
  readonly things: readonly (Span | undefined)[];
}

export interface PlacedExpectation extends WrittenExpectation {
  readonly unit: Expectation["unit"];
  readonly span: Span;
}

export function resultPlaces(parsed: Parsed, things: readonly Thing[]): ResultPlaces {
  const { topology } = parsed;
  const declared = new Map<string, Span>();
  for (const { kind, text, span, declares } of things.length === 0 ? [] : namings(parsed)) {
    const id = `${kind} ${text}`;
    if (declares && !declared.has(id)) declared.set(id, span);
  }
  return {
    meaning: meaningOf(topology),
    expectations: topology.expect.map((expectation) => ({
      ...asWritten(expectation),
      unit: expectation.unit,
      span: expectation.span,
    })),
    things: things.map(({ kind, name }) => declared.get(`${kind} ${name}`)),
  };
}
