import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const project = join(import.meta.dirname, "../..");

/** What git knows or would add, so that the tests see what a reader of the repository sees. */
export function files(pattern: RegExp): string[] {
  return execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    cwd: project,
    encoding: "utf8",
  })
    .split("\n")
    .filter((file) => pattern.test(file) && existsSync(join(project, file)));
}

export const read = (file: string): string => readFileSync(join(project, file), "utf8");

/** Code with its comments and texts blanked out, lines kept. */
export function bareCode(code: string): string {
  return code.replace(
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g,
    (match) => match.replace(/[^\n]/g, " "),
  );
}
