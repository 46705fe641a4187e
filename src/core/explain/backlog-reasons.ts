import type { Piece } from "../stats/finding.ts";
import type { OccurrenceKind } from "../stats/occurrence-kinds.ts";
import type { Series } from "../stats/result.ts";
import { effortOf, repetitionOf } from "./efforts.ts";
import { clause, type Happened, nanosPerMilli, type RecordedRun } from "./recorded-run.ts";
import { count, say, share, time } from "./sentence.ts";

type Pieces = readonly Piece[];

/** From here on a consumer is what its messages wait for. */
export const saturated = 0.9;

/** When a level began to grow to its peak, and when it was there; ms. */
export interface Rise {
  readonly series: Series;
  readonly since: number;
  readonly peak: number;
  /** When half of it was worked off; Infinity for never. */
  readonly until: number;
  /** How exact these times are. */
  readonly width: number;
  readonly by: number;
}

export function riseOf(series: Series, from: number): Rise | undefined {
  const { time, mean, max } = series;
  let peak = -1;
  for (let bucket = 0; bucket < max.length; bucket++)
    if (time[bucket]! >= from && (peak < 0 || max[bucket]! > max[peak]!)) peak = bucket;
  if (peak < 0) return undefined;
  let since = peak;
  while (since > 0 && mean[since]! > max[peak]! / 20) since--;
  while (since > 0 && mean[since - 1]! < mean[since]!) since--;
  const width = (time[1] ?? 0) - (time[0] ?? 0);
  const over = mean.findIndex((level, bucket) => bucket > peak && level < max[peak]! / 2);
  return {
    series,
    since: time[since]!,
    peak: time[peak]!,
    until: time[over] ?? Infinity,
    width,
    by: max[peak]! - mean[since]!,
  };
}

/** Why a backlog grew to its peak, and what of that is in the file. */
export interface Reason {
  readonly says: Pieces;
  readonly cause?: Happened | undefined;
}

export function reasonOf(run: RecordedRun, node: string, name: string, rise: Rise): Reason {
  if (isUncommitted(run, node, rise.by))
    return { says: ["; it commits only every ", time(toothOf(run, node))] };
  const repetition = repeatedBy(run, node, rise);
  const fault = faultBefore(run, node, rise);
  // What repeats work, again and again, says more than what began when it first did.
  const cause = repetition !== undefined && fault !== undefined && !isPlanned(fault) ? undefined : fault;
  if (cause === undefined) return { says: repetition ?? loadOf(run, node, name, rise) };
  const root = run.beginningOf(cause);
  return {
    cause: root,
    says: [...clause(root), ...(root === cause ? [] : clause(cause)), ...(repetition ?? [])],
  };
}

/** Where its readers worked on as many messages again as half of what it grew by, or more. */
function repeatedBy(run: RecordedRun, node: string, { since, until, width, by }: Rise): Pieces | undefined {
  if (!node.startsWith("group:")) return undefined;
  for (const reader of run.readersOf(node)) {
    const found = repetitionOf(run, reader, since - width, until, by);
    if (found !== undefined) return found.says;
  }
  return undefined;
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
  "alarmCleared",
  "started",
  "reconnected",
];

/** Who comes back takes up what waits. */
const isReader = ({ kind, where }: Happened): boolean =>
  (kind === "started" || kind === "reconnected") && where.kind === "consumer";

/** A backlog that grew no more than so many times as fast after something as before all that befell it did not grow for that. */
const sameGrowth = 1.5;

const isPlanned = ({ rule }: Happened): boolean => rule.startsWith("timeline");

/**
 * What befell the way to a node, or its readers, while its backlog grew: that after which it grew most, and faster than else; of
 * what the timeline did, if it did anything, else of other things.
 */
function faultBefore(run: RecordedRun, node: string, rise: Rise): Happened | undefined {
  const { series, since, peak, width } = rise;
  const concerned = run.concerns(node);
  const begins = run.readersOf(node).flatMap((reader) => startOf(run, reader));
  const near = run.happened.filter((one) => {
    const { at, kind, where, detail } = one;
    return (
      harms.includes(kind) &&
      !isReader(one) &&
      at >= since - Math.max(1000, 2 * width, (peak - since) / 5) &&
      at <= peak + width &&
      !((kind === "slowed" || kind === "rateChanged") && detail <= 1) &&
      !(kind === "rebalanceStarted" && begins.some((start) => Math.abs(at - start) < 1000)) &&
      concerned(where)
    );
  });
  const planned = near.filter(isPlanned);
  const candidates = planned.length > 0 ? planned : near;
  const [first] = candidates;
  if (first === undefined) return undefined;
  let worst: Happened | undefined;
  let most = 0;
  const end = Math.max(peak, candidates.at(-1)!.at) + width;
  const teeth = 2 * toothOf(run, node);
  for (const [index, one] of candidates.entries()) {
    const until = candidates[index + 1]?.at ?? end;
    const after = growth(series, one.at, until);
    const lasts = until - one.at;
    const from = Math.max(since, first.at - Math.max(teeth, Math.min(lasts, (peak - since) / 4)));
    const isRecent = first.at - since < Math.max(teeth, 2 * width, (peak - since) / 10);
    const before = isRecent ? 0 : slope(series, from, first.at);
    if (after > most && after / lasts > sameGrowth * before) [worst, most] = [one, after];
  }
  return worst;
}

