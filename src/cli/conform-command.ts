import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { playKafkaRecording } from "../core/index.ts";
import { exit, UsageError } from "./exit.ts";
import type { Exit } from "./exit.ts";

/** How a broker's recordings are played, by the broker. */
const players: Readonly<Record<string, (recording: unknown) => unknown>> = { kafka: playKafkaRecording };

/** Prints a recording of a broker with the simulator's own results in place of the recorded ones. */
export function conformCommand(words: readonly string[]): Exit {
  const { play, file } = readWords(words);
  let played: unknown;
  try {
    played = play(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  process.stdout.write(`${JSON.stringify(played, undefined, 1)}\n`);
  return exit.well;
}

function readWords(words: readonly string[]): { play: (recording: unknown) => unknown; file: string } {
  let positionals: readonly string[];
  try {
    ({ positionals } = parseArgs({ args: [...words], allowPositionals: true }));
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  const [broker = "", file, ...more] = positionals;
  const play = Object.hasOwn(players, broker) ? players[broker] : undefined;
  if (play === undefined)
    throw new UsageError(`conform needs a broker: ${Object.keys(players).join(" or ")}`);
  if (file === undefined || more.length > 0) throw new UsageError("conform needs one file");
  return { play, file };
}
