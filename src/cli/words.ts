import { parseArgs, type ParseArgsConfig } from "node:util";
import { UsageError } from "./exit.ts";

type Options = NonNullable<ParseArgsConfig["options"]>;
type Parsed<Known extends Options> = ReturnType<typeof parseArgs<{ options: Known; allowPositionals: true }>>;

/** A command's words, told apart; throws a UsageError for an option that is not one of these or lacks its value. */
export function parseWords<const Known extends Options>(
  words: readonly string[],
  options: Known,
): Parsed<Known> {
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(told(error, Object.keys(options)));
  }
}

/** What parseArgs has against a command line; of an option that it does not know it says what helps with file names alone. */
function told(error: unknown, known: readonly string[]): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== "ERR_PARSE_ARGS_UNKNOWN_OPTION") return message;
  const option = /'([^']*)'/u.exec(message)?.[1] ?? "";
  const names = known.map((name) => `--${name}`).join(", ");
  return `there is no option \`${option}\` here${names === "" ? "" : `; there are ${names}`}`;
}

/** The only file that a command takes. */
export function oneFile(command: string, [file, ...more]: readonly string[]): string {
  if (file === undefined) throw new UsageError(`${command} needs one file`);
  if (more.length > 0) throw new UsageError(`${command} needs one file; found ${1 + more.length}`);
  return file;
}

/** Undefined where the file's own seed holds. */
export function readSeed(written: string | undefined): number | undefined {
  if (written === undefined) return undefined;
  const seed = Number(written);
  if (written.trim() === "" || !Number.isSafeInteger(seed) || seed < 0)
    throw new UsageError(`--seed is \`${written}\`: expected a whole number from 0`);
  return seed;
}
