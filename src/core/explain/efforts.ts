import type { Piece } from "../stats/finding.ts";
import type { RecordedRun } from "./recorded-run.ts";
import { count, plural, say } from "./sentence.ts";

type Pieces = readonly Piece[];

/** Work for nothing, as a share of all, from which on it is what a consumer lacks its time for. */
const large = 1 / 3;

/** What polls that were aborted for a failure between two times took back with them. */
interface Aborts {
  readonly polls: number;
  readonly finished: number;
  /** Of the first one, ms. */
  readonly at: number;
}

function abortsOf(run: RecordedRun, consumer: string, since: number, until: number): Aborts | undefined {
  const all = run.happened.filter(
    ({ kind, where, rule, detail, at }) =>
      kind === "transactionAborted" &&
      where.kind === "consumer" &&
      where.name === consumer &&
      rule === "a failure" &&
      detail > 0 &&
      at >= since &&
      at <= until,
  );
  const [first] = all;
  return (
    first && {
      polls: all.length,
      finished: all.reduce((sum, { detail }) => sum + detail, 0),
      at: first.at,
    }
  );
}

/** Why a consumer worked on so many messages again between two times, ms, where that is nearly always the same. */
export function repetitionOf(
  run: RecordedRun,
  consumer: string,
  since: number,
  until: number,
  repeated: number,
): { readonly says: Pieces; readonly at: number } | undefined {
  const of = run.summary.consumers[consumer];
  if (of === undefined || repeated === 0) return undefined;
  const advises = of.duplicates > large * (of.processed + of.duplicates);
  // A poll of one record meets the same failure again.
  const persists = run.setting.consumers.get(consumer)?.failures.persistent;
  const aborts = abortsOf(run, consumer, since, until);
  if (aborts !== undefined && aborts.finished >= repeated / 2)
    return {
      at: aborts.at,
      says: [
        "; ",
        count(aborts.polls),
        ` of its polls ${plural(aborts.polls, "was", "were")} aborted, each for one failure, and `,
        count(aborts.finished),
        ` ${plural(aborts.finished, "message")} finished in them began anew`,
        ...(advises ? [persists ? ": let" : ": lower `max.poll.records`, or let", " what fails pass"] : []),
      ],
    };
  const removed = run.happened.filter(
    ({ kind, where, at, rule }) =>
      kind === "evicted" &&
      where.name === consumer &&
      rule === "max.poll.interval.ms" &&
      at >= since &&
      at <= until,
  );
  const [first] = removed;
  if (first === undefined || of.duplicates < repeated / 2) return undefined;
  return {
    at: first.at,
    says: [
      "; its members were removed from the group ",
      count(removed.length),
      ` ${plural(removed.length, "time")} (max.poll.interval.ms), with what they had polled`,
      advises ? ": lower `max.poll.records`" : "",
    ],
  };
}

/** Where a consumer's time went, when that was not to messages that it finished. */
export function effortOf(run: RecordedRun, consumer: string): Pieces {
  const of = run.summary.consumers[consumer];
  if (of === undefined) return [];
  const at = ["consumers", consumer];
  const waits = of.blocked > of.utilization && of.blocked >= large;
  const fails = of.failed > large * (of.processed + of.duplicates + of.failed);
  const retried = waits && of.failed > 0 && run.inputsOf(consumer).some(waitsForRetries);
  return [
    ...(waits ? say(of, at, "; {} waited {blocked:share} of the time with messages in hand") : []),
    ...(fails || retried ? say(of, at, "; {failed} of {delivered} deliveries to {} failed") : []),
    ...(retried ? [", and each next attempt is waited for"] : []),
  ];
}

const waitsForRetries = ({ from }: ReturnType<RecordedRun["inputsOf"]>[number]): boolean =>
  from.settings.retries.some((wait) => wait > 0);
