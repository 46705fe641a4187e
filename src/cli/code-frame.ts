import { LineIndex } from "../core/index.ts";
import { printable } from "./report.ts";
import { placed, type TopologyFile } from "./topology-file.ts";

/** Columns of a line that are shown; a longer one is cut around its problem. */
const widthMax = 120;

/** Problems as a person reads them: where, what, the line itself with the word marked, and the other places it is about. */
export function asText(topology: TopologyFile): string {
  const { text } = topology;
  const index = new LineIndex(text);
  const shown = placed(topology).map(
    ({ file, line, column, endLine, endColumn, severity, code, message, related = [] }) => {
      const length = endLine === line ? Math.max(endColumn - column, 1) : Infinity;
      const others = related.map((one) => `  ${file}:${one.line}:${one.column}: ${one.message}`);
      const head = `${file}:${line}:${column}: ${severity} ${code}: ${message}`;
      return [head, ...frame(lineOf(text, index, line), line, column, length), ...others]
        .map(printable)
        .join("\n");
    },
  );
  return shown.map((one) => `${one}\n`).join("");
}

function frame(content: string, line: number, column: number, length: number): string[] {
  const from = column > widthMax ? column - widthMax / 2 : 0;
  const cut = content.slice(from, from + widthMax).replaceAll("\t", " ");
  const before = column - 1 - from;
  const marks = "^".repeat(Math.max(Math.min(length, cut.length - before), 1));
  const number = String(line);
  return [`  ${number} | ${cut}`, `  ${" ".repeat(number.length)} | ${" ".repeat(before)}${marks}`];
}

function lineOf(text: string, index: LineIndex, line: number): string {
  return text
    .slice(index.startOf(line, text.length), index.startOf(line + 1, text.length))
    .replace(/[\r\n]+$/u, "");
}
