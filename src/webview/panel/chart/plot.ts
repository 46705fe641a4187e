import uPlot from "uplot";
import { color } from "../../shared/theme.ts";
import { ticks } from "../../shared/ticks.ts";
import { stroke } from "./lines.ts";
import type { Format } from "../../shared/format.ts";
import type { Line, MetricChoice } from "./lines.ts";
import { drawMarks } from "./marks.ts";
import type { Mark } from "./marks.ts";

/** One key for all charts of the page: a cursor in one is a cursor in each. */
const shared = uPlot.sync("time");

/** Steps of the time axis, ms: 1, 2 and 5 below a second, then as people count seconds, minutes, hours and days. */
const timeSteps: readonly number[] = [
  ...[1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100].flatMap((unit) => [unit, 2 * unit, 5 * unit]),
  ...[1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 21_600, 43_200, 86_400].map(
    (seconds) => seconds * 1000,
  ),
  ...[2, 7, 28, 182, 364].map((days) => days * 86_400_000),
];

/** Where tens are no round numbers, the steps that are. */
const steps: Partial<Readonly<Record<Format, readonly number[]>>> = {
  duration: timeSteps,
  bytes: Array.from({ length: 50 }, (_, power) => 2 ** power),
};

/** Pixels between times: the longer a label of them, the fewer there are. */
function roomOfTimes(_: uPlot, __: number, min: number, max: number, width: number): number {
  const rough = ((max - min) * 64) / Math.max(1, width);
  const step = timeSteps.find((one) => one >= rough) ?? rough;
  const last = Math.floor(max / step) * step;
  return Math.max(64, 24 + 6 * (ticks([last - step, last], "duration")[1]?.length ?? 0));
}

export interface PlotOf {
  readonly columns: Columns;
  readonly lines: readonly Line[];
  readonly choice: MetricChoice;
  /** Milliseconds: the end of the warm-up and of the run. */
  readonly window: { readonly from: number; readonly to: number };
  readonly marks: readonly Mark[];
  readonly onCursor: (index: number | undefined) => void;
}

/** Buckets are drawn at their middle, since what they hold is of their whole length. */
function middles(time: Float64Array): number[] {
  const half = time.length > 1 ? ((time[1] ?? 0) - (time[0] ?? 0)) / 2 : 0;
  return Array.from(time, (at) => at + half);
}

const gaps = (values: Float64Array): (number | null)[] =>
  Array.from(values, (value) => (Number.isFinite(value) ? value : null));

/** Bands from mean to maximum say how rough a bucket was; of many lines they would only make fog. */
const mostBands = 4;

/** Times, then mean and maximum of each line in turn. */
export type Columns = readonly [
  times: readonly number[],
  ...values: (readonly (number | null | undefined)[])[],
];

export function columns(lines: readonly Line[]): Columns {
  const tables = lines.map(({ series }): uPlot.AlignedData => [
    middles(series.time),
    gaps(series.mean),
    gaps(series.max),
  ]);
  return (tables.length === 0 ? [[]] : uPlot.join(tables)) as unknown as Columns;
}

