import type { Bound, Expectation, ExpectationTarget } from "../model/expectation.ts";
import { readingsOf } from "../model/readings.ts";
import type { Topology } from "../model/topology.ts";
import { asWritten } from "../model/written-expectation.ts";
import type { ExpectationOutcome } from "../stats/result.ts";

type Things = Readonly<Record<string, object>>;

/** What an expectation is held against: the summary of a run, or of a part of it, in the same form. */
export type Measured = Readonly<
  Record<"producers" | "consumers" | "groups" | "queues" | "topics" | "exchanges", Things>
> & { readonly totals: object };

/** A part of the run that an expectation may speak of, ns. */
type TimeRange = NonNullable<Expectation["during"]>;

export interface MeasuredPart extends TimeRange {
  readonly summary: Measured;
}

export function sameRange(a: TimeRange, b: TimeRange): boolean {
  return a.from === b.from && a.to === b.to;
}

/** Holds each expectation of the file against the summary of a run, or of the part that it speaks of. */
export function evaluate(
  topology: Topology,
  whole: Measured,
  parts: readonly MeasuredPart[],
): ExpectationOutcome[] {
  return topology.expect.map((expectation) => {
    const { during } = expectation;
    const part = during === undefined ? undefined : parts.find((one) => sameRange(one, during));
    return outcome(expectation, topology, part === undefined ? whole : part.summary);
  });
}

function outcome(expectation: Expectation, topology: Topology, summary: Measured): ExpectationOutcome {
  const { metric, of, bound, span } = expectation;
  const actual =
    of === undefined ? overall(metric.text, summary) : valueOf(metric.text, of, topology, summary);
  return {
    ...asWritten(expectation),
    actual,
    interval: null,
    holds: actual !== null && holds(actual, bound),
    span,
  };
}

/** The run's total; else the worst (largest) value among all things that have the metric. */
function overall(metric: string, summary: Measured): number | null {
  const total = at(summary.totals, metric);
  if (total !== undefined) return total;
  const { producers, consumers, groups, queues, exchanges, topics } = summary;
  let worst: number | null = null;
  for (const things of [producers, consumers, groups, queues, exchanges, topics])
    for (const thing of Object.values(things)) {
      const value = at(thing, metric);
      if (value !== undefined && value !== null && (worst === null || value > worst)) worst = value;
    }
  return worst;
}

/** A consumer's lag is its group's, the largest where it has several; what it sent is what it sent on. */
function valueOf(
  metric: string,
  { kind, name: { text } }: ExpectationTarget,
  topology: Topology,
  summary: Measured,
): number | null {
  const things = {
    consumer: "consumers",
    producer: "producers",
    group: "groups",
    queue: "queues",
    topic: "topics",
    exchange: "exchanges",
  } as const;
  const thing = own(summary[things[kind]], text);
  const value = at(thing, metric) ?? at(thing, `sends.${metric}`);
  if (value !== undefined || kind !== "consumer") return value ?? null;
  const consumer = topology.consumers.get(text);
  const inputs = consumer === undefined ? [] : readingsOf(consumer);
  const values = inputs.flatMap(({ from }) =>
    from.kind === "log" ? (at(own(summary.groups, from.group.text), metric) ?? []) : [],
  );
  return values.length === 0 ? null : Math.max(...values);
}

/** The number at a dotted path; a level or a latency without a statistic means its mean. Counts of reasons that never occurred are 0. */
function at(thing: unknown, path: string): number | null | undefined {
  let value = thing;
  for (const step of path.split(".")) {
    if (typeof value !== "object" || value === null) return undefined;
    const next = own(value, step);
    if (
      next === undefined &&
      (path.startsWith("dropped.") || path.startsWith("deadLettered.")) &&
      value !== thing
    )
      return 0;
    value = next;
  }
  if (typeof value === "object" && value !== null) value = own(value, "mean") ?? sumOf(value);
  return typeof value === "number" || value === null ? value : undefined;
}

function sumOf(counts: object): number | undefined {
  const values: unknown[] = Object.values(counts);
  return values.every((value) => typeof value === "number")
    ? values.reduce((sum, value) => sum + value, 0)
    : undefined;
}

function own(thing: object | undefined, key: string): unknown {
  return thing !== undefined && Object.hasOwn(thing, key)
    ? (thing as Record<string, unknown>)[key]
    : undefined;
}

export function holds(actual: number, bound: Bound): boolean {
  switch (bound.kind) {
    case "equals":
      return actual === bound.value;
    case "below":
      return actual < bound.value;
    case "above":
      return actual > bound.value;
    case "within":
      return bound.low <= actual && actual <= bound.high;
  }
}
