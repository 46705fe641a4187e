import type { Problem } from "../problems/problem.ts";
import type { Name, Span } from "../text/span.ts";
import { ReadContext } from "./read-context.ts";
import { rangeValues } from "./sweep-range.ts";
import { at, describe, entriesOf, textOf } from "./tree.ts";
import type { MapTree, ScalarTree, Tree } from "./tree.ts";
import { quantityOf } from "./value-read.ts";

/** More runs than that are a night's work, and most likely a mistake. */
const pointsMax = 1000;
/** Each value is read with the whole file around it: beyond so many characters in all the others wait for the run. */
const checkedMax = 500_000;

interface Axis {
  readonly path: Name;
  readonly span: Span;
  readonly values: readonly AxisValue[];
}

interface AxisValue {
  /** As it is written. */
  readonly label: string;
  readonly tree: Tree;
}

/** The file with one value for each path of its sweep. */
export interface SweptTree {
  readonly tree: Tree;
  readonly values: Readonly<Record<string, string>>;
}

/** What is wrong with a sweep: its ranges, its paths, and each value where it would stand. `problemsOf` reads a file. */
export function sweepProblems(
  tree: Tree | undefined,
  text: string,
  problemsOf: (tree: Tree) => readonly Problem[],
): Problem[] {
  const context = new ReadContext();
  const sweep = at(tree, "sweep");
  const axes = axesOf(sweep, text, context);
  const points = axes.reduce((product, { values }) => product * values.length, 1);
  if (points > pointsMax)
    context.rule(sweep!.span, `The sweep has ${points} points; ${pointsMax} is the most. Take values out.`);
  const found: Problem[] = [];
  let budget = checkedMax;
  for (const { path, span, values } of axes)
    for (const value of values) {
      const swept = withValue(tree!, path.text, value.tree, path);
      if (swept === undefined) {
        context.badValue(path.span, {
          key: "sweep",
          found: `\`${path.text}\``,
          reason:
            "no part of the file stands there. A path names the keys from the top of the file on, `producers.shop.rate` for one",
        });
        break;
      }
      budget -= text.length;
      if (budget < 0) break;
      for (const problem of problemsOf(swept))
        if (span.start <= problem.span.start && problem.span.end <= span.end) found.push(problem);
    }
  return [...context.problems, ...found];
}

/** Each combination of the sweep's values, the last path's changing first; none for a file without a sweep. */
export function sweptTrees(tree: Tree | undefined, text: string): SweptTree[] {
  const axes = axesOf(at(tree, "sweep"), text, new ReadContext());
  if (tree === undefined || axes.length === 0) return [];
  let swept: SweptTree[] = [{ tree, values: {} }];
  for (const { path, values } of axes)
    swept = swept.flatMap((one) =>
      values.flatMap((value) => {
        const changed = withValue(one.tree, path.text, value.tree, path);
        return changed === undefined
          ? []
          : { tree: changed, values: { ...one.values, [path.text]: value.label } };
      }),
    );
  return swept;
}

function axesOf(sweep: Tree | undefined, text: string, context: ReadContext): Axis[] {
  return [...entriesOf(sweep)].flatMap(({ key, value }) => {
    const span = { start: key.span.start, end: value.span.end };
    if (value.kind === "list") {
      const values = value.items.map((tree) => ({ label: labelOf(tree, text), tree }));
      return values.length === 0 ? [] : { path: key, span, values };
    }
    const values = value.kind === "map" ? rangeOf(value, context) : [];
    return values.length === 0 ? [] : { path: key, span, values };
  });
}

function labelOf(tree: Tree, text: string): string {
  return tree.kind === "scalar" ? tree.source : text.slice(tree.span.start, tree.span.end);
}

function rangeOf(map: MapTree, context: ReadContext): AxisValue[] {
  const from = textOf(at(map, "from"));
  const to = textOf(at(map, "to"));
  const steps = quantityOf(at(map, "steps"), "count");
  if (from === undefined || to === undefined || steps === undefined || steps < 2) return [];
  const scale = textOf(at(map, "scale")) === "log" ? "log" : "linear";
  const values =
    steps > pointsMax ? `${pointsMax} steps are the most` : rangeValues({ from, to, steps, scale });
  if (typeof values !== "string") return values.map((label) => ({ label, tree: scalarOf(label, map.span) }));
  context.badValue(map.span, { key: "sweep", found: describe(map), reason: values });
  return [];
}

function scalarOf(source: string, span: Span): ScalarTree {
  const number = Number(source);
  return { kind: "scalar", value: Number.isNaN(number) ? source : number, source, span };
}

/** The tree with a value at a path; undefined where the path leads past what cannot hold anything. */
function withValue(tree: Tree, path: string, value: Tree, axis: Name, holder = ""): Tree | undefined {
  if (tree.kind === "list") {
    const [index = "", ...rest] = path.split(".");
    const item = /^\d+$/u.test(index) ? tree.items[Number(index)] : undefined;
    if (item === undefined) return undefined;
    const changed = rest.length === 0 ? value : withValue(item, rest.join("."), value, axis);
    return changed === undefined
      ? undefined
      : { ...tree, items: tree.items.map((one) => (one === item ? changed : one)) };
  }
  if (tree.kind === "scalar") return undefined;
  // Names and settings may hold dots: the longest that leads on is meant.
  const keys = [...tree.entries.keys()]
    .filter((key) => path === key || path.startsWith(`${key}.`))
    .sort((a, b) => b.length - a.length);
  for (const key of keys) {
    const entry = tree.entries.get(key)!;
    const rest = path.slice(key.length + 1);
    const changed = rest === "" ? value : withValue(entry.value, rest, value, axis, key);
    if (changed !== undefined)
      return { ...tree, entries: new Map(tree.entries).set(key, { ...entry, value: changed }) };
  }
  // What is not there is put there: a key, or a setting of a broker, whose names have dots.
  if (keys.length > 0 || (path.includes(".") && holder !== "config")) return undefined;
  const entry = { key: { text: path, span: axis.span }, value };
  return { ...tree, entries: new Map(tree.entries).set(path, entry) };
}
