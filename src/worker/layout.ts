import { Graph, layout } from "@dagrejs/dagre";
import type { Drawing, Extent, FromLayout, Placement, Point, ToLayout } from "../protocol/drawing.ts";

/** Arrows beyond these are given columns that are good, not the best. */
const mostWeighed = 200;

/** Scaled by less, letters of 11 pixels are hard to read. */
const legible = 9 / 11;

/** Places a drawing from left to right in the way of its arrows, or downwards where it could not be read otherwise. */
function place(drawing: Drawing): Placement {
  const across = placed(drawing, false);
  const { room } = drawing;
  if (room === undefined || scaleIn(room, across) >= legible) return across;
  const down = placed(drawing, true);
  return scaleIn(room, down) > scaleIn(room, across) ? down : across;
}

function scaleIn(room: Extent, { width, height }: Extent): number {
  return Math.min(1, room.width / width, room.height / height);
}

function placed({ boxes, arrows }: Drawing, down: boolean): Placement {
  const graph = new Graph({ multigraph: true });
  // The shortest arrows take a time that grows with the square of their number.
  const ranker = arrows.length > mostWeighed ? "tight-tree" : "network-simplex";
  const rankdir = down ? "TB" : "LR";
  graph.setGraph({ rankdir, nodesep: 18, edgesep: 12, ranksep: 22, marginx: 4, marginy: 4, ranker });
  graph.setDefaultEdgeLabel(() => ({}));
  boxes.forEach((box, number) => graph.setNode(String(number), { ...box }));
  arrows.forEach(({ from, to, label, weight }, number) => {
    graph.setEdge(String(from), String(to), { ...label, labelpos: "c", weight }, String(number));
  });
  layout(graph);
  const size = graph.graph() as { width?: number; height?: number };
  return {
    width: size.width ?? 0,
    height: size.height ?? 0,
    down,
    boxes: boxes.map((_, number) => at(graph.node(String(number)))),
    arrows: arrows.map(({ from, to }, number) => {
      const arrow = graph.edge(String(from), String(to), String(number)) as Partial<Point> & {
        points: readonly Point[];
      };
      return { points: arrow.points.map(at), label: at(arrow) };
    }),
  };
}

function at(placed: Partial<Point>): Point {
  return { x: placed.x ?? 0, y: placed.y ?? 0 };
}

export function answer({ number, drawing }: ToLayout): FromLayout {
  try {
    return { type: "placed", number, placement: place(drawing) };
  } catch (error) {
    return { type: "failed", number, message: error instanceof Error ? error.message : String(error) };
  }
}
