import type { Format } from "../../shared/format.ts";
import { models } from "../result.ts";
import type { Model, Result } from "../result.ts";

/** A figure that both models have, of all that belongs to each; null where it has none. */
export interface ModelFigure {
  readonly name: string;
  readonly as: Format;
  readonly log: number | null;
  readonly queue: number | null;
}

/** What the two models of a file are compared by. */
export function modelFigures(result: Result): readonly ModelFigure[] {
  const [log, queue] = [figuresOf(result, "log"), figuresOf(result, "queue")];
  return log.map(({ name, as, value }, row) => ({ name, as, log: value, queue: queue[row]!.value }));
}

interface Figure {
  readonly name: string;
  readonly as: Format;
  readonly value: number | null;
}

function figuresOf({ graph, summary }: Result, model: Model): readonly Figure[] {
  const hues = models(graph);
  const own = <T>(kind: string, of: Readonly<Record<string, T>>): readonly T[] =>
    Object.entries(of).flatMap(([name, entry]) => (hues.get(`${kind}:${name}`) === model ? [entry] : []));
  const consumers = own("consumer", summary.consumers);
  const groups = own("group", summary.groups);
  const queues = own("queue", summary.queues);
  const exchanges = own("exchange", summary.exchanges);
  const sum = <T>(of: readonly T[], value: (one: T) => number): number =>
    of.reduce((all, one) => all + value(one), 0);
  const counted = (by: Readonly<Record<string, number>> = {}): number => sum(Object.values(by), (one) => one);
  const most = (values: readonly (number | null)[]): number | null =>
    values.reduce((all, one) => (one === null || (all !== null && all >= one) ? all : one), null);
  const left =
    sum(groups, ({ expiredUnread, dropped }) => expiredUnread + counted(dropped)) +
    sum(queues, ({ expired, dropped }) => expired + counted(dropped)) +
    sum(exchanges, ({ unroutable }) => unroutable);
  return [
    { name: "throughput", as: "rate", value: sum(consumers, ({ throughput }) => throughput) },
    {
      name: "latency p50, slowest consumer",
      as: "duration",
      value: most(consumers.map(({ latency }) => latency.p50)),
    },
    {
      name: "latency p99, slowest consumer",
      as: "duration",
      value: most(consumers.map(({ latency }) => latency.p99)),
    },
    {
      name: "longest backlog (lag or depth)",
      as: "count",
      value: most([...groups.map(({ lag }) => lag.max), ...queues.map(({ depth }) => depth.max)]),
    },
    { name: "busiest consumer", as: "share", value: most(consumers.map(({ utilization }) => utilization)) },
    { name: "processed", as: "count", value: sum(consumers, ({ processed }) => processed) },
    { name: "delivered again", as: "count", value: sum(consumers, ({ redelivered }) => redelivered) },
    { name: "duplicates", as: "count", value: sum(consumers, ({ duplicates }) => duplicates) },
    { name: "dropped, expired, unroutable or deleted unread", as: "count", value: left },
  ];
}
