import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { projectFolder } from "../../scripts/paths.mjs";
import { resultsPanel } from "../../tools/editor/person.mjs";

const run = promisify(execFile);

/** What `brokerlab simulate --json` prints; it exits with 1 where an expectation of the file does not hold. */
async function simulated(file: string): Promise<unknown> {
  const { stdout } = await run(
    process.execPath,
    [join(projectFolder, "bin/brokerlab.mjs"), "simulate", file, "--json"],
    { maxBuffer: 1e8 },
  ).catch((error: { readonly stdout: string }) => error);
  return JSON.parse(stdout);
}

/** The steps of a path as the panel writes it: `queues["work.eu"].depth.max`. */
function steps(path: string): string[] {
  return [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|([^.[\]]+)/g)].map(([, quoted, plain]) =>
    quoted === undefined ? (plain ?? "") : (JSON.parse(`"${quoted}"`) as string),
  );
}

function dig(from: unknown, path: string): unknown {
  return steps(path).reduce((at, step) => (at as Record<string, unknown>)[step], from);
}

/** Every number of the panel's page, by its place in the result. */
async function shownNumbers(page: Page): Promise<ReadonlyMap<string, string>> {
  const values = resultsPanel(page).locator("[data-path]");
  await values.first().waitFor();
  const shown = await values.evaluateAll((elements) =>
    elements.map((element): [string, string] => [
      element.getAttribute("data-path") ?? "",
      element.getAttribute("data-value") ?? "",
    ]),
  );
  return new Map(shown);
}

/** The panel shows the numbers that the command line prints, to the digit, and among them those that `paths` name. */
export async function expectNumbersOf(page: Page, file: string, paths: readonly string[]): Promise<void> {
  const printed = await simulated(file);
  const shown = await shownNumbers(page);
  const expected = [...shown.keys()].map((path): [string, string] => [path, String(dig(printed, path))]);
  expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(expected));
  expect([...shown.keys()]).toEqual(expect.arrayContaining([...paths]));
  expect(shown.size).toBeGreaterThan(40);
}
