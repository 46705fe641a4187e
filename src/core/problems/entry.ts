import type { Severity } from "./problem.ts";

/** What the catalogue holds of a code. */
export interface Entry<Arguments> {
  readonly severity: Severity;
  /** Names the thing, states the consequence, offers the next step. */
  readonly message: (args: Arguments) => string;
}

export const error = <Arguments>(message: (args: Arguments) => string): Entry<Arguments> => ({
  severity: "error",
  message,
});

export const warning = <Arguments>(message: (args: Arguments) => string): Entry<Arguments> => ({
  severity: "warning",
  message,
});

export const information = <Arguments>(message: (args: Arguments) => string): Entry<Arguments> => ({
  severity: "information",
  message,
});
