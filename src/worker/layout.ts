import { Graph, layout } from "@dagrejs/dagre";
import type { Drawing, FromLayout, Placement, Point, ToLayout } from "../protocol/drawing.ts";

/** Arrows beyond these are given columns that are good, not the best. */
const mostWeighed = 200;

/** Places a drawing in columns, from left to right in the way of its arrows. */
function place({ boxes, arrows }: Drawing): Placement {
  const graph = new Graph({ multigraph: true });
  // The shortest arrows take a time that grows with the square of their number.
  const ranker = arrows.length > mostWeighed ? "tight-tree" : "network-simplex";
  graph.setGraph({ rankdir: "LR", nodesep: 18, edgesep: 12, ranksep: 22, marginx: 4, marginy: 4, ranker });
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
    boxes: boxes.map((_, number) => at(graph.node(String(number)))),
    arrows: arrows.map(({ from, to }, number) => {
      const placed = graph.edge(String(from), String(to), String(number)) as Partial<Point> & {
        points: readonly Point[];
      };
      return { points: placed.points.map(at), label: at(placed) };
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
