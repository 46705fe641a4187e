import type { Finding, Piece } from "../stats/finding.ts";
import type { OccurrenceKind } from "../stats/occurrence-kinds.ts";
import type { LevelSummary, Series } from "../stats/result.ts";
import { type Happened, type RecordedRun, told, whence } from "./recorded-run.ts";
import { count, say, share, time } from "./sentence.ts";

type Pieces = readonly Piece[];

/** From here on a consumer is what its messages wait for. */
const saturated = 0.9;
/** A backlog below this comes by chance alone. */
const noticeable = 20;

/** A level that ends near its maximum, of a size that chance alone seldom reaches, has not been worked off. */
const piled = ({ max, end }: LevelSummary): boolean => max >= 100 && end >= 0.8 * max;

/** The longest lag and the deepest queue, when it was, and what let it grow; and each that was never worked off. */
export function* backlogs(run: RecordedRun): Iterable<Finding> {
  const { groups, queues } = run.summary;
  yield* worst(run, "groups", groups, "lag", "Group {} fell behind by {lag.max|message}");
  yield* worst(run, "queues", queues, "depth", "{depth.max|message} waited in queue {}");
  const held = Object.entries(queues).filter(
    ([, { depth, unacked }]) => unacked.max > depth.max + noticeable,
  );
  yield* worst(
    run,
    "queues",
    Object.fromEntries(held),
    "unacked",
    "{unacked.max|message} of queue {} lay with its consumers, delivered and unacked",
  );
}

function* worst<Metric extends "lag" | "depth" | "unacked">(
  run: RecordedRun,
  section: "groups" | "queues",
  things: Readonly<Record<string, Readonly<Record<Metric, LevelSummary>>>>,
  metric: Metric,
  sentence: string,
): Iterable<Finding> {
  const levelOf = (thing: Readonly<Record<Metric, LevelSummary>>): LevelSummary => thing[metric];
  const sorted = Object.entries(things).sort(([, a], [, b]) => levelOf(b).max - levelOf(a).max);
  for (const [rank, [name, thing]] of sorted.entries()) {
    const level = levelOf(thing);
    const stays = piled(level);
    if (level.max === 0 || rank > 2 || (rank > 0 && !stays)) continue;
    const kind = section === "groups" ? "group" : "queue";
    const series = run.series(kind, name, metric);
    const rise = series && riseOf(series, run.summary.window.from);
    const cause =
      level.max < noticeable || rise === undefined ? undefined : faultBefore(run, `${kind}:${name}`, rise);
    const why =
      level.max < noticeable || rise === undefined
        ? []
        : cause === undefined
          ? loadOf(run, `${kind}:${name}`, name, rise)
          : ["; at ", time(cause.at), " ", told(cause)];
    yield {
      kind: "backlog",
      mood: stays ? "warn" : "note",
      says: [
        ...say(thing, [section, name], sentence),
        ...(rise === undefined ? [] : [" at ", time(rise.peak)]),
        ...why,
        ...(stays ? say(thing, [section, name], `; {${metric}.end} were left when the run ended`) : []),
        ".",
      ],
      ...whence(
        `${kind}:${name}`,
        cause?.at ?? rise?.peak,
        (cause && run.origin(cause)) ?? run.span(kind, name),
      ),
    };
  }
}

/** When a level began to grow to its peak, and when it was there; ms. */
interface Rise {
  readonly series: Series;
  readonly since: number;
  readonly peak: number;
  /** How exact these times are. */
  readonly width: number;
  readonly by: number;
}

function riseOf(series: Series, from: number): Rise | undefined {
  const { time, mean, max } = series;
  let peak = -1;
  for (let bucket = 0; bucket < max.length; bucket++)
    if (time[bucket]! >= from && (peak < 0 || max[bucket]! > max[peak]!)) peak = bucket;
  if (peak < 0) return undefined;
  let since = peak;
  while (since > 0 && mean[since]! > max[peak]! / 20) since--;
  const width = (time[1] ?? 0) - (time[0] ?? 0);
  return { series, since: time[since]!, peak: time[peak]!, width, by: max[peak]! - mean[since]! };
}

const harms: readonly OccurrenceKind[] = [
  "crashed",
  "stopped",
  "restarted",
  "slowed",
  "rateChanged",
  "scaled",
  "isolated",
  "nodePaused",
  "nodeLost",
  "evicted",
  "rebalanceStarted",
  "leaderResigned",
  "queueUnavailable",
  "connectionLost",
  "channelTimedOut",
  "consumerTimedOut",
  "replayed",
  "throttled",
  "alarmRaised",
  // What had waited for these comes all at once.
  "brokerFenced",
  "leaderElected",
  "queueAvailable",
  "connectionRecovered",
];

/** A backlog that grew no more than so many times as fast after something as for as long without it did not grow for that. */
const sameGrowth = 1.5;

/**
 * What befell the way to a node, or its readers, while its backlog grew: of what the timeline did that after which it grew most, and
 * faster than else; of other things the first.
 */
