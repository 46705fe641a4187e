import { expect } from "vitest";
import { parse } from "../../../src/core/index.ts";
import { simulate } from "../../../src/core/run.ts";
import type { Finding, Piece } from "../../../src/core/stats/finding.ts";

/** A number as it is, rounded to what a sentence shows. */
function inText(piece: Piece): string {
  if (typeof piece === "string") return piece;
  if ("name" in piece) return piece.name;
  return "quote" in piece ? piece.quote : String(Number(piece.value.toPrecision(3)));
}

export interface Said {
  readonly mood: Finding["mood"];
  readonly says: string;
  readonly at: number | undefined;
  readonly node: string | undefined;
  /** What of the file it leads to. */
  readonly line: string | undefined;
}

/** What a run of the file finds of a kind, as text. */
export function found(body: string, kind: Finding["kind"]): readonly Said[] {
  const text = `topology: 1\n${body}`;
  const { topology, problems } = parse(text);
  expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
  return simulate(topology)
    .findings.filter((one) => one.kind === kind)
    .map(({ says, mood, at, node, about }) => ({
      mood,
      says: says.map(inText).join(""),
      at,
      node,
      line: about && text.slice(about.start, about.end),
    }));
}
