// Writes what VS Code reads beside the code and follows from elsewhere: a setting for each check, by its page; the texts of the
// host for translators.
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { transform } from "esbuild";
import { format } from "prettier";
import { inProject, isEntry } from "./paths.mjs";

const levels = ["error", "warning", "information", "off"];

/** A check's code, own severity, and what it tells of. @param {string} file */
async function readPage(file) {
  const code = basename(file, ".md");
  const page = await readFile(inProject("docs/checks", file), "utf8");
  const severity = /^(Error|Warning|Information)\b/m.exec(page)?.[1]?.toLowerCase();
  const what = /^## What\n\n(.+)$/m.exec(page)?.[1];
  if (severity === undefined || what === undefined)
    throw new Error(`docs/checks/${file} lacks its severity, or a first paragraph under "What".`);
  return { code, severity, what };
}

/** What a person reads of the host, in the order of the files: VS Code looks translations up by these texts. */
async function textsOfHost() {
  const folder = inProject("src/host");
  /** @type {Set<string>} */
  const texts = new Set();
  for (const name of (await readdir(folder)).sort()) {
    const code = await readFile(join(folder, name), "utf8");
    for (const [, text = ""] of code.matchAll(/\bl10n\.t\(\s*("(?:[^"\\]|\\.)*")/g))
      texts.add(JSON.parse(text));
  }
  const { code } = await transform(await readFile(join(folder, "starters.ts"), "utf8"), {
    loader: "ts",
    format: "esm",
  });
  const { starterGroups } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  for (const { title, starters } of starterGroups) {
    texts.add(title);
    for (const starter of starters) texts.add(starter.title).add(starter.detail);
  }
  return Object.fromEntries([...texts].sort().map((text) => [text, text]));
}

/** What the files hold when they are up to date, by their names. @returns {Promise<Record<string, string>>} */
export async function contributions() {
  const pages = await readdir(inProject("docs/checks"));
  const checks = await Promise.all(pages.sort().map(readPage));
  const manifest = JSON.parse(await readFile(inProject("package.json"), "utf8"));
  const texts = JSON.parse(await readFile(inProject("package.nls.json"), "utf8"));
  manifest.contributes.configuration.properties["brokerlab.checks"].properties = Object.fromEntries(
    checks.map(({ code, severity }) => [
      code,
      { type: "string", enum: levels, default: severity, markdownDescription: `%check.${code}%` },
    ]),
  );
  const others = Object.entries(texts).filter(([key]) => !key.startsWith("check."));
  const described = checks.map(({ code, what }) => [`check.${code}`, what]);
  return {
    "package.json": await inHouse("package.json", manifest),
    "l10n/bundle.l10n.json": await inHouse("l10n/bundle.l10n.json", await textsOfHost()),
    "package.nls.json": await inHouse("package.nls.json", Object.fromEntries([...others, ...described])),
  };
}

/**
 * @param {string} filepath
 * @param {unknown} value
 */
async function inHouse(filepath, value) {
  const { prettier } = JSON.parse(await readFile(inProject("package.json"), "utf8"));
  return format(JSON.stringify(value, undefined, 2), { ...prettier, overrides: undefined, filepath });
}

if (isEntry(import.meta.url)) {
  await mkdir(inProject("l10n"), { recursive: true });
  for (const [file, text] of Object.entries(await contributions())) await writeFile(inProject(file), text);
}
