import type { Finding } from "../core/run.ts";
import { rounded } from "./rounded.ts";

type Piece = Finding["says"][number];

/** On one screen; the panel has all of them. */
const most = 8;

/** What matters of a run, a line each, without what the report says of expectations that hold. */
export function whyLines(findings: readonly Finding[]): string[] {
  const told = findings.filter(
    ({ kind, mood }) => mood !== "ok" && (kind !== "expectation" || mood === "bad"),
  );
  // One more takes the line that would tell of it.
  const shown = told.length === most + 1 ? told : told.slice(0, most);
  const lines = shown.map(({ says }) => `why: ${says.map(inText).join("")}`);
  return told.length > shown.length ? [...lines, `why: and ${told.length - shown.length} more`] : lines;
}

function inText(piece: Piece): string {
  if (typeof piece === "string") return piece;
  if ("name" in piece) return piece.name === "" ? "(default)" : piece.name;
  if ("quote" in piece) return piece.quote;
  return number(piece.value, piece.as);
}

function number(value: number, as: Extract<Piece, { as: unknown }>["as"]): string {
  switch (as) {
    case "count":
      return String(Number.isInteger(value) ? value : rounded(value));
    case "duration":
      return value >= 1000 ? `${rounded(value / 1000)} s` : `${rounded(value)} ms`;
    case "share":
      return `${Math.floor(value * 1000) / 10}%`;
    case "rate":
      return `${rounded(value)}/s`;
    case "bytes":
      return `${value} B`;
  }
}
