import type { Result } from "../../src/core/stats/result.ts";
import { explained } from "./order-flow.ts";

/** Every name and text of a result, changed. */
export function renamed(result: Result, name: (was: string) => string): Result {
  const keys = <T>(
    of: Readonly<Record<string, T>>,
    change: (entry: T) => T = (entry) => entry,
  ): Record<string, T> =>
    Object.fromEntries(Object.entries(of).map(([key, entry]) => [name(key), change(entry)]));
  const { summary, graph, series } = result;
  return explained({
    ...result,
    summary: {
      ...summary,
      name: name(summary.name),
      calibration: name(summary.calibration),
      producers: keys(summary.producers),
      topics: keys(summary.topics),
      groups: keys(summary.groups, (group) => ({
        ...group,
        partitions: group.partitions.map((one) => ({ ...one, topic: name(one.topic) })),
      })),
      exchanges: keys(summary.exchanges),
      queues: keys(summary.queues, (queue) => ({
        ...queue,
        dropped: keys(queue.dropped),
        deadLettered: keys(queue.deadLettered),
      })),
      consumers: keys(summary.consumers),
      expect: summary.expect.map((one) => ({
        ...one,
        metric: name(one.metric),
        of: one.of && { group: name("fraud") },
      })),
      problems: [{ code: "limit", message: name("problem") }],
    },
    series: series.map((line) => ({ ...line, name: name(line.name) })),
    graph: {
      nodes: graph.nodes.map((node) => ({
        ...node,
        id: `${node.kind}:${name(node.name)}`,
        name: name(node.name),
        detail: name(node.detail),
      })),
      edges: graph.edges.map((edge) => ({
        ...edge,
        from: edge.from.replace(/:.*/s, (rest) => `:${name(rest.slice(1))}`),
        to: edge.to.replace(/:.*/s, (rest) => `:${name(rest.slice(1))}`),
        label: name(edge.label),
      })),
    },
  });
}
