import type { Evidence, Finding, Mood } from "../stats/finding.ts";
import type { Recorded } from "../stats/result.ts";
import { backlogs, bottleneck, heldBack, hidden } from "./backlogs.ts";
import { expectations } from "./expectations.ts";
import { losses } from "./losses.ts";
import { pauses } from "./pauses.ts";
import { RecordedRun, type Setting } from "./recorded-run.ts";
import { disorder, idleMembers, openEnds, runAsAWhole } from "./run-as-a-whole.ts";

const gravity: Readonly<Record<Mood, number>> = { bad: 0, warn: 1, ok: 2, note: 3 };

/**
 * What matters of a run, in sentences: first what the file expects, then what went wrong or could, the gravest first. What a
 * sentence gives as a reason was there at that time on the way of those messages, or is a setting of the file.
 */
export function explain(recorded: Recorded, evidence: Evidence, setting: Setting): readonly Finding[] {
  const run = new RecordedRun(recorded, evidence, setting);
  const found = [
    ...bottleneck(run),
    ...runAsAWhole(run),
    ...disorder(run),
    ...pauses(run),
    ...heldBack(run),
    ...hidden(run),
    ...backlogs(run),
    ...losses(run),
    ...idleMembers(run),
    ...openEnds(run),
  ];
  found.sort((a, b) => gravity[a.mood] - gravity[b.mood]);
  return [...expectations(run, found), ...found];
}
