import type { Drawing, Extent, Placement, Point } from "../../../protocol/drawing.ts";
import { format } from "../../shared/format.ts";
import { fit, width } from "../../shared/name.tsx";
import { models } from "../result.ts";
import type { GraphEdge, Result } from "../result.ts";
import { box } from "./box.ts";
import type { Box } from "./box.ts";

export interface PlacedBox extends Box, Point {}

export interface PlacedEdge {
  readonly edge: GraphEdge;
  /** Its place in the graph. */
  readonly number: number;
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
  /** Whether the edges lead downwards, not to the right. */
  readonly down: boolean;
}

/** What is to be drawn, with its sizes. */
export interface Sketch {
  readonly boxes: readonly Box[];
  readonly edges: readonly SketchedEdge[];
}

interface SketchedEdge {
  readonly edge: GraphEdge;
  readonly number: number;
  readonly from: number;
  readonly to: number;
  readonly back: boolean;
  readonly texts: readonly string[];
  readonly width: number;
}

export const labelHeight = 13;
const labelWidth = 128;

export function sketch(result: Result, font: string): Sketch {
  const { graph } = result;
  const hues = models(graph);
  const boxes = graph.nodes.map((node) => box(node, hues.get(node.id), result));
  const numbers = new Map(graph.nodes.map(({ id }, number) => [id, number]));
  const edges = graph.edges.flatMap((edge, number): SketchedEdge[] => {
    const [from, to] = [numbers.get(edge.from), numbers.get(edge.to)];
    if (from === undefined || to === undefined) return [];
    const texts = labels(edge, font);
    const widest = Math.max(0, ...texts.map((line) => width(line, font)));
    return [{ edge, number, from, to, back: returns(boxes[from], boxes[to]), texts, width: widest + 10 }];
  });
  return { boxes, edges };
}

/** The sizes alone, for the layout; what leads back is turned round, so that it does not move its ends. */
export function drawingOf({ boxes, edges }: Sketch, room?: Extent): Drawing {
  return {
    ...(room && { room }),
    boxes: boxes.map(({ width, height }) => ({ width, height })),
    arrows: edges.map(({ from, to, back, texts, width }) => ({
      ...(back ? { from: to, to: from } : { from, to }),
      label: { width, height: texts.length * labelHeight },
      weight: back ? 0 : 4,
    })),
  };
}

export function placed({ boxes, edges }: Sketch, placement: Placement): Placed {
  const at = boxes.map((box, number): PlacedBox => ({ ...box, ...(placement.boxes[number] ?? corner) }));
  const most = Math.max(1, ...edges.map(({ edge }) => edge.messages || 0));
  return {
    width: placement.width,
    height: placement.height,
    down: placement.down,
    boxes: at,
    edges: edges.map(({ edge, number, from, to, back, texts, width }, index): PlacedEdge => {
      const { points = [], label = corner } = placement.arrows[index] ?? {};
      const [first, last] = back ? [at[to], at[from]] : [at[from], at[to]];
      const weight = 1 + (3 * Math.log1p(edge.messages || 0)) / Math.log1p(most);
      return {
        edge,
        number,
        back,
        path: curve(first, last, points, back, placement.down),
        label: { ...label, texts, width },
        weight,
      };
    }),
  };
}

const corner: Point = { x: 0, y: 0 };

/** Dead letters flow back to the column of the exchanges; drawn forward they would stretch the picture to twice its width. */
function returns(from: Box | undefined, to: Box | undefined): boolean {
  return from?.node.kind === "queue" && to?.node.kind === "exchange";
}

function labels({ label, messages }: GraphEdge, font: string): readonly string[] {
  // An edge that no run has seen yet has no number.
  const number = Number.isNaN(messages) ? "new" : messages === 0 ? "none" : format(messages, "count");
  return label === "" ? [number] : [fit(label, labelWidth, font), number];
}

/**
 * Leaves a box at its right side and enters the next at its left, level at both ends; where it leads `down`, the same with the
 * axes exchanged. `back` draws it the other way round.
 */
function curve(
  from: PlacedBox | undefined,
  to: PlacedBox | undefined,
  points: readonly Point[],
  back: boolean,
  down: boolean,
): string {
  if (!from || !to) return "";
  const turned = ({ x, y }: Point): Point => (down ? { x: y, y: x } : { x, y });
  const [half, breadth] = down
    ? [(box: Extent) => box.height / 2, to.width]
    : [(box: Extent) => box.width / 2, to.height];
  const [start, end] = [turned(from), turned(to)];
  const first: Point = { x: start.x + half(from), y: start.y };
  const last: Point = { x: end.x - half(to), y: end.y + (back ? breadth * 0.3 : 0) };
  const inner = points
    .slice(1, -1)
    .map(turned)
    .filter(({ x }) => x > first.x && x < last.x);
  const way = back ? [last, ...inner.toReversed(), first] : [first, ...inner, last];
  const at = (x: number, y: number): string => (down ? `${y} ${x}` : `${x} ${y}`);
  let path = "";
  let before: Point | undefined;
  for (const point of way) {
    const middle = before ? (before.x + point.x) / 2 : 0;
    path += before
      ? `C${at(middle, before.y)} ${at(middle, point.y)} ${at(point.x, point.y)}`
      : `M${at(point.x, point.y)}`;
    before = point;
  }
  return path;
}
