import type { Comparison, Outcome, ScenarioEvent, TraceStep } from "./scenario.ts";

/** The part of an outcome that `compare` promises, as recorded outcomes hold it: an outcome agrees when they are deeply equal. */
export function promisedView(outcome: Outcome, compare: Comparison = {}): unknown {
  const { name, trace = [], final } = outcome;
  const steps = trace.map((step, number) => stepView(step, number === trace.length - 1, compare));
  return {
    name,
    ...(compare.ignoreTrace !== true && { trace: steps }),
    final: finalView(final, compare.finalAs),
  };
}

function stepView(step: TraceStep, last: boolean, compare: Comparison): unknown {
  const { depths, events, ...rest } = step;
  const withDepths = compare.finalAs === undefined || compare.finalAs === "set";
  const shown = withDepths && (compare.depths !== "final-only" || last);
  return {
    ...rest,
    ...(events !== undefined && { events: eventsView(events, compare) }),
    ...(depths !== undefined && shown && { depths }),
  };
}

function eventsView(events: readonly ScenarioEvent[], compare: Comparison): readonly ScenarioEvent[] {
  let view = events;
  if (compare.confirmsAsSet === true) {
    const confirms = view.filter(({ ev }) => ev === "confirm").sort((a, b) => order(a.id ?? "", b.id ?? ""));
    view = [...view.filter(({ ev }) => ev !== "confirm"), ...confirms];
  }
  if (compare.deliverAs === "set")
    view = [...view].sort((a, b) => order(JSON.stringify(a), JSON.stringify(b)));
  return view;
}

function finalView(final: Outcome["final"], as: Comparison["finalAs"]): unknown {
  const queues = Object.entries(final);
  switch (as) {
    case "total":
      return { total: queues.reduce((sum, [, messages]) => sum + lengthOf(messages), 0) };
    case "counts":
      return Object.fromEntries(
        queues.map(([queue, messages]) => [
          queue,
          Array.isArray(messages) ? { count: messages.length } : messages,
        ]),
      );
    case "set":
      return Object.fromEntries(
        queues.map(([queue, messages]) => [
          queue,
          Array.isArray(messages) ? messages.toSorted((a, b) => order(a.id, b.id)) : messages,
        ]),
      );
    case undefined:
      return final;
  }
}

function lengthOf(messages: Outcome["final"][string]): number {
  return Array.isArray(messages) ? messages.length : 0;
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
