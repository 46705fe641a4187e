import type { Finding, Mood, Piece } from "../stats/finding.ts";
import type { OccurrenceKind } from "../stats/occurrence-kinds.ts";
import { dig } from "../stats/paths.ts";
import type { EntityKind } from "../stats/result.ts";
import { repetitionOf } from "./efforts.ts";
import { clause, type Happened, type RecordedRun, whence } from "./recorded-run.ts";
import { say } from "./sentence.ts";

type Section = "producers" | "topics" | "groups" | "exchanges" | "queues" | "consumers";

const kindOf: Readonly<Record<Section, EntityKind>> = {
  producers: "producer",
  topics: "topic",
  groups: "group",
  exchanges: "exchange",
  queues: "queue",
  consumers: "consumer",
};

interface Rule {
  readonly section: Section;
  /** Where the number at this path is above 0; `dropped.*` is one number for each reason. */
  readonly by: string;
  readonly kind: Finding["kind"];
  readonly mood: Mood;
  readonly says: string;
  /** What tells when it was, and by which rule: occurrences of the thing itself. */
  readonly seen?: readonly OccurrenceKind[];
  /** Else the station at which traced messages met it. */
  readonly station?: string;
}

const timeOut = " after its time-out";

const rules: readonly Rule[] = [
  {
    section: "exchanges",
    by: "unroutable",
    kind: "loss",
    mood: "warn",
    says: "{unroutable} of {published|message} published to {} matched no queue",
    station: "unroutable",
  },
  {
    section: "queues",
    by: "dropped.*",
    kind: "loss",
    mood: "warn",
    says: "{} dropped {*|message} ({reason})",
    seen: ["dropped"],
  },
  {
    section: "queues",
    by: "expired",
    kind: "loss",
    mood: "warn",
    says: "{expired|message} expired in {}",
    seen: ["expired"],
  },
  {
    section: "queues",
    by: "notFound",
    kind: "loss",
    mood: "warn",
    says: "{notFound|message} did not get into {}, which other nodes do not know while its own is down",
    seen: ["queueNotFound"],
  },
  {
    section: "groups",
    by: "expiredUnread",
    kind: "loss",
    mood: "warn",
    says: "{expiredUnread|message} were deleted before group {} had read them",
  },
  {
    section: "groups",
    by: "dropped.*",
    kind: "loss",
    mood: "warn",
    says: "Share group {} archived {*|message} ({reason})",
  },
  {
    section: "producers",
    by: "refused",
    kind: "loss",
    mood: "warn",
    says: "Of {sent|message} of {}, {refused} were refused",
  },
  {
    section: "producers",
    by: "timedOut",
    kind: "loss",
    mood: "warn",
    says: `{} gave up {timedOut|message}${timeOut}`,
  },
  {
    section: "producers",
    by: "unanswered",
    kind: "loss",
    mood: "warn",
    says: "{} had no reply in time to {unanswered} of {sent|request}, and {lateReplies} came too late",
  },
  {
    section: "consumers",
    by: "skipped",
    kind: "loss",
    mood: "warn",
    says: "{} skipped {skipped|message} that it failed on, or that a replay passed over",
    station: "skipped",
  },
  {
    section: "consumers",
    by: "windows.late",
    kind: "loss",
    mood: "warn",
    says: "{windows.late|message} came too late for their windows at {}",
    seen: ["tooLate"],
  },
  {
    section: "consumers",
    by: "windows.keyless",
    kind: "loss",
    mood: "warn",
    says: "{windows.keyless|message} without a key were in no window of {}",
    seen: ["keyless"],
  },
  {
    section: "consumers",
    by: "windows.lost",
    kind: "loss",
    mood: "warn",
    says: "{} lost {windows.lost|message} that its open windows held",
    seen: ["stateLost"],
  },
  {
    section: "consumers",
    by: "join.expired",
    kind: "loss",
    mood: "note",
    says: "{join.expired|message} found no partner in the join of {}",
    seen: ["unpaired"],
  },
  {
    section: "consumers",
    by: "join.late",
    kind: "loss",
    mood: "note",
    says: "{join.late|message} came too late for the join of {}",
    seen: ["tooLate"],
  },
  {
    section: "consumers",
    by: "join.keyless",
    kind: "loss",
    mood: "warn",
    says: "{join.keyless|message} had nothing that {} could join them by",
    seen: ["keyless"],
  },
  {
    section: "consumers",
    by: "join.lost",
    kind: "loss",
    mood: "warn",
    says: "{} lost {join.lost|message} that waited for their partners",
    seen: ["stateLost"],
  },
  {
    section: "consumers",
    by: "duplicates",
    kind: "repetition",
    mood: "warn",
    says: "{} processed {duplicates|message} again that it had finished before",
  },
  {
    section: "queues",
    by: "deadLettered.*",
    kind: "failure",
    mood: "note",
    says: "{*|message} left {} as dead letters ({reason})",
    seen: ["deadLettered"],
  },
  {
    section: "consumers",
    by: "failed",
    kind: "failure",
    mood: "note",
    says: "{failed} of {delivered} deliveries to {} failed",
    station: "failed",
  },
];

