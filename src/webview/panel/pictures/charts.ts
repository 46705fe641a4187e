import { format } from "../../shared/format.ts";
import { brief } from "../../shared/name.tsx";
import { color as resolve } from "../../shared/theme.ts";
import { ticks } from "../../shared/ticks.ts";
import { choices, lines, stroke } from "../chart/lines.ts";
import type { Line, MetricChoice } from "../chart/lines.ts";
import type { Result } from "../result.ts";
import { color, drawing, ink, label, shape } from "./drawing.ts";

const width = 760;
const plot = { left: 64, right: 24, top: 30, height: 180 };
const row = 16;
const across = width - plot.left - plot.right;

/** The charts that are chosen on the page, one below the other, each with its legend. */
export function chartsDrawing(result: Result): SVGElement {
  const chosen = new Set(
    Array.from(document.querySelectorAll<HTMLInputElement>(".switcher input:checked"), ({ value }) => value),
  );
  const parts: SVGElement[] = [];
  let top = 8;
  for (const choice of choices.flat())
    if (chosen.has(choice.metric)) {
      const drawn = lines(result, choice.metric);
      parts.push(shape("g", { transform: `translate(0 ${top})` }, ...chart(result, choice, drawn)));
      top += plot.top + plot.height + 36 + drawn.length * row;
    }
  if (parts.length === 0) throw new Error("there is no chart on the page");
  return drawing(width, top, ...parts);
}

function chart(result: Result, choice: MetricChoice, drawn: readonly Line[]): SVGElement[] {
  const { from: warm, to } = result.summary.window;
  const { most, steps } = scale(peak(drawn));
  const x = (time: number): number => plot.left + (across * time) / to;
  const y = (value: number): number => plot.top + plot.height * (1 - value / most);
  const bottom = plot.top + plot.height;
  const times = timeSteps(to);
  const [amounts, moments] = [ticks(steps, choice.as), ticks(times, "duration")];
  return [
    label(choice.name, { x: plot.left, y: 18, "font-weight": 600, ...ink("fill", color("--fg")) }),
    ...(warm > 0
      ? [
          shape("rect", {
            x: plot.left,
            y: plot.top,
            width: x(warm) - plot.left,
            height: plot.height,
            ...ink("fill", color("--shade")),
          }),
        ]
      : []),
    ...steps.flatMap((value, index) => [
      shape("line", {
        x1: plot.left,
        x2: width - plot.right,
        y1: y(value),
        y2: y(value),
        ...ink("stroke", color("--grid")),
      }),
      dim(amounts[index] ?? "", { x: plot.left - 8, y: y(value) + 4, "text-anchor": "end" }),
    ]),
    ...times.map((time, index) =>
      dim(moments[index] ?? "", {
        x: x(time),
        y: bottom + 16,
        "text-anchor": "middle",
      }),
    ),
    ...drawn.map((line) => curve(line, x, y)),
    ...drawn.flatMap((line, index) => legend(line, choice, bottom + 34 + index * row)),
  ];
}

function curve(line: Line, x: (time: number) => number, y: (value: number) => number): SVGElement {
  const { time, mean } = line.series;
  const half = time.length > 1 ? (time[1]! - time[0]!) / 2 : 0;
  let path = "";
  let drawing = false;
  time.forEach((at, bucket) => {
    const value = mean[bucket]!;
    if (Number.isFinite(value))
      path += `${drawing ? "L" : "M"}${x(at + half).toFixed(1)} ${y(value).toFixed(1)}`;
    drawing = Number.isFinite(value);
  });
  return shape("path", { d: path, fill: "none", "stroke-width": 1.6, ...look(line) });
}

function legend(line: Line, { as, peaks }: MetricChoice, y: number): SVGElement[] {
  const { mean, max } = line.series;
  const largest = (peaks ? max : mean).reduce((most, value) => (value > most ? value : most), -Infinity);
  const told = Number.isFinite(largest) ? `highest ${format(largest, as)}` : "";
  return [
    shape("line", {
      x1: plot.left,
      x2: plot.left + 20,
      y1: y - 4,
      y2: y - 4,
      "stroke-width": 2,
      ...look(line),
    }),
    label(brief(line.series.name, 60), { x: plot.left + 28, y, ...ink("fill", color("--fg")) }),
    dim(told, { x: width - plot.right, y, "text-anchor": "end" }),
  ];
}

function look(line: Line): Readonly<Record<string, string | number>> {
  const { color: of, dash } = stroke(line);
  return { ...ink("stroke", resolve(of)), ...(dash.length > 0 && { "stroke-dasharray": dash.join(" ") }) };
}

const dim = (text: string, at: Readonly<Record<string, string | number>>): SVGElement =>
  label(text, { ...at, ...ink("fill", color("--dim")) });

function peak(drawn: readonly Line[]): number {
  let most = 0;
  for (const { series } of drawn)
    for (const value of series.mean) if (Number.isFinite(value) && value > most) most = value;
  return most;
}

/** Round steps from 0 to above the largest value. */
function scale(largest: number): { readonly most: number; readonly steps: readonly number[] } {
  const step = round((largest > 0 ? largest : 1) / 4);
  const count = Math.max(1, Math.ceil((largest * 1.04) / step));
  return { most: count * step, steps: Array.from({ length: count + 1 }, (_, index) => index * step) };
}

/** The least of 1, 2 and 5 times a power of ten that is not below. */
function round(rough: number): number {
  const unit = 10 ** Math.floor(Math.log10(rough));
  return ([1, 2, 5].find((step) => step * unit >= rough) ?? 10) * unit;
}

const second = 1000;
const rounds = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 21_600, 43_200, 86_400];

function timeSteps(to: number): readonly number[] {
  const rough = to / 8;
  const step =
    rough < second
      ? round(rough)
      : (rounds.find((some) => some * second >= rough) ?? 0) * second || round(rough);
  return Array.from({ length: Math.floor(to / step) + 1 }, (_, index) => index * step);
}
