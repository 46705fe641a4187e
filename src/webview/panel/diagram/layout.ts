import { Graph as Drawing, layout } from "@dagrejs/dagre";
import { format } from "../../shared/format.ts";
import { fit, width } from "../../shared/name.tsx";
import { models } from "../result.ts";
import type { GraphEdge, Result } from "../result.ts";
import { box } from "./box.ts";
import type { Box } from "./box.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface PlacedBox extends Box, Point {}

export interface PlacedEdge {
  readonly edge: GraphEdge;
  /** Whether it leads back to an earlier column. */
  readonly back: boolean;
  readonly path: string;
  readonly label: Point & { readonly texts: readonly string[]; readonly width: number };
  /** Pixels. */
  readonly weight: number;
}

export interface Placed {
  readonly boxes: readonly PlacedBox[];
  readonly edges: readonly PlacedEdge[];
  readonly width: number;
  readonly height: number;
}

export const labelHeight = 13;
const labelWidth = 128;

/** Places the topology from left to right, in the way of the messages. */
export function arrange(result: Result, font: string): Placed {
  const { graph } = result;
  const drawing = new Drawing({ multigraph: true });
  drawing.setGraph({ rankdir: "LR", nodesep: 18, edgesep: 12, ranksep: 22, marginx: 4, marginy: 4 });
  drawing.setDefaultEdgeLabel(() => ({}));

  const hues = models(graph);
  const boxes = new Map(graph.nodes.map((node) => [node.id, box(node, hues.get(node.id), result)]));
  for (const [id, { width: w, height: h }] of boxes) drawing.setNode(id, { width: w, height: h });

  const drawn = graph.edges.filter(({ from, to }) => boxes.has(from) && boxes.has(to));
  const texts = drawn.map((edge) => labels(edge, font));
  drawn.forEach((edge, index) => {
    const lines = texts[index] ?? [];
    const size = {
      width: Math.max(0, ...lines.map((line) => width(line, font))) + 10,
      height: lines.length * labelHeight,
    };
    const back = returns(edge, boxes);
    const [from, to] = back ? [edge.to, edge.from] : [edge.from, edge.to];
    drawing.setEdge(from, to, { ...size, labelpos: "c", weight: back ? 0 : 4 }, String(index));
  });

  layout(drawing);

  const most = Math.max(1, ...drawn.map(({ messages }) => messages));
  const at = (id: string): PlacedBox | undefined => {
    const of = boxes.get(id);
    const { x, y } = drawing.node(id) as Point;
    return of && { ...of, x, y };
  };
  const edges = drawn.map((edge, index): PlacedEdge => {
    const back = returns(edge, boxes);
    const [v, w] = back ? [edge.to, edge.from] : [edge.from, edge.to];
    const placed = drawing.edge(v, w, String(index)) as {
      points: readonly Point[];
      x?: number;
      y?: number;
      width?: number;
    };
    const label = { x: placed.x ?? 0, y: placed.y ?? 0, width: placed.width ?? 0, texts: texts[index] ?? [] };
    const weight = 1 + (3 * Math.log1p(edge.messages)) / Math.log1p(most);
    return { edge, back, path: curve(at(v), at(w), placed.points, back), label, weight };
  });
  const size = drawing.graph() as { width?: number; height?: number };
  return {
    boxes: [...boxes.keys()].flatMap((id) => at(id) ?? []),
    edges,
    width: size.width ?? 0,
    height: size.height ?? 0,
  };
}

/** Dead letters flow back to the column of the exchanges; drawn forward they would stretch the picture to twice its width. */
function returns({ from, to }: GraphEdge, boxes: ReadonlyMap<string, Box>): boolean {
  return boxes.get(from)?.node.kind === "queue" && boxes.get(to)?.node.kind === "exchange";
}

function labels({ label, messages }: GraphEdge, font: string): readonly string[] {
  const number = messages === 0 ? "none" : format(messages, "count");
  return label === "" ? [number] : [fit(label, labelWidth, font), number];
}

/** Leaves a box at its right side and enters the next at its left, level at both ends. `back` draws it the other way round. */
function curve(
  from: PlacedBox | undefined,
  to: PlacedBox | undefined,
  points: readonly Point[],
  back: boolean,
): string {
  if (!from || !to) return "";
  const first: Point = { x: from.x + from.width / 2, y: from.y };
  const last: Point = { x: to.x - to.width / 2, y: to.y + (back ? to.height * 0.3 : 0) };
  const inner = points.slice(1, -1).filter(({ x }) => x > first.x && x < last.x);
  const way = back ? [last, ...inner.toReversed(), first] : [first, ...inner, last];
  let path = "";
  let before: Point | undefined;
  for (const point of way) {
    const middle = before && (before.x + point.x) / 2;
    path += before
      ? `C${middle} ${before.y} ${middle} ${point.y} ${point.x} ${point.y}`
      : `M${point.x} ${point.y}`;
    before = point;
  }
  return path;
}