/** A list of hundreds is no finding. */
const mostOfOne = 3;

/** What did not arrive, arrived twice or failed, where, since when and by which rule. */
export function* losses(run: RecordedRun): Iterable<Finding> {
  for (const { section, by, kind, mood, says, seen, station } of rules) {
    const found = Object.entries(run.summary[section]).flatMap(([name, entry]: [string, unknown]) =>
      amounts(entry, by).map((at) => ({ name, entry, at, amount: Number(dig(entry, at)) })),
    );
    const largest = found.filter(({ amount }) => amount > 0).sort((a, b) => b.amount - a.amount);
    for (const { name, entry, at, amount } of largest.slice(0, mostOfOne)) {
      const thing = kindOf[section];
      const node = `${thing}:${name}`;
      const first = run.happened.find(
        (one) => seen?.includes(one.kind) === true && one.where.kind === thing && one.where.name === name,
      );
      const repetition = by === "duplicates" ? repetitionOf(run, name, 0, Infinity, amount) : undefined;
      const cause = repetition === undefined ? causeOf(by, node, run) : undefined;
      const when =
        first?.at ??
        (station === undefined ? undefined : run.firstSeen(station, thing, name)) ??
        cause?.at ??
        repetition?.at;
      const about = (cause && run.origin(cause)) ?? run.span(thing, name);
      const because: readonly Piece[] = repetition?.says ?? clause(cause);
      // Who crashes waits for nothing.
      const text =
        cause?.kind === "crashed" && cause.where.kind === "producer" ? says.replace(timeOut, "") : says;
      const isKept = section === "queues" && mood === "warn" && run.isStream(name);
      yield {
        kind,
        mood: isKept ? "note" : mood,
        says: [
          ...say(
            entry,
            [section, name],
            isKept ? `{*|message} left {} by its limits, read or not` : text,
            at,
          ),
          ...because,
          ".",
        ],
        ...whence(node, when, about),
      };
    }
  }
}

/** What makes brokers deliver again, delete what was not read, or leave clients without an answer. */
const causes: Readonly<Record<string, readonly OccurrenceKind[]>> = {
  duplicates: [
    "crashed",
    "evicted",
    "channelTimedOut",
    "consumerTimedOut",
    "connectionLost",
    "connectionClosed",
    "isolated",
    "nodePaused",
    "nodeLost",
    "replayed",
    "recordsReleased",
  ],
  notFound: ["crashed", "stopped", "restarted", "isolated", "nodePaused", "nodeLost"],
  expiredUnread: ["offsetReset", "noOffset"],
  timedOut: [
    "crashed",
    "isolated",
    "nodePaused",
    "nodeLost",
    "leaderResigned",
    "brokerFenced",
    "queueUnavailable",
  ],
  refused: [
    "publishRefused",
    "publishTurnedAway",
    "nodePaused",
    "nodeLost",
    "queueUnavailable",
    "isrShrank",
    "producerFenced",
    "transactionAborted",
    "recordTooLarge",
    "sendTimedOut",
    "queueFull",
  ],
  unanswered: ["crashed", "stopped", "isolated", "nodePaused", "nodeLost", "queueUnavailable", "alarmRaised"],
};

/** The first of the things on the way of its messages that has such an effect. */
function causeOf(by: string, node: string, run: RecordedRun): Happened | undefined {
  const kinds = causes[by];
  if (kinds === undefined) return undefined;
  // Of a request also what befalls those who are to answer it.
  const reach = by === "unanswered" ? run.reachOf(node) : new Set();
  const concerned = run.concerns(node);
  const own = node.startsWith("producer:");
  const first = run.happened.find(
    ({ kind, where }) =>
      kinds.includes(kind) &&
      (own || where.kind !== "producer") &&
      (concerned(where) || reach.has(`${where.kind}:${where.name}`)),
  );
  if (first?.kind !== "isrShrank") return first && run.rootOf(first);
  // Refused is only what too few were in sync for: when fewest were.
  let out = 0;
  let most = { out: 0, at: first };
  for (const one of run.happened) {
    if (one.where.name !== first.where.name || one.where.number !== first.where.number) continue;
    if (one.kind === "isrShrank") out++;
    else if (one.kind === "isrExpanded") out--;
    if (out > most.out) most = { out, at: one };
  }
  return most.at;
}

function amounts(entry: unknown, by: string): readonly (readonly string[])[] {
  const [head = "", star] = by.split(".");
  if (star !== "*") return [by.split(".")];
  return Object.keys((dig(entry, [head]) as object | undefined) ?? {}).map((reason) => [head, reason]);
}
