import type { Drawing, Placement } from "../../../protocol/drawing.ts";
import { format } from "../../shared/format.ts";
import { brief } from "../../shared/name.tsx";
import { drawingOf, labelHeight, placed, sketch } from "../diagram/layout.ts";
import type { Placed, PlacedEdge } from "../diagram/layout.ts";
import { models } from "../result.ts";
import type { Model, Result } from "../result.ts";
import { copied } from "./diagram.ts";
import { color, drawing, ink, label, shape } from "./drawing.ts";
import { modelFigures } from "./model-figures.ts";
import type { ModelFigure } from "./model-figures.ts";

export type Place = (drawing: Drawing) => Promise<Placement>;

const margin = 24;
const gap = 48;
const titleHeight = 68;
const headHeight = 30;
const row = 22;
/** A side that is longer leads downwards. */
const longest = { width: 1150, height: 1600 };
/** A side is at least as wide as its figures. */
const narrowest = 470;
const barWidth = 96;

const heads: Readonly<Record<Model, string>> = { log: "Log (Kafka)", queue: "Queues (RabbitMQ)" };

/** The log model and the queue model of a file beside each other, each laid out by itself, and under them what they are compared by. */
export async function modelsDrawing(result: Result, place: Place): Promise<SVGElement> {
  const [log, queue] = await Promise.all([side(result, "log", place), side(result, "queue", place)]);
  const widths = [log, queue].map(({ width }) => Math.max(width, narrowest));
  const height = Math.max(log.height, queue.height);
  const right = margin + widths[0]! + gap;
  const below = titleHeight + headHeight + height + 24;
  const figures = modelFigures(result);
  const { name, seed, window, repeat } = result.summary;
  const first = repeat ? ` · the first of ${repeat.runs} runs` : "";
  return drawing(
    right + widths[1]! + margin,
    below + figures.length * row + margin,
    label(brief(name || "Both models", 80), {
      x: margin,
      y: 32,
      "font-size": 16,
      "font-weight": 600,
      ...ink("fill", color("--fg")),
    }),
    label(`seed ${seed} · ${format(window.to, "duration")} simulated${first}`, {
      x: margin,
      y: 50,
      ...ink("fill", color("--dim")),
    }),
    ...head("log", margin, widths[0]!),
    ...head("queue", right, widths[1]!),
    moved(margin, titleHeight + headHeight + (height - log.height) / 2, drawn(log)),
    moved(right, titleHeight + headHeight + (height - queue.height) / 2, drawn(queue)),
    ...figures.flatMap((figure, index) => [
      ...told(figure, "log", margin, widths[0]!, below + index * row),
      ...told(figure, "queue", right, widths[1]!, below + index * row),
    ]),
  );
}

function head(model: Model, x: number, width: number): SVGElement[] {
  return [
    shape("rect", { x, y: titleHeight + 18, width, height: 2, ...ink("fill", color(`--${model}`)) }),
    label(heads[model], {
      x,
      y: titleHeight + 12,
      "font-size": 12,
      "font-weight": 600,
      ...ink("fill", color("--fg")),
    }),
  ];
}

/** What belongs to one model, laid out as if there were no other. */
async function side(result: Result, model: Model, place: Place): Promise<Placed> {
  const hues = models(result.graph);
  const own = (id: string): boolean => hues.get(id) === model;
  const nodes = result.graph.nodes.filter(({ id }) => own(id));
  if (nodes.length === 0) throw new Error("the file has only one of the two models");
  const edges = result.graph.edges.filter(({ from, to }) => own(from) && own(to));
  const font = `11px ${getComputedStyle(document.body).fontFamily}`;
  const plan = sketch({ ...result, graph: { nodes, edges } }, font);
  return placed(plan, await place(drawingOf(plan, longest)));
}

function moved(x: number, y: number, children: readonly SVGElement[]): SVGElement {
  return shape("g", { transform: `translate(${x} ${y})` }, ...children);
}

/** Nodes as they stand on the page. */
function drawn({ boxes, edges }: Placed): readonly SVGElement[] {
  const nodes = new Map(
    Array.from(document.querySelectorAll<SVGGElement>(".stage .node"), (node) => [
      node.dataset["node"],
      node,
    ]),
  );
  const arrows = document.querySelector(".stage svg defs");
  return [
    ...(arrows ? [copied(arrows)] : []),
    ...edges.map(way),
    ...boxes.map(({ node, x, y, width, height }) => {
      const found = nodes.get(node.id);
      if (!found) throw new Error("there is no diagram on the page");
      const copy = copied(found);
      copy.setAttribute("transform", `translate(${x - width / 2} ${y - height / 2})`);
      return copy;
    }),
    ...edges.flatMap(words),
  ];
}

function way({ edge, back, path, weight }: PlacedEdge): SVGElement {
  const dash = back ? "5 3" : edge.messages > 0 ? "" : "1.5 3";
  return shape("path", {
    d: path,
    fill: "none",
    "stroke-width": back ? 1 : weight,
    "marker-end": "url(#arrow)",
    ...(dash !== "" && { "stroke-dasharray": dash }),
    ...ink("stroke", color("--edge")),
  });
}

function words({ label: { x, y, width, texts } }: PlacedEdge): readonly SVGElement[] {
  const top = y - ((texts.length - 1) * labelHeight) / 2 + 4;
  return [
    shape("rect", {
      x: x - width / 2 + 2,
      y: top - 11,
      width: Math.max(0, width - 4),
      height: texts.length * labelHeight + 1,
      ...ink("fill", color("--bg")),
    }),
    ...texts.map((text, index) =>
      label(text, {
        x,
        y: top + index * labelHeight,
        "text-anchor": "middle",
        ...ink("fill", color("--dim")),
      }),
    ),
  ];
}

/** A row of one side: what, how much beside the other side, and the figure. */
function told(figure: ModelFigure, model: Model, x: number, width: number, y: number): readonly SVGElement[] {
  const value = figure[model];
  const most = Math.max(figure.log ?? 0, figure.queue ?? 0);
  const end = x + width;
  const bar = end - 84 - barWidth;
  const share = most > 0 && value !== null ? value / most : 0;
  return [
    shape("line", { x1: x, x2: end, y1: y - 15, y2: y - 15, ...ink("stroke", color("--grid")) }),
    label(figure.name, { x, y, ...ink("fill", color("--dim")) }),
    shape("rect", { x: bar, y: y - 8, width: barWidth, height: 8, rx: 4, ...ink("fill", color("--track")) }),
    ...(share > 0
      ? [
          shape("rect", {
            x: bar,
            y: y - 8,
            width: Math.max(3, share * barWidth),
            height: 8,
            rx: 4,
            ...ink("fill", color(`--${model}`)),
          }),
        ]
      : []),
    label(format(value, figure.as), { x: end, y, "text-anchor": "end", ...ink("fill", color("--fg")) }),
  ];
}
