/** What the process answers with. */
export const exit = { well: 0, errors: 1, badUse: 2 } as const;
export type Exit = (typeof exit)[keyof typeof exit];

/** The command line itself is wrong; the usage helps. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
