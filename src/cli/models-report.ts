import type { BrokerModel, ModelFigure } from "../core/index.ts";
import type { Summary } from "../core/run.ts";
import { printable } from "./report.ts";
import { rounded } from "./rounded.ts";

const words: Readonly<Record<BrokerModel, string>> = { log: "log", queues: "queues" };

/** A row a figure: the file's own model, the other one, and how that one fares beside it. Times are milliseconds. */
export function modelsTable(
  { name, seed, window }: Summary,
  to: readonly BrokerModel[],
  figures: readonly ModelFigure[],
): string {
  const rows = figures.map(({ of, name: label, as, own, other, verdict }) => [
    of === undefined ? "" : `${of.kind} ${of.name}`,
    label,
    value(own, as),
    value(other, as),
    verdict === "better" || verdict === "worse" ? verdict : "",
  ]);
  const head = ["", "", "as written", `as ${to.map((model) => words[model]).join(" and ")}`, ""];
  const cells = [head, ...rows].map((row) => row.map(printable));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const lines = cells.map((row) =>
    row
      .map((cell, column) =>
        column === 2 || column === 3 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
      )
      .join("  ")
      .trimEnd(),
  );
  const seconds = rounded((window.to - window.from) / 1000);
  const title = printable(name === "" ? "Topology" : name);
  return `${title} in both models: ${seconds} s counted, seed ${seed}\n\n${lines.join("\n")}\n`;
}

function value(of: number | null, as: ModelFigure["as"]): string {
  if (of === null) return "none";
  if (as === "share") return `${rounded(of * 100)}%`;
  if (as === "duration") return `${rounded(of)} ms`;
  return String(rounded(of));
}
