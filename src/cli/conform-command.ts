import { readFileSync } from "node:fs";
import { playKafkaRecording, playRabbitRecording } from "../core/index.ts";
import { exit, UsageError } from "./exit.ts";
import type { Exit } from "./exit.ts";
import { oneFile, parseWords } from "./words.ts";

type Play = (recording: unknown, version: string | undefined) => unknown;

/** How a broker's recordings are played, by the broker. */
const players: Readonly<Record<string, Play>> = { kafka: playKafka, rabbitmq: playRabbitRecording };

/** Prints a recording of a broker with the simulator's own results in place of the recorded ones. */
export function conformCommand(words: readonly string[]): Exit {
  const { play, file, version } = readWords(words);
  let played: unknown;
  try {
    played = play(JSON.parse(readFileSync(file, "utf8")), version);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    const what = error instanceof SyntaxError ? `this is no recording: ${why}` : why;
    throw new Error(`${file}: ${what}`, { cause: error });
  }
  process.stdout.write(`${JSON.stringify(played, undefined, 1)}\n`);
  return exit.well;
}

function playKafka(recording: unknown, version: string | undefined): unknown {
  if (version !== undefined) throw new UsageError("--broker-version is for rabbitmq");
  return playKafkaRecording(recording);
}

function readWords(words: readonly string[]): { play: Play; file: string; version: string | undefined } {
  const { positionals, values } = parseWords(words, { "broker-version": { type: "string" } });
  const [broker = "", ...files] = positionals;
  const play = Object.hasOwn(players, broker) ? players[broker] : undefined;
  if (play === undefined)
    throw new UsageError(`conform needs a broker: ${Object.keys(players).join(" or ")}`);
  return { play, file: oneFile("conform", files), version: values["broker-version"] };
}
