import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";
import { codes, severityOf } from "../core/index.ts";
import type { Severity } from "../core/index.ts";
import type { PlacedProblem } from "./topology-file.ts";

const levels: Readonly<Record<Severity, string>> = {
  error: "error",
  warning: "warning",
  information: "note",
};

/** The problems as a SARIF 2.1.0 log, which code-scanning services read. */
export function sarif(problems: readonly PlacedProblem[]): unknown {
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "BrokerLab",
            rules: codes.map((code) => ({
              id: code,
              defaultConfiguration: { level: levels[severityOf(code)] },
            })),
          },
        },
        columnKind: "utf16CodeUnits",
        results: problems.map(resultOf),
      },
    ],
  };
}

function resultOf({ file, line, column, endLine, endColumn, severity, code, message }: PlacedProblem) {
  return {
    ruleId: code,
    ruleIndex: codes.findIndex((known) => known === code),
    level: levels[severity],
    message: { text: message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(file) },
          region: { startLine: line, startColumn: column, endLine, endColumn },
        },
      },
    ],
  };
}

/** A relative path stays relative, so that a service can find it in the repository. */
function uriOf(file: string): string {
  if (isAbsolute(file)) return pathToFileURL(file).href;
  return file.replaceAll("\\", "/").replace(/^\.\//u, "").split("/").map(encodeURIComponent).join("/");
}
