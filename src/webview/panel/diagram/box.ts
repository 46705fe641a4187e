import { format, plural } from "../../shared/format.ts";
import type { GraphNode, Model, Result } from "../result.ts";

/** What stands in a node of the diagram under its name. Amounts are of one scale, `of`, wherever they are compared. */
export type Line =
  | { readonly kind: "text"; readonly text: string }
  | {
      readonly kind: "log";
      readonly label: string;
      readonly start: number;
      readonly read: number;
      readonly end: number;
      readonly of: number;
    }
  | {
      readonly kind: "level";
      readonly end: number;
      readonly mean: number;
      readonly max: number;
      readonly of: number;
    }
  | { readonly kind: "curve"; readonly values: readonly number[] }
  | { readonly kind: "busy"; readonly label: string; readonly share: number }
  | { readonly kind: "state"; readonly label: string; readonly text: string; readonly bad: boolean };

export interface Box {
  readonly node: GraphNode;
  readonly model: Model | undefined;
  readonly lines: readonly Line[];
  readonly width: number;
  readonly height: number;
}

/** Rows beyond these are told in a line of text. */
const mostRows = 8;
export const pad = 12;
export const head = 28;
export const lineHeight: Readonly<Record<Line["kind"], number>> = {
  text: 16,
  log: 13,
  level: 14,
  curve: 24,
  busy: 14,
  state: 14,
};
const widths: Readonly<Record<GraphNode["kind"], number>> = {
  producer: 118,
  exchange: 138,
  queue: 172,
  topic: 196,
  group: 178,
  consumer: 164,
};

export function box(node: GraphNode, model: Model | undefined, result: Result): Box {
  const lines = contents[node.kind](node, result);
  const height = head + lines.reduce((sum, { kind }) => sum + lineHeight[kind], 0) + 10;
  return { node, model, lines, width: widths[node.kind], height };
}

type Contents = (node: GraphNode, result: Result) => readonly Line[];
const text = (...parts: readonly string[]): Line => ({
  kind: "text",
  text: parts.filter((part) => part !== "").join(" · "),
});

const contents: Readonly<Record<GraphNode["kind"], Contents>> = {
  producer({ name, detail }, { summary }) {
    const sent = summary.producers[name]?.sent;
    return [text(detail), ...(sent === undefined ? [] : [text(`${format(sent, "count")} sent`)])];
  },

  exchange({ detail }) {
    return [text(detail)];
  },

  queue({ name, detail }, { summary }) {
    const queue = summary.queues[name];
    if (!queue) return [text(detail)];
    const of = Math.max(1, ...Object.values(summary.queues).map(({ depth }) => depth.max));
    const { max, mean, end } = queue.depth;
    return [
      { kind: "level", max, mean, end, of },
      text(`max ${format(max, "count")}`, `end ${format(end, "count")}`),
    ];
  },

  topic({ name, detail }, { summary }) {
    const partitions = summary.topics[name]?.partitions ?? [];
    const of = Math.max(1, ...partitions.map(({ logEnd }) => logEnd));
    const read = slowest(name, summary.groups);
    const rows = partitions.slice(0, mostRows).map(({ partition, logStart, logEnd }): Line => {
      return {
        kind: "log",
        label: `p${partition}`,
        start: logStart,
        read: read.get(partition) ?? logStart,
        end: logEnd,
        of,
      };
    });
    const more = partitions.length - rows.length;
    return [...rows, text(more > 0 ? `and ${more} more` : "", detail)];
  },

  group({ name }, { summary, series }) {
    const group = summary.groups[name];
    if (!group) return [];
    const lag = series.find((line) => line.of === "group" && line.name === name && line.metric === "lag");
    const curve: readonly Line[] = lag && group.lag.max > 0 ? [{ kind: "curve", values: [...lag.mean] }] : [];
    return [
      ...curve,
      text(`lag max ${format(group.lag.max, "count")}`, `end ${format(group.lag.end, "count")}`),
    ];
  },

  consumer({ name, detail }, { summary }) {
    const consumer = summary.consumers[name];
    if (!consumer) return [text(detail)];
    const { instances, utilization } = consumer;
    const busy = (label: string, share: number): Line => ({ kind: "busy", label, share });
    if (instances.length > 1 && instances.length <= mostRows)
      return instances.map((one) => busy(String(one.instance), one.utilization));
    return [
      busy("", utilization),
      ...(instances.length > 1 ? [text(`${instances.length} ${plural(instances.length, "instance")}`)] : []),
    ];
  },
};

/** How far the slowest group has read each partition of a topic. */
function slowest(topic: string, groups: Result["summary"]["groups"]): ReadonlyMap<number, number> {
  const read = new Map<number, number>();
  for (const { partitions } of Object.values(groups))
    for (const at of partitions)
      if (at.topic === topic)
        read.set(at.partition, Math.min(at.committed, read.get(at.partition) ?? Infinity));
  return read;
}

/** The node in a sentence, for those who do not see it. */
export function spoken({ lines }: Box): string {
  const said = lines.flatMap((line) => {
    if (line.kind === "text") return [line.text];
    if (line.kind === "busy")
      return [`${line.label === "" ? "" : `instance ${line.label}: `}busy ${format(line.share, "share")}`];
    if (line.kind === "state") return [`${line.label === "" ? "" : `instance ${line.label}: `}${line.text}`];
    if (line.kind === "log") return [`partition ${line.label.slice(1)}: read to ${line.read} of ${line.end}`];
    return [];
  });
  return said.join(", ");
}
