import type { ToPanel } from "../../protocol/panel.ts";

/** The run as it came from the host. */
export type Run = Extract<ToPanel, { type: "result" }>;
export type Result = Run["result"];
export type Summary = Result["summary"];
/** What matters of a run, in sentences. */
export type Finding = Result["findings"][number];
export type Mood = Finding["mood"];
/** A piece of a sentence: our words, a name or a text from the file, or a number. */
export type Piece = Finding["says"][number];
export type Series = Result["series"][number];
export type Metric = Series["metric"];
export type Graph = Result["graph"];
export type GraphNode = Graph["nodes"][number];
export type GraphEdge = Graph["edges"][number];
export type EntityKind = GraphNode["kind"];

/** The two broker models, each with a hue of its own everywhere. */
export type Model = "log" | "queue";

/** Offset of a name in the file, or -1 where it has none. */
export function place(graph: Graph, kind: EntityKind, name: string): number {
  return graph.nodes.find((node) => node.kind === kind && node.name === name)?.at ?? -1;
}

/** Which model each node belongs to: brokers' things by their kind, applications by what they touch first. */
export function models(graph: Graph): ReadonlyMap<string, Model> {
  const found = new Map<string, Model>();
  for (const { id, kind } of graph.nodes) {
    if (kind === "topic" || kind === "group") found.set(id, "log");
    if (kind === "exchange" || kind === "queue") found.set(id, "queue");
  }
  for (const { from, to } of graph.edges) {
    const model = found.get(from) ?? found.get(to);
    if (model === undefined) continue;
    if (!found.has(to)) found.set(to, model);
    if (!found.has(from)) found.set(from, model);
  }
  return found;
}
