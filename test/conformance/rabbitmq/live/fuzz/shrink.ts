import type { Scenario } from "../../../../../src/core/queue/scenario.ts";

/** Candidates that are played before a scenario counts as small enough. */
const playsMax = 150;

/** Smaller and smaller scenarios of which `differs` holds: parts are left out as long as it does. */
export async function shrink(
  scenario: Scenario,
  differs: (candidate: Scenario) => Promise<boolean>,
): Promise<Scenario> {
  let smallest = scenario;
  let plays = 0;
  const attempt = async (candidate: Scenario): Promise<boolean> => {
    if (plays++ >= playsMax || !(await differs(candidate))) return false;
    smallest = candidate;
    return true;
  };
  for (let before: Scenario | undefined; before !== smallest;) {
    before = smallest;
    for (const part of ["steps", "bindings", "queues", "exchanges"] as const)
      await withoutRanges<unknown>(smallest[part] ?? [], (left) => attempt({ ...smallest, [part]: left }));
    for (const part of ["queues", "exchanges", "bindings", "steps"] as const)
      for (const at of (smallest[part] ?? []).keys()) await simpler(smallest, part, at, attempt);
  }
  return smallest;
}

/** Leaves out halves, then quarters, down to single ones. */
async function withoutRanges<T>(
  all: readonly T[],
  attempt: (left: readonly T[]) => Promise<boolean>,
): Promise<void> {
  let left = all;
  for (let width = Math.ceil(all.length / 2); width >= 1; width = width === 1 ? 0 : Math.ceil(width / 2))
    for (let from = Math.max(0, left.length - width); ; from -= width) {
      const without = left.toSpliced(Math.max(0, from), width);
      if (without.length < left.length && (await attempt(without))) left = without;
      if (from <= 0) break;
    }
}

const optional = new Set(
  [
    "alternate args auto autoDelete bcc bytes cc channel count durable exclusive expiration headers id ids ifEmpty",
    "ifUnused internal mandatory multiple noAck persistent prefetch priority report requeue",
  ].flatMap((names) => names.split(" ")),
);

/** Leaves out what a part may be without: optional fields, arguments, all but one of many messages. */
async function simpler(
  scenario: Scenario,
  part: "queues" | "exchanges" | "bindings" | "steps",
  at: number,
  attempt: (candidate: Scenario) => Promise<boolean>,
): Promise<void> {
  let all = (scenario[part] ?? []) as unknown as readonly Readonly<Record<string, unknown>>[];
  const replace = async (changed: Readonly<Record<string, unknown>>): Promise<void> => {
    const candidate = all.with(at, changed);
    if (await attempt({ ...scenario, [part]: candidate })) all = candidate;
  };
  for (const field of Object.keys(all[at]!)) {
    const { op } = all[at]!;
    const needed =
      (field === "id" && (op === "publish" || op === "burst")) ||
      (field === "channel" && op === "closeChannel");
    if (needed || !optional.has(field)) continue;
    const { [field]: value, ...rest } = all[at]!;
    if (field === "args")
      for (const name of Object.keys(value as object)) {
        const { [name]: _, ...others } = all[at]![field] as Readonly<Record<string, unknown>>;
        await replace({ ...all[at]!, args: others });
      }
    else if (field === "count") {
      for (let count = 1; count < Number(value); count++) await replace({ ...all[at]!, count });
    } else await replace(rest);
  }
}
