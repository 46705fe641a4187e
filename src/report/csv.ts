import type { Result } from "../core/index.ts";

const nanosPerMilli = 1e6;

/** What a spreadsheet would take for a formula; with an apostrophe in front it stays text. */
const formula = /^[=+\-@\t\r\n＝＋－＠]/u;

/** A field as RFC 4180 has it; some spreadsheets take semicolons and tabs for the separator. */
function field(value: string | number): string {
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "";
  const text = formula.test(value) ? `'${value}` : value;
  return /[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function lines(rows: Iterable<readonly (string | number)[]>): string {
  let text = "";
  for (const row of rows) text += `${row.map(field).join(",")}\r\n`;
  return text;
}

/** Every series of a run, a row for each bucket: start in ms, what it is of, mean and maximum; empty where there is no value. */
export function seriesCsv({ series }: Result): string {
  return lines(seriesRows(series));
}

function* seriesRows(series: Result["series"]): Iterable<readonly (string | number)[]> {
  yield ["time_ms", "of", "name", "metric", "mean", "max"];
  for (const { of, name, metric, part, time, mean, max } of series) {
    const what = part === undefined ? metric : `${metric} ${part}`;
    for (let bucket = 0; bucket < time.length; bucket++)
      yield [time[bucket]!, of, name, what, mean[bucket]!, max[bucket]!];
  }
}

/** Every step of the traced messages in the order of time; `number` is a partition, an instance, a broker or a node. */
export function messagesCsv({ trace }: Result): string {
  return lines(messageRows(trace));
}

function* messageRows(trace: Result["trace"]): Iterable<readonly (string | number)[]> {
  yield ["message", "time_ms", "station", "kind", "name", "number", "detail"];
  for (let row = 0; row < trace.rows; row++) {
    const { kind, name, number } = trace.places[trace.place[row]!]!;
    yield [
      trace.message[row]!,
      trace.time[row]! / nanosPerMilli,
      trace.stations[trace.station[row]!]!,
      kind,
      name,
      number ?? "",
      detailOf(trace, row),
    ];
  }
}

/** Texts have numbers from here on. */
const firstText = 2 ** 30;

/** How a message was lost, or else the text or the number that the step goes with. */
function detailOf(
  { detail, station, stations, losses, texts }: Result["trace"],
  row: number,
): string | number {
  const value = detail[row]!;
  const loss = stations[station[row]!] === "lost" ? losses[value] : undefined;
  if (loss !== undefined) return loss.fault === null ? loss.says : `${loss.says}; ${loss.fault.says}`;
  return value >= firstText ? (texts[value - firstText] ?? value) : value;
}
