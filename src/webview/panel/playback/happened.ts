import type { Result } from "../result.ts";

/** Something that befell a part of the topology, for the time line. */
export interface Happened {
  /** Milliseconds. */
  readonly at: number;
  readonly says: string;
}

/** Kinds of which a run has too many for a time line: they happen to single messages. */
export const ofMessages: ReadonlySet<string> = new Set([
  "requeued",
  "deadLettered",
  "dropped",
  "expired",
  "publishRefused",
  "recordTooLarge",
  "sendTimedOut",
  "publishTurnedAway",
  "queueNotFound",
  "recordArchived",
  "throttled",
]);

/** How brokers look after their logs, again and again. */
export const housekeeping = ["segmentsDeleted", "segmentsTiered", "logCleaned"];

/** What is told by name, in the order of time; of several things at one instant the first. */
export function happened({ summary }: Result): readonly Happened[] {
  const found: Happened[] = [];
  for (const { at, kind, message } of summary.occurrences.first)
    if (!ofMessages.has(kind) && !housekeeping.includes(kind) && found.at(-1)?.at !== at)
      found.push({ at, says: message });
  return found;
}
