import type { BrokerModel, ModelFigure } from "../core/index.ts";
import type { Summary } from "../core/run.ts";
import { printable } from "./report.ts";
import { rounded } from "./rounded.ts";

const words: Readonly<Record<BrokerModel, string>> = { log: "log", queues: "queues" };

/** A row a figure: the file's own model, the other one, and how that one fares beside it. Times are milliseconds. */
export function modelsTable(
  { name, seed, window, repeat }: Summary,
  to: readonly BrokerModel[],
  figures: readonly ModelFigure[],
): string {
  const rows = figures.map(({ of, name: label, as, own, other, intervals, chance, verdict }) => [
    of === undefined ? "" : `${of.kind} ${of.name}`,
    label,
    value(own, as) + within(intervals?.own, own, as),
    value(other, as) + within(intervals?.other, other, as),
    verdict === "same" ? "" : chance ? "may be chance" : verdict === "other" ? "" : verdict,
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
  const runs =
    repeat === undefined
      ? `seed ${seed}`
      : `${repeat.runs} runs of each, seeds ${seed} to ${seed + repeat.runs - 1}, means ± ${repeat.confidence * 100}% intervals`;
  return `${title} in both models: ${seconds} s counted, ${runs}\n\n${lines.join("\n")}\n`;
}

type Ends = NonNullable<ModelFigure["intervals"]>["own"];

/** Half of an interval, which lies about its mean. */
function within(ends: Ends | undefined, of: number | null, as: ModelFigure["as"]): string {
  return !ends || of === null || ends.low === ends.high ? "" : ` ± ${value(ends.high - of, as)}`;
}

function value(of: number | null, as: ModelFigure["as"]): string {
  if (of === null) return "none";
  if (as === "share") return `${rounded(of * 100)}%`;
  if (as === "duration") return `${rounded(of)} ms`;
  return String(rounded(of));
}
