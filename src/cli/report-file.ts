import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { reportFiles, reportPage } from "../report/page.ts";
import type { ReportFiles } from "../report/page.ts";
import type { Outcome } from "../report/outcome.ts";

/** Writes the page that plays a run back; its parts lie beside this script. */
export async function writeReport(target: string, file: string, run: Omit<Outcome, "uri">): Promise<void> {
  const page = await reportPage({ ...run, uri: pathToFileURL(file).href }, readParts());
  writeFileSync(target, page);
}

function readParts(): ReportFiles {
  const texts = reportFiles.map((name) => {
    try {
      return [name, readFileSync(new URL(name, import.meta.url), "utf8")] as const;
    } catch (error) {
      throw new Error(`no report can be made: \`${name}\` is missing beside this program`, { cause: error });
    }
  });
  return Object.fromEntries(texts) as ReportFiles;
}