/** What a group commits by itself from time to time is behind it until then: for so many ms at most. */
function toothOf(run: RecordedRun, node: string): number {
  const readings = run.readersOf(node).flatMap((reader) => run.inputsOf(reader));
  const intervals = readings.map(({ from }) =>
    from.kind === "log" && from.settings.commit === "auto" && from.settings.share === undefined
      ? from.settings.autoCommitInterval
      : 0,
  );
  return Math.max(0, ...intervals) / nanosPerMilli;
}

/** Whether a backlog is hardly more than what its readers have finished, and will commit when it is time to. */
export function isUncommitted(run: RecordedRun, node: string, by: number): boolean {
  const finished = run
    .readersOf(node)
    .reduce((sum, reader) => sum + (run.summary.consumers[reader]?.throughput ?? 0), 0);
  return by < (sameGrowth * toothOf(run, node) * finished) / 1000;
}

/** By how much a level grew in each ms between two times. */
function slope({ time, mean }: Series, from: number, to: number): number {
  const at = (when: number): number => mean[time.findLastIndex((start) => start <= when)] ?? 0;
  return (at(to) - at(from)) / (to - from);
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

/** When a consumer begins, ms; nothing where it is there from the first. */
function startOf(run: RecordedRun, reader: string): readonly number[] {
  const start = (run.setting.consumers.get(reader)?.startsAt ?? 0) / nanosPerMilli;
  return start > 0 ? [start] : [];
}

/** Who had more to do than a day has hours: all readers of a node, or one of their instances alone; or nobody was there. */
function loadOf(run: RecordedRun, node: string, name: string, rise: Rise): Pieces {
  const readers = run.readersOf(node);
  if (readers.length === 0) return ["; nobody consumes it"];
  const began = beginning(run, node, rise);
  if (began.length > 0) return began;
  for (const reader of readers) {
    const of = run.summary.consumers[reader];
    if (of === undefined) continue;
    const effort = effortOf(run, reader);
    if (of.utilization >= saturated)
      return [...say(of, ["consumers", reader], "; {} was busy {utilization:share} of the time"), ...effort];
    const hot = of.instances.toSorted((a, b) => b.utilization - a.utilization)[0];
    if (hot !== undefined && hot.utilization >= saturated)
      return [
        `; instance ${hot.instance} of `,
        { name: reader },
        " was busy ",
        share(hot.utilization),
        ...say(of, ["consumers", reader], " of the time, all of them {utilization:share}"),
        ...hottest(run, name),
        ...effort,
      ];
    if (effort.length > 0) return effort;
  }
  return paceOf(run, readers, rise);
}

/** Where the first of the readers began when most had come already, or found it there. */
function beginning(run: RecordedRun, node: string, { series, since, peak, width, by }: Rise): Pieces {
  const starts = run
    .readersOf(node)
    .map((reader) => ({ reader, at: startOf(run, reader)[0] ?? 0 }))
    .sort((a, b) => a.at - b.at);
  const [first] = starts;
  if (first === undefined || first.at === 0 || first.at > peak + width || first.at + longestJoin < peak)
    return [];
  const found = node.startsWith("group:")
    ? first.at >= since - longestJoin
    : growth(series, since, first.at) >= by / 2;
  return found ? ["; ", { name: first.reader }, " began at ", time(first.at)] : [];
}

/** Within so many ms a group that begins has its partitions, and with them what it lags behind. */
const longestJoin = 10_000;

/** How fast it grew; nothing where that is what comes and goes by chance. */
function paceOf(run: RecordedRun, readers: readonly string[], { since, peak, width, by }: Rise): Pieces {
  const lasted = peak + width - since;
  const growth = (1000 * by) / lasted;
  const finished = readers
    .map((reader) => run.series("consumer", reader, "throughput"))
    .reduce((sum, series) => sum + (series === undefined ? 0 : meanOver(series, since, peak)), 0);
  if (growth < finished / 5) return [];
  if (lasted <= 4 * width) return ["; they came within ", time(lasted)];
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
