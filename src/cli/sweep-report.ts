import type { SweepPoint } from "../core/index.ts";
import type { Summary } from "../core/run.ts";
import { printable } from "./report.ts";
import { rounded } from "./rounded.ts";

/** One run of a sweep. */
export interface SweptRun {
  readonly point: SweepPoint["values"];
  readonly summary: Summary;
}

/** What `simulate --json` prints of a sweep: an entry for each point. */
export function sweepJson(runs: readonly SweptRun[]): string {
  return `${JSON.stringify(runs, undefined, 1)}\n`;
}

/** A row a point: its values, then what the file expects; without expectations what matters most of each thing. */
export function sweepTable(runs: readonly SweptRun[]): string {
  const rows = runs.map(({ point, summary }) => new Map([...Object.entries(point), ...figuresOf(summary)]));
  const columns = [...new Set(rows.flatMap((row) => [...row.keys()]))];
  const cells = [columns, ...rows.map((row) => columns.map((column) => row.get(column) ?? ""))];
  const widths = columns.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const lines = cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join("  ")
      .trimEnd(),
  );
  return `${lines.map(printable).join("\n")}\n`;
}

function* figuresOf(summary: Summary): Iterable<[column: string, figure: string]> {
  for (const { metric, of, during, actual, holds } of summary.expect) {
    const target = of === null ? "" : ` of ${Object.values(of).join()}`;
    const when = during === null ? "" : ` ${during[0] / 1000}–${during[1] / 1000} s`;
    const value = actual === null ? "none" : String(rounded(actual));
    yield [`${metric}${target}${when}`, holds ? value : `${value} FAILS`];
  }
  if (summary.expect.length > 0) return;
  for (const [name, { throughput, utilization, latency }] of Object.entries(summary.consumers)) {
    yield [`${name} per s`, String(rounded(throughput))];
    yield [`${name} busy`, `${rounded(utilization * 100)}%`];
    yield [`${name} p99 ms`, latency.p99 === null ? "none" : String(rounded(latency.p99))];
  }
  for (const [name, { lag }] of Object.entries(summary.groups)) yield [`${name} lag max`, String(lag.max)];
  for (const [name, { depth }] of Object.entries(summary.queues))
    yield [`${name} depth max`, String(depth.max)];
}
