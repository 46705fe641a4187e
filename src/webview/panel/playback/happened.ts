import type { Result } from "../result.ts";

/** Something that befell a part of the topology, for the time line. */
export interface Happened {
  /** Milliseconds. */
  readonly at: number;
  readonly says: string;
}

/** How brokers look after their logs, again and again. */
export const housekeeping = ["segmentsDeleted", "segmentsTiered", "logCleaned"];

/**
 * What is told by name, in the order of time; of several things at one instant the first. What happens to single messages
 * is too much for a time line, and so is housekeeping.
 */
export function happened({ summary, occurrences }: Result): readonly Happened[] {
  const found: Happened[] = [];
  const untold = new Set([...occurrences.ofMessages, ...housekeeping]);
  for (const { at, kind, message } of summary.occurrences.first)
    if (!untold.has(kind) && found.at(-1)?.at !== at) found.push({ at, says: message });
  return found;
}
