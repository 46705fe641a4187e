import type { Summary } from "../core/run.ts";

type Percentiles = Summary["consumers"][string]["latency"];

/** What a person wants to know of a run, on one screen; `--json` has everything. */
export function report(summary: Summary): string {
  const lines = [headline(summary), ""];
  for (const [name, { sent, accepted, refused, unroutable }] of Object.entries(summary.producers))
    lines.push(
      `producer ${name}: ${sent} sent, ${accepted} accepted, ${refused} refused, ${unroutable} unroutable`,
    );
  for (const [name, { lag }] of Object.entries(summary.groups))
    lines.push(`group ${name}: lag ${round(lag.mean)} on average, ${lag.max} at most, ${lag.end} at the end`);
  for (const [name, { depth, unacked }] of Object.entries(summary.queues))
    lines.push(
      `queue ${name}: depth ${round(depth.mean)} on average, ${depth.max} at most, ${depth.end} at the end; ${unacked.max} unacked at most`,
    );
  for (const [name, consumer] of Object.entries(summary.consumers))
    lines.push(
      `consumer ${name}: ${consumer.processed} processed, ${round(consumer.throughput)}/s, ${percent(consumer.utilization)} busy; latency ${times(consumer.latency)}; wait ${times(consumer.wait)}${consumer.lowerBounds ? " (lower bounds: many are unfinished)" : ""}`,
    );
  const { totals } = summary;
  lines.push(
    "",
    `total: ${totals.sent} sent, ${totals.processed} processed, ${totals.unfinished} unfinished, ${totals.lost.broker + totals.lost.consumer} lost`,
  );
  for (const { metric, of, bound, during, actual, holds } of summary.expect) {
    const target =
      of === null
        ? ""
        : ` of ${Object.entries(of)
            .map(([kind, name]) => `${kind} ${name}`)
            .join()}`;
    const wanted = Object.entries(bound)
      .map(([kind, value]) => `${kind} ${String(value)}`)
      .join();
    const when = during === null ? "" : ` from ${during[0] / 1000} s to ${during[1] / 1000} s`;
    lines.push(
      `${holds ? "holds" : "FAILS"}: ${metric}${target}${when} ${wanted}, was ${actual === null ? "not measured" : round(actual)}`,
    );
  }
  return `${lines.map(printable).join("\n")}\n`;
}

function headline({ name, seed, calibration, stopped, window }: Summary): string {
  return `${name === "" ? "Topology" : name}: ${round((window.to - window.from) / 1000)} s counted, seed ${seed}, calibration ${calibration}, stopped by ${stopped}`;
}

function times({ mean, p50, p99, max }: Percentiles): string {
  if (mean === null || p50 === null || p99 === null || max === null) return "none";
  return `mean ${round(mean)} ms, p50 ${round(p50)}, p99 ${round(p99)}, max ${round(max)}`;
}

function round(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function percent(share: number): string {
  return `${round(share * 100)}%`;
}

/** Names come from the file; a terminal must not take them for commands. */
function printable(line: string): string {
  return line.replaceAll(/[\u0000-\u001f\u007f-\u009f]/gu, "\ufffd");
}
