import type uPlot from "uplot";
import { color } from "../../shared/theme.ts";
import { inWords } from "../events.tsx";
import { housekeeping } from "../playback/happened.ts";
import type { Result } from "../result.ts";

/** Something on the time axis. */
export interface Mark {
  /** Milliseconds. */
  readonly at: number;
  readonly word: string;
  /** It happened to single messages: dropped, expired, refused. */
  readonly small: boolean;
}

/** What of all that happened stands in no chart: how the brokers go about their work, and what is usual. */
const quiet = new Set([
  "rebalanceEnded",
  "requeued",
  "isrShrank",
  "isrExpanded",
  "readsFromFollower",
  "readsFromLeader",
  ...housekeeping,
  "coordinatorElected",
  "throttled",
]);

/** Faults, rebalances, elections and drops, in the order of time. */
export function marksOf({ occurrences }: Result): readonly Mark[] {
  const { rows, time, kind, kinds, ofMessages } = occurrences;
  const marks: Mark[] = [];
  for (let row = 0; row < rows; row++) {
    const name = kinds[kind[row]!] ?? "";
    if (quiet.has(name)) continue;
    const word = name === "rebalanceStarted" ? "rebalance" : inWords(name);
    marks.push({ at: time[row]! / 1e6, word, small: ofMessages.includes(name) });
  }
  return marks;
}

/** Lines with their names where there is room, from the pixel `room` on, and small triangles at the foot for what happened to single messages. */
export function drawMarks(chart: uPlot, marks: readonly Mark[], font: string, room: number): void {
  const { left, top, width, height } = chart.bbox;
  const pen = chart.ctx;
  const dot = devicePixelRatio;
  pen.save();
  pen.strokeStyle = color("color-mix(in srgb, var(--warn) 70%, transparent)");
  pen.font = font;
  pen.textBaseline = "bottom";
  pen.textAlign = "left";
  pen.lineWidth = dot;
  const [bad, dim] = [color("var(--bad)"), color("var(--dim)")];
  let [line, foot] = [-Infinity, -Infinity];
  for (const { at, word, small } of marks) {
    const x = Math.round(chart.valToPos(at, "x", true));
    if (x < left || x > left + width || x - (small ? foot : line) < 3 * dot) continue;
    pen.beginPath();
    if (small) {
      const y = top + height;
      pen.moveTo(x - 3 * dot, y);
      pen.lineTo(x + 3 * dot, y);
      pen.lineTo(x, y - 6 * dot);
      pen.fillStyle = bad;
      pen.fill();
      foot = x;
      continue;
    }
    pen.setLineDash([3 * dot, 3 * dot]);
    pen.moveTo(x, top);
    pen.lineTo(x, top + height);
    pen.stroke();
    line = x;
    const long = pen.measureText(word).width;
    const start = Math.min(x, left + width - long);
    if (start < room) continue;
    pen.fillStyle = dim;
    pen.fillText(word, start, top - 2 * dot);
    room = start + long + 8 * dot;
  }
  pen.restore();
}
