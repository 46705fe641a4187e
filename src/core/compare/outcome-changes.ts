import type { NumberForm } from "../stats/finding.ts";
import type { EntityKind, Summary } from "../stats/result.ts";
import { dig } from "../stats/paths.ts";
import { sections, totals, type Better, type Figure } from "./figures.ts";

/** A thing of the topology. */
export interface Thing {
  readonly kind: EntityKind;
  readonly name: string;
}

/** A figure that two runs differ in. */
export interface OutcomeChange {
  /** Undefined for a figure of the whole run. */
  readonly of: Thing | undefined;
  readonly name: string;
  readonly as: NumberForm;
  /** Null where the run has no such value. */
  readonly before: number | null;
  readonly after: number | null;
  readonly verdict: "better" | "worse" | "other";
  /** Both are means of several runs, and their intervals overlap: it may be chance. */
  readonly chance: boolean;
  /** The larger, the more it matters. */
  readonly rank: number;
}

/** What two runs measured differently, what matters most first. */
export function outcomeChanges(before: Summary, after: Summary): readonly OutcomeChange[] {
  const changes = [...changed(before, after, ["totals"], undefined, totals)];
  for (const section of sectionNames) {
    const { kind, figures } = sections[section];
    for (const name of Object.keys(after[section]))
      if (Object.hasOwn(before[section], name))
        changes.push(...changed(before, after, [section, name], { kind, name }, figures));
  }
  return changes.sort((a, b) => b.rank - a.rank);
}

/** What only one of two runs has. */
export function comers(before: Summary, after: Summary): readonly Thing[] {
  return sectionNames.flatMap((section) =>
    Object.keys(after[section])
      .filter((name) => !Object.hasOwn(before[section], name))
      .map((name) => ({ kind: sections[section].kind, name })),
  );
}

const sectionNames = Object.keys(sections) as (keyof typeof sections)[];

/** Less than this share of the larger value is no news. */
const notable = 0.01;

/** The few that a line has room for: one of each thing, each of another figure. */
export function headlines(changes: readonly OutcomeChange[], most: number): readonly OutcomeChange[] {
  const told: OutcomeChange[] = [];
  const said = new Set<string>();
  for (const change of changes) {
    const [thing, word] = [JSON.stringify(change.of ?? null), change.name.split(" ", 1)[0]!];
    if (change.chance || told.length === most || share(change.before, change.after) < notable) continue;
    if (said.has(thing) || said.has(word)) continue;
    said.add(thing).add(word);
    told.push(change);
  }
  return told;
}

function* changed(
  before: Summary,
  after: Summary,
  path: readonly string[],
  of: Thing | undefined,
  figures: readonly Figure[],
): Iterable<OutcomeChange> {
  for (const { name, at, byReason, as, better, weight } of figures) {
    const steps = [...path, ...at];
    for (const reason of byReason ? reasons(dig(before, steps), dig(after, steps)) : [undefined]) {
      const measured = (summary: Summary) =>
        reason === undefined ? figureAt(summary, steps) : figureAt(summary, [...steps, reason], 0);
      const change = compared(measured(before), measured(after), better);
      if (change === undefined) continue;
      const rank = weight * share(change.before, change.after);
      yield { of, name: reason === undefined ? name : `${name} (${reason})`, as, ...change, rank };
    }
  }
}

function reasons(...counts: readonly unknown[]): ReadonlySet<string> {
  return new Set(counts.flatMap((count) => Object.keys(count ?? {})));
}

function compared(
  was: Measured | undefined,
  is: Measured | undefined,
  better: Better,
): Pick<OutcomeChange, "before" | "after" | "verdict" | "chance"> | undefined {
  if (was === undefined || is === undefined || was.value === is.value) return undefined;
  const verdict =
    better === "neither" || was.value === null || is.value === null
      ? "other"
      : is.value < was.value === (better === "less")
        ? "better"
        : "worse";
  const chance = was.low <= is.high && is.low <= was.high;
  return { before: was.value, after: is.value, verdict, chance };
}

interface Measured {
  readonly value: number | null;
  /** Of several runs' mean; of a single run nothing overlaps. */
  readonly low: number;
  readonly high: number;
}

/** `otherwise` where the run has no place for it. */
function figureAt(summary: Summary, steps: readonly string[], otherwise?: number): Measured | undefined {
  const over = summary.repeat?.figures[steps.join(".")];
  if (over !== undefined) return { value: over.mean, low: over.low, high: over.high };
  const found = dig(summary, steps);
  const value = found === undefined ? otherwise : found;
  return typeof value === "number" || value === null ? { value, low: Infinity, high: -Infinity } : undefined;
}

/** How much of the larger value the change is. */
function share(before: number | null, after: number | null): number {
  if (before === null || after === null) return 1;
  const most = Math.max(Math.abs(before), Math.abs(after));
  return most === 0 ? 0 : Math.min(1, Math.abs(after - before) / most);
}
