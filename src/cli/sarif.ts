import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";
import { version } from "../../package.json";
import texts from "../../package.nls.json";
import { codes, severityOf } from "../core/index.ts";
import type { Code, Severity } from "../core/index.ts";
import type { PlacedProblem, Region } from "./topology-file.ts";

const levels: Readonly<Record<Severity, string>> = {
  error: "error",
  warning: "warning",
  information: "note",
};

/** The problems as a SARIF 2.1.0 log, with what GitHub's code scanning shows of a rule and of a result. */
export function sarif(problems: readonly PlacedProblem[]): unknown {
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "BrokerLab", semanticVersion: version, rules: codes.map(ruleOf) } },
        columnKind: "utf16CodeUnits",
        results: problems.map(resultOf),
      },
    ],
  };
}

const described: Readonly<Record<string, string>> = texts;

function ruleOf(code: Code) {
  const text = described[`check.${code}`] ?? "";
  return {
    id: code,
    // One sentence of no more than GitHub shows.
    shortDescription: { text: /^[^]*?[.:](?=\s|$)/u.exec(text)?.[0].slice(0, 1024) ?? text },
    fullDescription: { text: text.slice(0, 1024) },
    help: { text: `${text} The page docs/checks/${code}.md says why it hurts, and shows an example.` },
    defaultConfiguration: { level: levels[severityOf(code)] },
    properties: {
      "problem.severity": severityOf(code) === "information" ? "recommendation" : severityOf(code),
    },
  };
}

/** `[text](place)` is a link in a message; a name that looks like one is none. */
const linkless = (text: string): string => text.replaceAll(/[[\]](?=[^[]*\()/gu, "\\$&");

function resultOf({ file, severity, code, message, related = [], ...region }: PlacedProblem) {
  const locationOf = (place: Region) => ({
    physicalLocation: { artifactLocation: { uri: uriOf(file) }, region: regionOf(place) },
  });
  const result = {
    ruleId: code,
    ruleIndex: codes.findIndex((known) => known === code),
    level: levels[severity],
    message: { text: linkless(message) },
    locations: [locationOf(region)],
  };
  if (related.length === 0) return result;
  const relatedLocations = related.map((one, id) => ({
    id,
    message: { text: one.message },
    ...locationOf(one),
  }));
  return { ...result, relatedLocations };
}

function regionOf({ line, column, endLine, endColumn }: Region) {
  return { startLine: line, startColumn: column, endLine, endColumn };
}

/** A relative path stays relative, so that a service can find it in the repository. */
function uriOf(file: string): string {
  if (isAbsolute(file)) return pathToFileURL(file).href;
  return file.replaceAll("\\", "/").replace(/^\.\//u, "").split("/").map(encodeURIComponent).join("/");
}
