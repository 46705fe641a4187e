import { execFile } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import pixelmatch from "pixelmatch";
import { PNG } from "pngjs";
import { expect } from "vitest";
import { buildFolder } from "../../../scripts/paths.mjs";

const run = promisify(execFile);
export const references = new URL("references/", import.meta.url);
const seen = join(buildFolder, "looks");

/** How far a color may be off, 0 to 1: what a palette of 256 colors does to it, and no more. */
const threshold = 0.06;
/** Pixels beyond that in a picture: a letter has more. */
const slack = 8;

export const renewal = "renew the references with `npx vitest run --project webview test/webview/looks -u`";
export const renewing = (): boolean => expect.getState().snapshotState.snapshotUpdateState === "all";

interface Unlike {
  readonly why: string;
  /** What differs, in red; nothing to show where the sizes differ. */
  readonly difference?: Buffer;
}

/** What a picture differs in from its reference; undefined where a person would see none of it. */
export function unlike(actual: Buffer, reference: Buffer): Unlike | undefined {
  const [now, then] = [PNG.sync.read(actual), PNG.sync.read(reference)];
  if (now.width !== then.width || now.height !== then.height)
    return { why: `is ${now.width}×${now.height}, was ${then.width}×${then.height}` };
  const difference = new PNG({ width: now.width, height: now.height });
  const pixels = pixelmatch(now.data, then.data, difference.data, now.width, now.height, { threshold });
  return pixels <= slack
    ? undefined
    : { why: `differs in ${pixels} pixels`, difference: PNG.sync.write(difference) };
}

/** Few colors are seen on a page of text: a palette of them takes a third of the room. */
async function keep(name: string, picture: Buffer): Promise<void> {
  const file = new URL(`${name}.png`, references);
  await mkdir(references, { recursive: true });
  await writeFile(file, picture);
  await run("pngquant", ["--force", "--ext", ".png", "--speed", "1", "--nofs", "--strip", file.pathname]);
  expect(unlike(picture, await readFile(file)), "the palette keeps what is seen").toBeUndefined();
}

/** Fails where a picture is unlike its reference, and leaves both and their difference to be looked at. */
export async function expectLikeness(name: string, picture: Buffer): Promise<void> {
  const reference = await readFile(new URL(`${name}.png`, references)).catch(() => undefined);
  const found = reference ? unlike(picture, reference) : { why: "has no reference yet" };
  if (renewing()) return found && keep(name, picture);
  const left = ["seen", "difference", "reference"].map((part) => join(seen, `${name}.${part}.png`));
  await Promise.all(left.map((file) => rm(file, { force: true })));
  if (!found) return;
  await mkdir(seen, { recursive: true });
  for (const [index, part] of [picture, found.difference, reference].entries())
    if (part) await writeFile(left[index]!, part);
  expect.fail(
    `${name} ${found.why}: look at ${left[0]!.replace("seen.png", "*.png")}; where that is meant, ${renewal}.`,
  );
}
