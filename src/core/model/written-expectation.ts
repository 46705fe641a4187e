import type { Bound, Expectation } from "./expectation.ts";

/** An expectation as a file has it and a result tells it again; times are milliseconds. */
export interface WrittenExpectation {
  readonly metric: string;
  readonly of: Readonly<Record<string, string>> | null;
  readonly bound: Readonly<Record<string, number | readonly number[]>>;
  /** The part of the run that counts; null for all of it. */
  readonly during: readonly [from: number, to: number] | null;
}

const nanosPerMilli = 1e6;

export function asWritten({ metric, of, bound, during }: Expectation): WrittenExpectation {
  return {
    metric: metric.text,
    of: of === undefined ? null : { [of.kind]: of.name.text },
    bound: boundAsWritten(bound),
    during: during === undefined ? null : [during.from / nanosPerMilli, during.to / nanosPerMilli],
  };
}

function boundAsWritten(bound: Bound): Record<string, number | readonly number[]> {
  return bound.kind === "within" ? { within: [bound.low, bound.high] } : { [bound.kind]: bound.value };
}
