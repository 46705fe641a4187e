import { brokerModels, LineIndex, modelsOf, parse, translate } from "../core/index.ts";
import type { BrokerModel, Translation } from "../core/index.ts";
import { asText } from "./code-frame.ts";
import { exit, UsageError } from "./exit.ts";
import type { Exit } from "./exit.ts";
import { printable } from "./report.ts";
import { readTopology, type TopologyFile } from "./topology-file.ts";
import { oneFile, parseWords } from "./words.ts";

/** Prints a file in the other broker model, and on standard error what has no equal there. */
export function translateCommand(words: readonly string[]): Exit {
  const { file, to } = readWords(words);
  const topology = readTopology(file);
  if (!topology.runs) {
    process.stderr.write(asText(topology));
    process.stderr.write(`brokerlab: ${file} has errors, so it was not translated\n`);
    return exit.errors;
  }
  const translation = translated(topology, to);
  process.stderr.write(notesText(topology, translation));
  process.stdout.write(translation.text);
  return exit.well;
}

/** Throws where the file has nothing to translate. */
export function translated({ file, text }: TopologyFile, to: BrokerModel | undefined): Translation {
  const parsed = parse(text);
  const translation = translate(parsed, to);
  if (translation !== undefined) return translation;
  const [has] = modelsOf(parsed.topology);
  throw new Error(
    has === undefined
      ? `${file} has no topics and no queues, so there is nothing to translate`
      : `${file} is ${has === "log" ? "a log" : "queues"} already; translate it to ${has === "log" ? "queues" : "log"}`,
  );
}

/** A line for each note, with its place in the file. */
export function notesText({ file, text }: TopologyFile, { notes }: Translation): string {
  const index = new LineIndex(text);
  return notes
    .map(({ where, span, says }) => {
      const { line, column } = index.position(span.start);
      return `${printable(`${file}:${line}:${column}: note: ${where}: ${says}`)}\n`;
    })
    .join("");
}

export function readModel(written: string | undefined): BrokerModel | undefined {
  if (written === undefined) return undefined;
  const model = brokerModels.find((one) => one === written);
  if (model === undefined)
    throw new UsageError(`--to is \`${written}\`: expected ${brokerModels.join(" or ")}`);
  return model;
}

function readWords(words: readonly string[]): {
  readonly file: string;
  readonly to: BrokerModel | undefined;
} {
  const { positionals, values } = parseWords(words, { to: { type: "string" } });
  return { file: oneFile("translate", positionals), to: readModel(values.to) };
}
