import type { Graph, GraphEdge, Result } from "../result.ts";

/** A run's result on the topology as the file says it now: what is new has no figures, what is gone is not drawn. */
export function asWritten(result: Result, { nodes, edges }: Graph): Result {
  const ran = new Set(result.graph.nodes.map(({ id }) => id));
  const counted = new Map(result.graph.edges.map((edge) => [keyOf(edge), edge.messages]));
  return {
    ...result,
    graph: {
      nodes: nodes.map((node) => (ran.has(node.id) ? node : { ...node, detail: `new · ${node.detail}` })),
      edges: edges.map((edge) => ({ ...edge, messages: counted.get(keyOf(edge)) ?? NaN })),
    },
  };
}

function keyOf({ from, to, label }: GraphEdge): string {
  return JSON.stringify([from, to, label]);
}
