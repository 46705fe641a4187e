import { exit, UsageError } from "./exit.ts";
import type { Exit } from "./exit.ts";
import { filesOf } from "./file-patterns.ts";
import { sarif } from "./sarif.ts";
import { asText } from "./code-frame.ts";
import { placed, readTopology } from "./topology-file.ts";
import type { PlacedProblem, TopologyFile } from "./topology-file.ts";
import { parseWords } from "./words.ts";

const formats = ["text", "json", "sarif"] as const;
type Format = (typeof formats)[number];

export function checkCommand(words: readonly string[]): Exit {
  const { files, format, maxWarnings } = readWords(words);
  const read: TopologyFile[] = [];
  let result: Exit = exit.well;
  for (const file of new Set(files.flatMap(matched)))
    try {
      const topology = readTopology(file);
      read.push(topology);
      if (topology.hasErrors && result === exit.well) result = exit.errors;
    } catch (error) {
      process.stderr.write(`brokerlab: ${error instanceof Error ? error.message : String(error)}\n`);
      result = exit.badUse;
    }
  const problems = read.flatMap(placed);
  process.stdout.write(format === "text" ? read.map(asText).join("") : written(problems, format));
  if (format === "text") process.stderr.write(conclusion(problems, read.length));
  const warnings = problems.filter(({ severity }) => severity === "warning").length;
  if (warnings > maxWarnings) {
    process.stderr.write(
      `brokerlab: ${warnings} ${warnings === 1 ? "warning is" : "warnings are"} more than --max-warnings ${maxWarnings}\n`,
    );
    if (result === exit.well) result = exit.errors;
  }
  return result;
}

/** A pattern without a file stays as it is, to be told of as a file that is not there. */
function matched(word: string): string[] {
  const files = filesOf(word);
  return files.length === 0 ? [word] : files;
}

interface Asked {
  readonly files: readonly string[];
  readonly format: Format;
  readonly maxWarnings: number;
}

function readWords(words: readonly string[]): Asked {
  const parsed = parseWords(words, {
    format: { type: "string", default: "text" },
    "max-warnings": { type: "string" },
  });
  const format = formats.find((known) => known === parsed.values.format);
  if (format === undefined)
    throw new UsageError(`--format is \`${parsed.values.format}\`: expected text, json or sarif`);
  const most = parsed.values["max-warnings"];
  if (most !== undefined && !/^\d+$/u.test(most))
    throw new UsageError(`--max-warnings is \`${most}\`: expected a whole number of 0 or more`);
  if (parsed.positionals.length === 0) throw new UsageError("check needs a file");
  return { files: parsed.positionals, format, maxWarnings: most === undefined ? Infinity : Number(most) };
}

function written(problems: readonly PlacedProblem[], format: "json" | "sarif"): string {
  switch (format) {
    case "json":
      return `${JSON.stringify(problems, undefined, 2)}\n`;
    case "sarif":
      return `${JSON.stringify(sarif(problems), undefined, 2)}\n`;
  }
}

function conclusion(problems: readonly PlacedProblem[], files: number): string {
  const count = (severity: string, word: string) => {
    const number = problems.filter((problem) => problem.severity === severity).length;
    return `${number} ${word}${number === 1 ? "" : "s"}`;
  };
  return `${files} file${files === 1 ? "" : "s"}: ${count("error", "error")}, ${count("warning", "warning")}, ${count("information", "note")}\n`;
}
