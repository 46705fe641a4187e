import { Fate, isUnderWay, textOf, type Journeys } from "./journeys.ts";

export interface Filter {
  readonly name: string;
  readonly means: string;
  readonly keeps: (fates: number) => boolean;
}

const any =
  (wanted: number) =>
  (fates: number): boolean =>
    (fates & wanted) !== 0;

export const filters: readonly Filter[] = [
  { name: "all", means: "every message whose journey was kept", keeps: () => true },
  {
    name: "did not arrive",
    means: "unroutable, dropped by a rule, or passed over by a consumer",
    keeps: any(Fate.unroutable | Fate.dropped | Fate.skipped),
  },
  {
    name: "lost",
    means: "gone with its broker by no rule, or settled by a consumer that had not finished it",
    keeps: any(Fate.lost),
  },
  { name: "unfinished", means: "still under way when the run ended", keeps: isUnderWay },
  { name: "dead-lettered", means: "sent to a dead-letter exchange", keeps: any(Fate.deadLettered) },
  { name: "delivered again", means: "delivered more than once", keeps: any(Fate.redelivered) },
  { name: "finished twice", means: "finished more than once by one consumer", keeps: any(Fate.duplicated) },
  {
    name: "out of order",
    means: "finished after a later one of the same key, or of a queue without keys",
    keeps: any(Fate.disordered),
  },
  { name: "failed", means: "an attempt to process it failed", keeps: any(Fate.failed) },
];

const words: readonly (readonly [fate: number, word: string])[] = [
  [Fate.finished, "finished"],
  [Fate.unroutable, "unroutable"],
  [Fate.lost, "lost"],
  [Fate.dropped, "dropped"],
  [Fate.skipped, "skipped"],
  [Fate.deadLettered, "dead-lettered"],
  [Fate.failed, "failed"],
  [Fate.redelivered, "delivered again"],
  [Fate.duplicated, "finished twice"],
  [Fate.disordered, "out of order"],
];

/** What became of a message, in a few words. */
export function outcome(fates: number): string {
  const met = words.filter(([fate]) => (fates & fate) !== 0).map(([, word]) => word);
  return (isUnderWay(fates) ? ["under way", ...met] : met).join(", ");
}

/** The messages that a filter keeps: of these the ones with this number or key, where one is asked for. */
export function chosen(journeys: Journeys, filter: Filter, sought: string, slowest: boolean): Int32Array {
  const { fates, key, latency, trace, count } = journeys;
  const kept = new Int32Array(count);
  let length = 0;
  for (let message = 0; message < count; message++) {
    if (!filter.keeps(fates[message]!)) continue;
    if (sought !== "" && String(message) !== sought && textOf(trace, key[message]!) !== sought) continue;
    kept[length++] = message;
  }
  const found = kept.subarray(0, length);
  // Unfinished ones last: they have no latency yet.
  if (slowest) found.sort((a, b) => (latency[b]! || 0) - (latency[a]! || 0) || a - b);
  return found;
}
