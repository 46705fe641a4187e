import { check, LineIndex, type Problem } from "../../src/core/index.ts";
import { faultKinds, plantedFaults, type PlantedFault } from "./faults.ts";
import { judgements } from "./judgements.ts";
import { foreignFiles, type ForeignFile } from "./topology-of.ts";

/** One report of the checks on a file of others. */
export interface Report {
  readonly file: ForeignFile;
  readonly form: "plain" | "inUse";
  readonly code: string;
  readonly line: number;
}

export function foreignReports(): readonly Report[] {
  return foreignFiles().flatMap((file) =>
    (["plain", "inUse"] as const).flatMap((form) => {
      const index = new LineIndex(file[form]);
      return check(file[form]).map(({ code, span }) => ({
        file,
        form,
        code,
        line: index.position(span.start).line,
      }));
    }),
  );
}

/** Whether the checks report the fault at its word, as what it is. */
export function isReported({ kind, text, place }: PlantedFault): boolean {
  return check(text).some(
    (found) => found.span.start >= place.start && found.span.end <= place.end && fits(kind.code, found),
  );
}

/** What the engine alone lacks is no answer to a fault. */
function fits(wanted: string, { code, severity }: Problem): boolean {
  if (code === "not-simulated-yet" || code === "setting-without-effect") return false;
  return wanted === "any" || (wanted === "error" ? severity === "error" : wanted === code);
}

/** The same faults in each run, so that the page stays what it is. */
const seed = 1;

/** The page \`docs/precision.md\`. */
export function precisionPage(story: { readonly files: string; readonly faults: string }): string {
  const reports = foreignReports();
  const faults = plantedFaults(seed).map((fault) => ({ ...fault, reported: isReported(fault) }));
  const reported = faults.filter((fault) => fault.reported).length;
  return [
    story.files,
    "| file | half | as it stands | with applications |\n|---|---|---|---|",
    ...foreignFiles().map((file) => {
      const of = (form: Report["form"]) =>
        codesOf(reports.filter((one) => one.file.source === file.source && one.form === form));
      return `| \`${file.source}\` | ${file.heldOut ? "held out" : "tuned on"} | ${of("plain")} | ${of("inUse")} |`;
    }),
    "",
    `Together ${reports.length} reports, each of them so:`,
    "",
    "| code | reports | why it is so |\n|---|---|---|",
    ...[...judgements].map(
      ([code, { why }]) =>
        `| [\`${code}\`](checks/${code}.md) | ${reports.filter((one) => one.code === code).length} | ${why} |`,
    ),
    "",
    story.faults,
    `Of ${faults.length} faults of ${faultKinds.length} kinds, ${reported} are reported at their word.`,
    "",
    "| fault | must be told as | planted | reported |\n|---|---|---|---|",
    ...faultKinds.map(({ what, code }) => {
      const own = faults.filter(({ kind }) => kind.what === what);
      const wanted =
        { error: "an error", any: "anything" }[code as string] ?? `[\`${code}\`](checks/${code}.md)`;
      return `| ${what} | ${wanted} | ${own.length} | ${own.filter((fault) => fault.reported).length} |`;
    }),
    "",
  ].join("\n");
}

function codesOf(reports: readonly Report[]): string {
  const counts = new Map<string, number>();
  for (const { code } of reports) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts]
    .map(([code, count]) => (count === 1 ? `\`${code}\`` : `${count} × \`${code}\``))
    .join(", ");
}
