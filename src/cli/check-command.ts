import { parseArgs } from "node:util";
import { exit, UsageError } from "./exit.ts";
import type { Exit } from "./exit.ts";
import { sarif } from "./sarif.ts";
import { asText, placed, readTopology } from "./topology-file.ts";
import type { PlacedProblem } from "./topology-file.ts";

const formats = ["text", "json", "sarif"] as const;
type Format = (typeof formats)[number];

export function checkCommand(words: readonly string[]): Exit {
  const { files, format } = readWords(words);
  const problems: PlacedProblem[] = [];
  let result: Exit = exit.well;
  for (const file of files)
    try {
      const topology = readTopology(file);
      problems.push(...placed(topology));
      if (topology.hasErrors && result === exit.well) result = exit.errors;
    } catch (error) {
      process.stderr.write(`brokerlab: ${error instanceof Error ? error.message : String(error)}\n`);
      result = exit.badUse;
    }
  process.stdout.write(written(problems, format));
  if (format === "text") process.stderr.write(conclusion(problems, files.length));
  return result;
}

function readWords(words: readonly string[]): { files: readonly string[]; format: Format } {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...words],
      options: { format: { type: "string", default: "text" } },
      allowPositionals: true,
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  const format = formats.find((known) => known === parsed.values.format);
  if (format === undefined)
    throw new UsageError(`--format is \`${parsed.values.format}\`: expected text, json or sarif`);
  if (parsed.positionals.length === 0) throw new UsageError("check needs a file");
  return { files: parsed.positionals, format };
}

function written(problems: readonly PlacedProblem[], format: Format): string {
  switch (format) {
    case "text":
      return asText(problems);
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
