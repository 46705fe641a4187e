import { allMetrics, findMetric } from "../model/metrics.ts";
import type { Metric } from "../model/metrics.ts";
import type { Bound, Expectation, ExpectationTarget, MetricUnit } from "../model/expectation.ts";
import type { Run } from "../model/topology.ts";
import { replace } from "../problems/catalogue.ts";
import { nearest } from "../text/nearest.ts";
import type { Name } from "../text/span.ts";
import { expectation as inWords, readQuantity } from "../text/units.ts";
import type { Unit } from "../text/units.ts";
import type { ReadContext } from "./read-context.ts";
import { at, describe, entriesOf, nameOf } from "./tree.ts";
import { quantityOf } from "./value-read.ts";
import type { MapTree, Tree } from "./tree.ts";

/** How a bound of each unit is written, and how many of the model's units make one of the metric's. */
const written: Readonly<Record<MetricUnit, { readonly unit: Unit; readonly per: number }>> = {
  ms: { unit: "duration", per: 1e6 },
  count: { unit: "count", per: 1 },
  share: { unit: "share", per: 1 },
  "per second": { unit: "rate", per: 1 },
  bytes: { unit: "size", per: 1 },
};

const confidenceDefault = 0.95;

const kinds: readonly ExpectationTarget["kind"][] = [
  "consumer",
  "producer",
  "group",
  "queue",
  "topic",
  "exchange",
];

export function readExpectations(tree: Tree | undefined, run: Run, context: ReadContext): Expectation[] {
  if (tree?.kind !== "list") return [];
  return tree.items.flatMap((item) =>
    item.kind === "map" ? (readExpectation(item, run, context) ?? []) : [],
  );
}

function readExpectation(map: MapTree, run: Run, context: ReadContext): Expectation | undefined {
  const name = nameOf(at(map, "metric"));
  const metric = name === undefined ? undefined : knownMetric(name, context);
  if (name === undefined || metric === undefined) return undefined;
  const ofTree = at(map, "of");
  const of = targetOf(ofTree);
  if (ofTree !== undefined && of === undefined) return undefined;
  if (of !== undefined && !metric.of.includes(of.kind)) {
    context.badValue(ofTree!.span, {
      key: "of",
      found: `\`${of.kind}: ${of.name.text}\``,
      reason: measuredOf(metric),
    });
    return undefined;
  }
  const bound = boundOf(map, metric, context);
  const during = at(map, "during");
  const range = during === undefined ? undefined : rangeOf(during, metric, of, run, context);
  if (bound === undefined || (during !== undefined && range === undefined)) return undefined;
  const confidence = confidenceOf(at(map, "confidence"), run, context);
  return { metric: name, unit: metric.unit, of, bound, during: range, confidence, span: map.span };
}

function confidenceOf(tree: Tree | undefined, { repeat }: Run, context: ReadContext): number {
  const share = quantityOf(tree, "share");
  if (tree === undefined || share === undefined) return confidenceDefault;
  const bad = (reason: string) =>
    context.badValue(tree.span, { key: "confidence", found: describe(tree), reason });
  if (share <= 0 || share >= 1) bad("it lies between 0 and 100%, both left out");
  else if (repeat < 2) bad("one run has no interval. Set `run.repeat` to 2 or more");
  else return share;
  return confidenceDefault;
}

/** Levels, rates, latencies and what applications count can be told of a part of the run. */
function rangeOf(
  tree: Tree,
  metric: Metric,
  of: ExpectationTarget | undefined,
  { duration }: Run,
  context: ReadContext,
): Expectation["during"] {
  const [from, to] = tree.kind === "list" ? tree.items.map((item) => quantityOf(item, "duration")) : [];
  if (from === undefined || to === undefined) return undefined;
  const bad = (reason: string) => {
    context.badValue(tree.span, { key: "during", found: "a part of the run", reason });
    return undefined;
  };
  if (!metric.partly || of?.kind === "exchange")
    return bad(`\`${metric.name}\` counts over the whole run. Delete \`during\``);
  if (from >= to) return bad("its first end is not before its second. Swap them");
  if (to > duration)
    return bad(`the run is over after ${duration / 1e9} s. End it earlier, or raise \`run.duration\``);
  return { from, to };
}

function measuredOf({ name, of }: Metric): string {
  return of.length === 0
    ? `\`${name}\` is measured over the whole run; delete \`of\``
    : `\`${name}\` is measured of a ${of.join(" or a ")}`;
}

function knownMetric(name: Name, context: ReadContext): Metric | undefined {
  const metric = findMetric(name.text);
  if (metric === undefined) {
    const near = nearest(
      name.text,
      allMetrics.map((known) => known.name),
    );
    const fixes =
      near === undefined || near.includes("REASON") ? [] : [replace(`Change to ${near}`, name.span, near)];
    context.badValue(
      name.span,
      {
        key: "metric",
        found: `\`${name.text}\``,
        reason: "no metric has this name",
        nearest: near ?? firstWith(name.text),
      },
      fixes,
    );
  }
  return metric;
}

/** For `latency.p95`: some metric of the same family. */
function firstWith(name: string): string | undefined {
  const family = name.split(".", 1)[0]!;
  return allMetrics.find((metric) => metric.name.startsWith(`${family}.`))?.name;
}

function targetOf(tree: Tree | undefined): ExpectationTarget | undefined {
  for (const { key, value } of entriesOf(tree)) {
    const kind = kinds.find((known) => known === key.text);
    const name = nameOf(value);
    if (kind !== undefined && name !== undefined) return { kind, name };
  }
  return undefined;
}

function boundOf(map: MapTree, metric: Metric, context: ReadContext): Bound | undefined {
  for (const kind of ["equals", "below", "above"] as const) {
    const tree = at(map, kind);
    if (tree === undefined) continue;
    const value = amount(kind, tree, metric, context);
    return value === undefined ? undefined : { kind, value };
  }
  const range = at(map, "within");
  if (range?.kind !== "list" || range.items.length !== 2) return undefined;
  const low = amount("within", range.items[0]!, metric, context);
  const high = amount("within", range.items[1]!, metric, context);
  if (low === undefined || high === undefined) return undefined;
  if (low > high) {
    context.badValue(range.span, {
      key: "within",
      found: "a range",
      reason: "its first end is above its second. Swap them",
    });
    return undefined;
  }
  return { kind: "within", low, high };
}

function amount(key: string, tree: Tree, metric: Metric, context: ReadContext): number | undefined {
  if (tree.kind !== "scalar" || (typeof tree.value !== "string" && typeof tree.value !== "number"))
    return undefined;
  const { unit, per } = written[metric.unit];
  // Means of counts are fractions.
  const plain =
    unit === "count" && typeof tree.value === "number" && tree.value >= 0 && Number.isFinite(tree.value);
  const value = plain ? tree.value : readQuantity(unit, tree.value);
  if (typeof value === "number") return value / per;
  context.badValue(tree.span, {
    key,
    found: describe(tree),
    reason: `\`${metric.name}\` is ${inWords(unit)}; ${value}`,
  });
  return undefined;
}
