// Makes the package that a user installs: .build/brokerlab.vsix.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "./build.mjs";
import { buildFolder, inProject, isEntry, projectFolder } from "./paths.mjs";

const run = promisify(execFile);

const packageFile = join(buildFolder, "brokerlab.vsix");
const stampFile = join(buildFolder, "brokerlab.vsix.inputs");

/** Everything that the package is made from. */
const inputs = [
  "src",
  "schemas",
  "starters",
  "examples",
  "l10n",
  "docs",
  "media",
  "scripts",
  "package.json",
  "package.nls.json",
  "package-lock.json",
  ".vscodeignore",
  "README.md",
  "CHANGELOG.md",
  "ARCHITECTURE.md",
  "CONTRIBUTING.md",
  "LICENSE",
];

/**
 * @param {string} path
 * @returns {Promise<string[]>}
 */
async function filesUnder(path) {
  const found = await stat(inProject(path)).catch(() => undefined);
  if (found === undefined) return [];
  if (found.isFile()) return [path];
  const names = await readdir(inProject(path));
  const nested = await Promise.all(names.sort().map((name) => filesUnder(join(path, name))));
  return nested.flat().filter((file) => !file.includes(".generated."));
}

async function fingerprint() {
  const hash = createHash("sha256");
  for (const path of inputs)
    for (const file of await filesUnder(path))
      hash
        .update(file)
        .update("\0")
        .update(await readFile(inProject(file)));
  return hash.digest("hex");
}

async function makePackage() {
  await build();
  await mkdir(buildFolder, { recursive: true });
  await run(process.execPath, [inProject("scripts/vsix.mjs"), packageFile], { cwd: projectFolder });
}

/** Makes the package anew only when something it is made from has changed. */
export async function upToDatePackage() {
  const wanted = await fingerprint();
  const had = await readFile(stampFile, "utf8").catch(() => undefined);
  const exists = await stat(packageFile).catch(() => undefined);
  if (had !== wanted || exists === undefined) {
    await makePackage();
    await writeFile(stampFile, wanted);
  }
  return { file: packageFile, fingerprint: wanted };
}

if (isEntry(import.meta.url)) {
  await makePackage();
  await writeFile(stampFile, await fingerprint());
  const { size } = await stat(packageFile);
  console.log(`${packageFile} (${(size / 1000).toFixed(0)} kB)`);
}
