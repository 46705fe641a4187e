const plainName = /^[A-Za-z0-9_-]+$/;

/** The path of what stands at `step` of a map at `path`; the outermost path is empty. */
export function below(path: string, step: string): string {
  return plainName.test(step) ? `${path && `${path}.`}${step}` : `${path}[${JSON.stringify(step)}]`;
}

/** A path into the summary as `simulate --json` prints it: `queues.payment.depth.max`, `queues["a.b"].depth.max`. */
export function pathOf(...steps: readonly string[]): string {
  return steps.reduce(below, "");
}

/** What stands at a path, by own properties alone: a name from a file may be `constructor`. */
export function dig(from: unknown, steps: readonly string[]): unknown {
  let at: unknown = from;
  for (const step of steps) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[step];
  }
  return at;
}
