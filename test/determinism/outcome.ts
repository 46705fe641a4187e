import { summaryText, type Result } from "../../src/core/run.ts";
import type { FromWorker } from "../../src/protocol/run.ts";

/** All of a result in two texts: what `simulate --json` prints, and a digest of the columns that feed the panels. */
export interface Outcome {
  readonly json: string;
  readonly columns: string;
}

export function outcomeOf({ summary, series, trace, graph, events }: Result): Outcome {
  const { time, message, station, place, detail } = trace;
  const columns = [
    ...series.flatMap((line) => [line.time, line.mean, line.max]),
    time,
    message,
    station,
    place,
    detail,
  ];
  const rest = JSON.stringify([graph, events, trace.rows, trace.rowsDropped, trace.places]);
  return {
    json: summaryText(summary),
    columns: `${columns.map(digest).join(" ")} ${digest(new TextEncoder().encode(rest))}`,
  };
}

/** The last message of a worker's run. */
export function outcomeOfWorker(message: FromWorker): Outcome | undefined {
  if (message.type === "progress") return undefined;
  if (message.type === "done") return outcomeOf(message.result);
  throw new Error(message.type === "failed" ? message.message : "nobody cancelled this run");
}

/** FNV-1a of the bytes. The sign and payload of a NaN are the platform's own, so they are made equal first. */
function digest(column: Float64Array | Int32Array | Uint16Array | Uint8Array): string {
  const values = column instanceof Float64Array ? column.map((x) => (Number.isNaN(x) ? -1 : x)) : column;
  let hash = 0x811c9dc5;
  for (const byte of new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16);
}
