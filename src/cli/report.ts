import type { Finding, Summary } from "../core/run.ts";
import { rounded } from "./rounded.ts";
import { whyLines } from "./why.ts";

type Percentiles = Summary["consumers"][string]["latency"];
type Level = Summary["queues"][string]["depth"];

const happeningsMax = 20;

/** What a person wants to know of a run, on one screen; `--json` has everything. */
export function report(summary: Summary, findings: readonly Finding[]): string {
  const shown = figures(summary);
  const lines = [headline(summary), ""];
  for (const [name, producer] of Object.entries(summary.producers)) {
    const { sent, accepted, refused, unroutable, answered, unanswered, roundTrip } = producer;
    const of = (figure: string, value: number) => shown(`producers.${name}.${figure}`, value);
    lines.push(
      `producer ${name}: ${of("sent", sent)} sent, ${of("accepted", accepted)} accepted, ${of("refused", refused)} refused, ${of("unroutable", unroutable)} unroutable`,
    );
    if (roundTrip !== undefined)
      lines.push(
        `requests of ${name}: ${of("answered", answered!)} answered, ${of("unanswered", unanswered!)} unanswered; round trip ${times(`producers.${name}.roundTrip`, roundTrip, shown)}`,
      );
  }
  for (const [name, { lag }] of Object.entries(summary.groups))
    lines.push(
      `group ${name}: lag ${level(`groups.${name}.lag`, lag, shown)}; the oldest unread ${shown(`groups.${name}.lag.time.max`, rounded(lag.time.max))} ms old at most`,
    );
  for (const [name, { depth, unacked }] of Object.entries(summary.queues))
    lines.push(
      `queue ${name}: depth ${level(`queues.${name}.depth`, depth, shown)}; ${shown(`queues.${name}.unacked.max`, unacked.max)} unacked at most`,
    );
  for (const [name, consumer] of Object.entries(summary.consumers)) {
    const path = `consumers.${name}`;
    const { processed, throughput, utilization, latency, wait } = consumer;
    lines.push(
      `consumer ${name}: ${shown(`${path}.processed`, processed)} processed, ${shown(`${path}.throughput`, rounded(throughput))}/s, ${shown(`${path}.utilization`, rounded(utilization * 100), 100)}% busy; latency ${times(`${path}.latency`, latency, shown)}; wait ${times(`${path}.wait`, wait, shown)}${consumer.lowerBounds ? " (lower bounds: many are unfinished)" : ""}`,
    );
    if (consumer.windows !== undefined) {
      const { closed, messages, late, lost, open } = consumer.windows;
      const of = (figure: string, value: number) => shown(`${path}.windows.${figure}`, value);
      lines.push(
        `windows of ${name}: ${of("closed", closed)} closed with ${of("messages", messages)} messages, ${of("open", open)} in open ones, ${of("late", late)} too late, ${of("lost", lost)} lost`,
      );
    }
    if (consumer.join !== undefined) {
      const { pairs, joined, expired, lost, waiting } = consumer.join;
      const of = (figure: string, value: number) => shown(`${path}.join.${figure}`, value);
      lines.push(
        `join of ${name}: ${of("pairs", pairs)} pairs of ${of("joined", joined)} messages, ${of("expired", expired)} without a partner, ${of("waiting", waiting)} waiting, ${of("lost", lost)} lost`,
      );
    }
    if (consumer.changelog !== undefined) {
      const { written, restores, read, longest } = consumer.changelog;
      const of = (figure: string, value: number) => shown(`${path}.changelog.${figure}`, value);
      lines.push(
        `changelog of ${name}: ${of("written", written)} written, ${of("restores", restores)} tasks restored from ${of("read", read)} records, the longest in ${of("longest", rounded(longest))} ms`,
      );
    }
  }
  const why = whyLines(findings);
  if (why.length > 0) lines.push("", ...why);
  lines.push(...happenings(summary));
  const { totals } = summary;
  lines.push(
    "",
    `total: ${shown("totals.sent", totals.sent)} sent, ${shown("totals.processed", totals.processed)} processed, ${shown("totals.unfinished", totals.unfinished)} unfinished, ${totals.lost.broker + totals.lost.consumer} lost`,
  );
  for (const { metric, of, bound, during, actual, interval, holds } of summary.expect) {
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
      `${holds ? "holds" : "FAILS"}: ${metric}${target}${when} ${wanted}, was ${measured(actual, interval)}`,
    );
  }
  return `${lines.map(printable).join("\n")}\n`;
}

/** What happened, as far as it fits; `--json` has more. */
function happenings({ occurrences: { count, first } }: Summary): string[] {
  if (count === 0) return [];
  const shown = first.slice(0, happeningsMax);
  const lines = shown.map(
    ({ at, message, rule }) =>
      `at ${rounded(at / 1000)} s ${message}${rule.startsWith("timeline") || message.includes(rule) ? "" : ` (${rule})`}`,
  );
  if (count > shown.length) lines.push(`and ${count - shown.length} more`);
  return ["", ...lines];
}

type Shown = (path: string, value: number, times?: number) => string;

/** A figure of one run as it is; of several the mean, and how far its interval reaches. */
function figures({ repeat }: Summary): Shown {
  return (path, value, times = 1) => {
    const over = repeat?.figures[path];
    if (over === undefined) return String(value);
    return plusMinus(over.mean * times, over.high * times);
  };
}

function plusMinus(mean: number, high: number): string {
  return `${rounded(mean)} ± ${Number((high - mean).toPrecision(2))}`;
}

function measured(actual: number | null, interval: Summary["expect"][number]["interval"]): string {
  if (actual === null) return "not measured";
  return interval === null ? String(rounded(actual)) : plusMinus(actual, interval.high);
}

function headline({ name, seed, calibration, stopped, window, repeat }: Summary): string {
  const seconds = rounded((window.to - window.from) / 1000);
  const runs =
    repeat === undefined
      ? `seed ${seed}`
      : `${repeat.runs} runs, seeds ${seed} to ${seed + repeat.runs - 1}, means ± ${repeat.confidence * 100}% intervals`;
  return `${name === "" ? "Topology" : name}: ${seconds} s counted, ${runs}, calibration ${calibration}, stopped by ${stopped}`;
}

function level(path: string, { mean, max, end }: Level, shown: Shown): string {
  return `${shown(`${path}.mean`, rounded(mean))} on average, ${shown(`${path}.max`, max)} at most, ${shown(`${path}.end`, end)} at the end`;
}

function times(path: string, { mean, p50, p99, max }: Percentiles, shown: Shown): string {
  if (mean === null || p50 === null || p99 === null || max === null) return "none";
  const of = (figure: string, value: number) => shown(`${path}.${figure}`, rounded(value));
  return `mean ${of("mean", mean)} ms, p50 ${of("p50", p50)}, p99 ${of("p99", p99)}, max ${of("max", max)}`;
}

/** Names come from the file; a terminal must not take them for commands, nor turn the line around for them. */
export function printable(line: string): string {
  return line.replaceAll(
    /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu,
    "\ufffd",
  );
}
