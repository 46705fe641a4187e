import { format } from "../shared/format.ts";
import { brief, longestMessage } from "../shared/name.tsx";
import type { Finding } from "./findings.ts";
import type { Summary } from "./result.ts";

/** What befell brokers, queues and applications, in the order of time, as far as the summary spells it out. */
export function happenings({ occurrences: { count, first } }: Summary): readonly Finding[] {
  const told = first.map(({ at, message }): Finding => ({
    mood: "note",
    at,
    says: [`${format(at, "duration")}: ${brief(message, longestMessage)}`],
  }));
  const more = count - first.length;
  return more > 0 ? [...told, { mood: "note", says: [`… and ${format(more, "count")} more`] }] : told;
}
