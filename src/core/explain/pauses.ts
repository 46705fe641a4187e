import type { Finding, Piece } from "../stats/finding.ts";
import type { OccurrenceKind } from "../stats/occurrence-kinds.ts";
import type { EntityKind } from "../stats/result.ts";
import { clause, type Happened, nanosPerMilli, type RecordedRun, told, whence } from "./recorded-run.ts";
import { time } from "./sentence.ts";

/** A stretch in which something stood still, ms. */
interface Pause {
  readonly from: number;
  readonly to: number;
  readonly node: string;
  readonly what: readonly Piece[];
  /** What began it. */
  readonly cause: Happened | undefined;
  /** What ended it, where that is not the end of the run. */
  readonly end: Happened | undefined;
}

/** Shorter ones are how the brokers work. */
const shortest = 100;
const most = 2;

/** The longest times without consumption, without a leader, without a queue or without a way to send, and what began them. */
export function* pauses(run: RecordedRun): Iterable<Finding> {
  const { from } = run.summary.window;
  const all = [...unread(run), ...leaderless(run), ...unavailable(run), ...blocked(run)]
    .filter((one) => one.to > from && one.to - one.from >= shortest)
    .sort((a, b) => b.to - b.from - (a.to - a.from));
  const nodes = new Set<string>();
  for (const { from: at, to, node, what, cause, end } of all) {
    if (nodes.has(node) || nodes.size === most) continue;
    nodes.add(node);
    const kind = node.slice(0, node.indexOf(":")) as EntityKind;
    yield {
      kind: "pause",
      mood: "warn",
      says: [
        ...what,
        " for ",
        time(to - at),
        " from ",
        time(at),
        ...(cause === undefined ? [] : Math.abs(cause.at - at) < 1 ? [": ", told(cause)] : clause(cause)),
        ...clause(end),
        ".",
      ],
      ...whence(node, at, (cause && run.origin(cause)) ?? run.span(kind, node.slice(kind.length + 1))),
    };
  }
}

const stopsReading: readonly OccurrenceKind[] = [
  "crashed",
  "stopped",
  "isolated",
  "evicted",
  "scaled",
  "rebalanceStarted",
];

/** The group's longest time without reading a partition: a member went, or the group was sharing partitions out anew. */
function* unread(run: RecordedRun): Iterable<Pause> {
  for (const { group, topic, partition, from, to } of run.evidence.pauses) {
    const node = `group:${group}`;
    const concerned = run.concerns(node);
    const [start, end] = [from / nanosPerMilli, to / nanosPerMilli];
    const near = run.happened.filter(
      ({ at, kind, where }) =>
        stopsReading.includes(kind) && where.kind !== "producer" && concerned(where) && at <= start + 1,
    );
    const last = near.at(-1);
    // A member that crashes is missed only when its session ends: what happened to it says more than the rebalance.
    const cause =
      last && (near.findLast(({ kind, at }) => kind !== "rebalanceStarted" && last.at - at < 1) ?? last);
    yield {
      from: start,
      to: end,
      node,
      what: ["Group ", { name: group }, ` did not read partition ${partition} of `, { name: topic }],
      cause,
      end: undefined,
    };
  }
}

/** Partitions whose leader was gone until another was elected. */
function* leaderless(run: RecordedRun): Iterable<Pause> {
  const gone: OccurrenceKind[] = ["crashed", "isolated"];
  for (const elected of run.happened) {
    if (elected.kind !== "leaderElected" || elected.rule === "preferred") continue;
    const { where } = elected;
    const cause = run.happened.findLast(
      ({ at, kind, where: there }) =>
        at <= elected.at &&
        ((kind === "leaderResigned" && there.name === where.name && there.number === where.number) ||
          (gone.includes(kind) && there.kind === "broker" && there.number !== elected.detail)),
    );
    if (cause === undefined) continue;
    yield {
      from: cause.at,
      to: elected.at,
      node: `topic:${where.name}`,
      what: [`Partition ${where.number} of `, { name: where.name }, " had no leader"],
      cause,
      end: elected,
    };
  }
}

/** Queues whose node, or whose majority, was gone, and what took it away. */
function* unavailable(run: RecordedRun): Iterable<Pause> {
  for (const [number, lost] of run.happened.entries()) {
    if (lost.kind !== "queueUnavailable") continue;
    const end = run.happened
      .slice(number)
      .find(({ kind, where }) => kind === "queueAvailable" && where.name === lost.where.name);
    yield {
      from: lost.at,
      to: end?.at ?? run.summary.window.to,
      node: `queue:${lost.where.name}`,
      what: ["Queue ", { name: lost.where.name }, " was unavailable"],
      cause: run.rootOf(lost),
      end,
    };
  }
}

/** Who could send nothing while nodes had an alarm. */
function* blocked(run: RecordedRun): Iterable<Pause> {
  const alarms: Happened[] = [];
  const waiting = new Map<string, Pause>();
  for (const one of run.happened) {
    const { kind, where, at } = one;
    if (kind === "alarmRaised") alarms.push(one);
    if (kind === "connectionBlocked" && alarms.length > 0) {
      const node = `${where.kind}:${where.name}`;
      const what = [{ name: where.name }, " could send nothing"];
      if (!waiting.has(node))
        waiting.set(node, {
          from: at,
          to: run.summary.window.to,
          node,
          what,
          cause: alarms[0],
          end: undefined,
        });
    }
    if (kind !== "alarmCleared") continue;
    const cleared = alarms.findIndex(
      (alarm) => alarm.where.number === where.number && alarm.rule === one.rule,
    );
    alarms.splice(cleared, cleared < 0 ? 0 : 1);
    if (alarms.length > 0) continue;
    for (const pause of waiting.values()) yield { ...pause, to: at, end: one };
    waiting.clear();
  }
  yield* waiting.values();
}