function faultBefore(run: RecordedRun, node: string, rise: Rise): Happened | undefined {
  const { series, since, peak, width } = rise;
  const concerned = run.concerns(node);
  const near = run.happened.filter(
    ({ at, kind, where, detail }) =>
      harms.includes(kind) &&
      at >= since - Math.max(2 * width, (peak - since) / 10) &&
      at <= peak + width &&
      !((kind === "slowed" || kind === "rateChanged") && detail <= 1) &&
      concerned(where),
  );
  const planned = near.filter(({ rule }) => rule.startsWith("timeline"));
  if (planned.length === 0) return near[0];
  let worst: Happened | undefined;
  let most = 0;
  const end = Math.max(peak, planned.at(-1)!.at) + width;
  for (const [index, one] of planned.entries()) {
    const until = planned[index + 1]?.at ?? end;
    const after = growth(series, one.at, until);
    const [lasts, others] = [until - one.at, end - since - (until - one.at)];
    const isFaster = others < lasts || after / lasts > (sameGrowth * (rise.by - after)) / others;
    if (after > most && isFaster) [worst, most] = [one, after];
  }
  return worst;
}

/** By how much a level grew from one time, ms, to its highest until another one. */
function growth({ time, mean, max }: Series, from: number, until: number): number {
  const first = Math.max(
    0,
    time.findLastIndex((start) => start <= from),
  );
  let top = 0;
  for (let bucket = first; bucket < max.length && time[bucket]! <= until; bucket++)
    top = Math.max(top, max[bucket]!);
  return top - mean[first]!;
}

/** Who had more to do than a day has hours: all readers of a node, or one of their instances alone. */
function loadOf(run: RecordedRun, node: string, name: string, rise: Rise): Pieces {
  for (const reader of run.readersOf(node)) {
    const of = run.summary.consumers[reader];
    if (of === undefined) continue;
    if (of.utilization >= saturated)
      return say(of, ["consumers", reader], "; {} was busy {utilization:share} of the time");
    const hot = of.instances.toSorted((a, b) => b.utilization - a.utilization)[0];
    if (hot === undefined || hot.utilization < saturated) continue;
    return [
      `; instance ${hot.instance} of `,
      { name: reader },
      " was busy ",
      share(hot.utilization),
      ...say(of, ["consumers", reader], " of the time, all of them {utilization:share}"),
      ...hottest(run, name),
    ];
  }
  const { since, peak, width, by } = rise;
  const growth = (1000 * by) / (peak + width - since);
  const readers = run.readersOf(node);
  const finished = readers
    .map((reader) => run.series("consumer", reader, "throughput"))
    .reduce((sum, series) => sum + (series === undefined ? 0 : meanOver(series, since, peak)), 0);
  // What comes and goes by chance has no reason.
  if (growth < finished / 5) return [];
  const rate = (value: number): Piece => ({ value, as: "rate" });
  return [
    "; from ",
    time(since),
    " on it grew by ",
    rate(growth),
    ...(readers.some((reader) => run.inputsOf(reader).length > 1)
      ? []
      : [" while ", rate(finished), " were finished"]),
  ];
}

function meanOver({ time, mean }: Series, from: number, to: number): number {
  const values = mean.filter((_, bucket) => time[bucket]! >= from && time[bucket]! <= to);
  return values.reduce((sum, value) => sum + value, 0) / (values.length || 1);
}

function hottest(run: RecordedRun, group: string): Pieces {
  const of = run.summary.groups[group];
  if (of === undefined || of.partitions.length < 2) return [];
  const sorted = of.partitions.toSorted((a, b) => b.lag.max - a.lag.max);
  const { topic, partition, lag } = sorted[0]!;
  if (lag.max < 2 * (sorted[1]?.lag.max ?? 0)) return [];
  return [`; partition ${partition} of `, { name: topic }, " alone was behind by ", count(lag.max)];
}

/** The station that had most to do: an instance of a consumer, or all of them. */
export function* bottleneck(run: RecordedRun): Iterable<Finding> {
  const stations = Object.entries(run.summary.consumers).flatMap(([name, of]) =>
    of.instances.map((one) => ({ name, of, one })),
  );
  const all = stations.toSorted(
    (a, b) => b.one.utilization - a.one.utilization || b.of.utilization - a.of.utilization,
  );
  const [first] = all;
  if (first === undefined || first.one.utilization === 0) return;
  const { name, of, one } = first;
  const full = one.utilization >= saturated;
  const uneven =
    of.instances.length > 1 &&
    of.utilization < (full ? Math.min(saturated, one.utilization) : 0.8 * one.utilization);
  const at = ["consumers", name];
  const how = uneven
    ? [
        `, whose instance ${one.instance} was at work `,
        share(one.utilization),
        " of the time",
        ...say(of, at, " and all of them {utilization:share}"),
      ]
    : say(of, at, ", at work {utilization:share} of the time");
  const rest = full ? say(of, at, "; it finished {throughput:rate}") : [];
  const metric = run.series("consumer", name, "utilization");
  const rise = metric && riseOf(metric, run.summary.window.from);
  yield {
    kind: "bottleneck",
    mood: full ? "warn" : "note",
    says: [
      full ? "The bottleneck was " : "The busiest consumer was ",
      { name },
      ...how,
      ...(run.inputsOf(name).length > 1 ? [" by all inputs"] : []),
      ...rest,
      ".",
    ],
    ...whence(`consumer:${name}`, full ? rise?.peak : undefined, run.span("consumer", name)),
  };
}
