import {
  logOperations,
  resultFields,
  type LogOperation,
  type LogScenario,
  type LogStep,
} from "./log-scenario.ts";

/** Everything that a step can answer; what does not apply is left out. */
export interface LogAnswer {
  readonly results: Readonly<Record<string, unknown>>;
  readonly error?: string;
  /** The log after the step, with its records. */
  readonly after: Readonly<Record<string, unknown>>;
}

/** Steps that change nothing, after which nothing is told about the log where the file does not ask. */
const asking: readonly string[] = ["sleep", "read", "offsetForTimestamp", "endOffsetForEpoch"];

/**
 * Which results a file wants: those that its steps name, be they null. Of a result that no step of an operation names,
 * all get it, so that a file of arguments alone is answered in full.
 */
export class WantedResults {
  private readonly named = new Set<string>();

  constructor(scenarios: readonly LogScenario[]) {
    for (const { steps } of scenarios)
      for (const step of steps) {
        for (const field of Object.keys(step)) this.named.add(`${step.op} ${field}`);
        if ("after" in step) this.named.add("after");
        if (isObject(step["after"]) && "records" in step["after"]) this.named.add("records");
      }
  }

  /** The step as it was given, with the simulator's results. */
  fill(step: LogStep, { results, error, after }: LogAnswer): LogStep {
    const fields: readonly string[] = resultFields[step.op as LogOperation];
    const filled: Record<string, unknown> = {};
    for (const [field, value] of Object.entries(step)) {
      if (field === "after") filled["after"] = this.after(step, after);
      else if (field === "error") continue;
      else if (!fields.includes(field)) filled[field] = value;
      else if (field in results) filled[field] = results[field];
    }
    for (const [field, value] of Object.entries(results))
      if (!(field in filled) && (error !== undefined || !this.named.has(`${step.op} ${field}`)))
        filled[field] = value;
    if (error !== undefined) filled["error"] = error;
    if (!this.named.has("after") && !asking.includes(step.op)) filled["after"] = after;
    // The log after the step comes last.
    if ("after" in filled) {
      const last = filled["after"];
      delete filled["after"];
      filled["after"] = last;
    }
    return filled as LogStep;
  }

  private after({ after: given }: LogStep, after: LogAnswer["after"]): unknown {
    if (!isObject(given)) return after;
    const records = "records" in given || !this.named.has("records");
    if (records) return after;
    return Object.fromEntries(Object.entries(after).filter(([field]) => field !== "records"));
  }
}

export function isLogOperation(op: string): op is LogOperation {
  return logOperations.includes(op as LogOperation);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