export function plot(of: PlotOf, target: HTMLElement, width: number, height: number): uPlot {
  const dim = color("var(--dim)");
  const grid = color("var(--grid)");
  const shade = color("var(--shade)");
  const font = `11px ${getComputedStyle(document.body).fontFamily}`;
  const small = font.replace("11px", `${10 * devicePixelRatio}px`);
  const banded = of.choice.peaks && of.lines.filter(({ earlier }) => !earlier).length <= mostBands;

  const series: uPlot.Series[] = [{}];
  const bands: uPlot.Band[] = [];
  of.lines.forEach((line, index) => {
    const look = stroke(line);
    const ink = color(look.color);
    series.push({
      stroke: ink,
      width: look.width,
      dash: [...look.dash],
      points: { show: false },
    });
    series.push({ show: banded && !line.earlier, stroke: "transparent", width: 0, points: { show: false } });
    if (banded && !line.earlier)
      bands.push({
        series: [index * 2 + 2, index * 2 + 1],
        fill: color(`color-mix(in srgb, ${look.color} 16%, transparent)`),
      });
  });

  const [times] = of.columns;
  const first = times[0] ?? 0;
  const last = times[times.length - 1] ?? 0;
  const axis: uPlot.Axis = { stroke: dim, font, ticks: { show: false }, grid: { stroke: grid, width: 1 } };
  return new uPlot(
    {
      width,
      height,
      series,
      bands,
      legend: { show: false },
      // To the right, half of the longest time.
      padding: [14, 28, 0, 0],
      scales: {
        // Untouched, the axis covers the whole run, also where nothing was recorded.
        x: {
          time: false,
          range: (_, min, max) => (min === first && max === last ? [0, of.window.to] : [min, max]),
        },
        y: { range: (_, __, max) => uPlot.rangeNum(0, max > 0 ? max : 1, 0.08, true) },
      },
      axes: [
        {
          ...axis,
          size: 26,
          space: roomOfTimes,
          grid: { show: false },
          incrs: [...timeSteps],
          values: (_, at) => [...ticks(at, "duration")],
        },
        {
          ...axis,
          size: 58,
          space: 26,
          ...(steps[of.choice.as] && { incrs: [...steps[of.choice.as]!] }),
          values: (_, at) => [...ticks(at, of.choice.as)],
        },
      ],
      cursor: {
        sync: { key: shared.key, scales: ["x", null] },
        points: { size: 7, width: 1.5 },
        focus: { prox: -1 },
        y: false,
        drag: { x: true, y: false },
      },
      hooks: {
        drawClear: [(chart) => shadeWarmup(chart, of.window.from, shade, dim, small)],
        draw: [(chart) => drawMarks(chart, of.marks, small, warmupEnd(chart, of.window.from, small))],
        setCursor: [(chart) => of.onCursor(chart.cursor.idx ?? undefined)],
      },
    },
    of.columns as unknown as uPlot.AlignedData,
    target,
  );
}

/** The pixel at which the word for the warm-up ends. */
function warmupEnd({ ctx, bbox }: uPlot, until: number, font: string): number {
  if (until <= 0) return -Infinity;
  ctx.font = font;
  return bbox.left + ctx.measureText("warm-up").width + 8 * devicePixelRatio;
}

function shadeWarmup(chart: uPlot, until: number, shade: string, ink: string, font: string): void {
  if (until <= 0) return;
  const { left, top, width, height } = chart.bbox;
  const from = Math.max(left, chart.valToPos(0, "x", true));
  const to = Math.min(left + width, chart.valToPos(until, "x", true));
  if (to <= from) return;
  const pen = chart.ctx;
  pen.save();
  pen.fillStyle = shade;
  pen.fillRect(from, top, to - from, height);
  pen.fillStyle = ink;
  pen.font = font;
  pen.textBaseline = "bottom";
  pen.textAlign = "left";
  pen.fillText("warm-up", from, top - 2 * devicePixelRatio);
  pen.restore();
}

/** Zooms all charts about the cursor, by a factor; 0 shows the whole run. */
export function zoom(chart: uPlot, factor: number): void {
  const { min = 0, max = 0 } = chart.scales["x"] ?? {};
  const { left = 0 } = chart.cursor;
  const about = left >= 0 ? chart.posToVal(left, "x") : (min + max) / 2;
  for (const one of shared.plots) {
    const [times] = one.data;
    const [first = 0, last = 0] = [times[0], times[times.length - 1]];
    const from = Math.max(first, about - (about - min) * factor);
    const to = Math.min(last, about + (max - about) * factor);
    one.setScale("x", factor === 0 || to <= from ? { min: first, max: last } : { min: from, max: to });
  }
}

/** Moves the cursor to a bucket, as the pointer would. */
export function point(chart: uPlot, index: number): void {
  const times = chart.data[0];
  const at = Math.min(times.length - 1, Math.max(0, index));
  // The third parameter publishes to the other charts; the library's types leave it out.
  const move = chart.setCursor as (
    to: { left: number; top: number },
    tell: boolean,
    publish: boolean,
  ) => void;
  move({ left: chart.valToPos(times[at] ?? 0, "x"), top: chart.over.clientHeight / 2 }, true, true);
}
