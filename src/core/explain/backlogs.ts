import type { Flow } from "../model/topology.ts";
import type { Finding } from "../stats/finding.ts";
import type { OccurrenceKind } from "../stats/occurrence-kinds.ts";
import type { ConsumerSummary, LevelSummary } from "../stats/result.ts";
import { isUncommitted, type Reason, reasonOf, riseOf, saturated } from "./backlog-reasons.ts";
import { effortOf } from "./efforts.ts";
import { clause, type RecordedRun, whence } from "./recorded-run.ts";
import { count, say, share, time } from "./sentence.ts";

/** A backlog below this comes by chance alone. */
const noticeable = 20;

/** A level that ends near its maximum, of a size that chance alone seldom reaches, has not been worked off. */
const piled = ({ max, end }: LevelSummary): boolean => max >= 100 && end >= 0.8 * max;

/** The longest lag and the deepest queue, when it was, and what let it grow; and each that was never worked off. */
export function* backlogs(run: RecordedRun): Iterable<Finding> {
  const { groups } = run.summary;
  // What lies in a stream may have been read.
  const queues = Object.fromEntries(
    Object.entries(run.summary.queues).filter(([name]) => !run.isStream(name)),
  );
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
    const kind = section === "groups" ? "group" : "queue";
    const stays = piled(level) && !isUncommitted(run, `${kind}:${name}`, level.max);
    if (level.max === 0 || rank > 2 || (rank > 0 && !stays)) continue;
    const series = run.series(kind, name, metric);
    const rise = series && riseOf(series, run.summary.window.from);
    const { says, cause }: Reason =
      level.max < noticeable || rise === undefined
        ? { says: [] }
        : reasonOf(run, `${kind}:${name}`, name, rise);
    yield {
      kind: "backlog",
      mood: stays ? "warn" : "note",
      says: [
        ...say(thing, [section, name], sentence),
        ...(rise === undefined ? [] : [" at ", time(rise.peak)]),
        ...says,
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

const holdsBack: readonly OccurrenceKind[] = [
  "throttled",
  "producerBlocked",
  "connectionBlocked",
  "flowControlled",
];

/** What producers still held when the run ended, where that is much and something held them back. */
export function* heldBack(run: RecordedRun): Iterable<Finding> {
  for (const [name, of] of Object.entries(run.summary.producers)) {
    const cause = run.happened.find(
      ({ kind, where }) => holdsBack.includes(kind) && where.kind === "producer" && where.name === name,
    );
    if (cause === undefined || of.underWay < 100 || of.underWay < of.sent / 20) continue;
    yield {
      kind: "backlog",
      mood: "warn",
      says: [
        ...say(
          of,
          ["producers", name],
          "{underWay} of {sent|message} of {} had no answer yet when the run ended",
        ),
        ...clause(cause),
        ".",
      ],
      ...whence(`producer:${name}`, cause.at, run.span("producer", name)),
    };
  }
}

/** What groups that read committed records alone had not seen, since a transaction before it was open; their lag counts none of it. */
export function* hidden(run: RecordedRun): Iterable<Finding> {
  for (const [name, { partitions }] of Object.entries(run.summary.groups)) {
    const behind = ({ topic, partition, committed, lag }: (typeof partitions)[number]): number =>
      run.summary.topics[topic]!.partitions[partition]!.logEnd - committed - lag.end;
    const [first] = partitions.toSorted((a, b) => behind(b) - behind(a));
    const committedOnly = run
      .readersOf(`group:${name}`)
      .flatMap((reader) => run.inputsOf(reader))
      .some(({ from }) => from.kind === "log" && from.group.text === name && from.settings.readCommitted);
    if (first === undefined || !committedOnly || behind(first) < Math.max(100, first.committed / 20))
      continue;
    const { producers, consumers } = run.setting;
    const writes = (flows: readonly Flow[]): boolean =>
      flows.some(({ to, kafka }) => to.name.text === first.topic && kafka.transactions !== undefined);
    const writers = [
      ...[...producers.values()].filter(({ flows }) => writes(flows)),
      ...[...consumers.values()].filter(({ sends }) => writes(sends.map(({ flow }) => flow))),
    ];
    if (writers.length === 0) continue;
    yield {
      kind: "backlog",
      mood: "warn",
      says: [
        count(behind(first)),
        ` records of partition ${first.partition} of `,
        { name: first.topic },
        " lay behind an open transaction when the run ended, unseen by group ",
        { name },
        ...writers.flatMap(({ name: { text } }, number) => [
          number === 0 ? " (isolation.level: read_committed); in transactions writes " : ", ",
          { name: text },
        ]),
        ".",
      ],
      ...whence(`group:${name}`, undefined, writers[0]!.name.span),
    };
  }
}

interface Worker {
  readonly name: string;
  readonly of: ConsumerSummary;
  readonly one: ConsumerSummary["instances"][number];
}

/** Whether messages wait for it: who waits with some in hand takes up no others. */
const isFull = ({ of, one }: Worker): boolean =>
  one.utilization >= saturated || (of.lowerBounds && one.utilization + one.blocked >= saturated);

/** The station that had most to do: an instance of a consumer, or all of them. */
export function* bottleneck(run: RecordedRun): Iterable<Finding> {
  const stations: readonly Worker[] = Object.entries(run.summary.consumers).flatMap(([name, of]) =>
    of.instances.map((one) => ({ name, of, one })),
  );
  const all = stations.toSorted(
    (a, b) => b.one.utilization - a.one.utilization || b.of.utilization - a.of.utilization,
  );
  const first = all.find(isFull) ?? all[0];
  if (first === undefined) return;
  const full = isFull(first);
  const { name, of, one } = first;
  if (!full && one.utilization === 0) return;
  const uneven =
    of.instances.length > 1 &&
    of.utilization < (one.utilization >= saturated ? saturated : 0.8 * one.utilization);
  const at = ["consumers", name];
  const how = uneven
    ? [
        `, whose instance ${one.instance} was at work `,
        share(one.utilization),
        " of the time",
        ...say(of, at, " and all of them {utilization:share}"),
      ]
    : say(of, at, ", at work {utilization:share} of the time");
  const rest = full
    ? [
        ...say(of, at, "; it finished {throughput:rate}"),
        ...(of.duplicates > of.processed
          ? say(of, at, ", and {duplicates|message} again that it had finished before")
          : []),
        ...effortOf(run, name),
      ]
    : [];
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
