// Bundles everything that ships into dist/.
import { readdir, readFile, rm } from "node:fs/promises";
import { extname, join } from "node:path";
import { build as bundle } from "esbuild";
import { buildValidator } from "./build-validator.mjs";
import { bundleWithConstants } from "./constant-bindings.mjs";
import { inProject, isEntry } from "./paths.mjs";

/** @type {import("esbuild").BuildOptions} */
const common = {
  bundle: true,
  minify: true,
  sourcemap: true,
  sourcesContent: false,
  target: "es2023",
  legalComments: "none",
  logLevel: "warning",
  metafile: true,
  // The parser of tokens alone: with the library's index comes all that writes YAML.
  alias: { yaml: inProject("node_modules/yaml/browser/dist/parse/parser.js") },
};

/** @type {import("esbuild").BuildOptions} */
const onNode = { ...common, platform: "node", format: "cjs", target: "node20" };

/** @type {import("esbuild").BuildOptions} */
const inBrowser = { ...common, platform: "browser" };

/**
 * Activation only looks for topology files; the views lie in a file of their own, read when needed.
 * @type {import("esbuild").Plugin}
 */
const labApart = {
  name: "lab-apart",
  setup: ({ onResolve }) =>
    onResolve({ filter: /^\.\/lab\.ts$/ }, () => ({ path: "./lab.js", external: true })),
};

/** What the parser never asks the format's schema for; the whole of it ships as a file for other YAML tools. */
const forReaders = new Set(["examples", "default", "pattern", "title", "$schema", "$id", "oneOf"]);

/**
 * Without what only people read. Of a required key's description the parser quotes the first sentence.
 * @param {any} schema
 * @param {boolean} quoted
 * @returns {any}
 */
function lean(schema, quoted = false) {
  if (Array.isArray(schema)) return schema.map((item) => lean(item));
  if (typeof schema !== "object" || schema === null) return schema;
  /** @type {Record<string, unknown>} */
  const kept = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === "properties" || key === "definitions")
      kept[key] = Object.fromEntries(
        Object.entries(value).map(([name, inner]) => [
          name,
          lean(inner, key === "definitions" || schema.required?.includes(name)),
        ]),
      );
    else if (key === "description" && typeof value === "string") {
      if (quoted) kept[key] = value.split(/(?<=[.:])\s/, 1)[0];
    } else if (key === "additionalProperties" && value === false) {
      // What the schema does not name is unknown to the parser either way.
    } else if (!forReaders.has(key)) kept[key] = lean(value);
  }
  return kept;
}

/**
 * @param {(schema: any) => unknown} ship
 * @returns {import("esbuild").Plugin}
 */
const shippedSchema = (ship) => ({
  name: "shipped-schema",
  setup: ({ onLoad }) =>
    onLoad({ filter: /topology\.schema\.json$/ }, async ({ path }) => ({
      contents: JSON.stringify(ship(JSON.parse(await readFile(path, "utf8")))),
      loader: "json",
    })),
});

/** The language worker tells people what the schema says. */
const inLanguage = { plugins: [shippedSchema((schema) => schema)] };

/** @type {import("esbuild").BuildOptions & { entry: string; outfile: string }} */
export const panel = {
  ...inBrowser,
  entry: "src/webview/panel/main.tsx",
  outfile: "dist/panel.js",
  format: "iife",
  jsx: "automatic",
  jsxImportSource: "preact",
  // What the layout and chart libraries call private needs no name as long as theirs.
  mangleProps: /^_[a-z]/,
};

/**
 * Drawn on demand, from the page that shows the panel.
 * @type {import("esbuild").BuildOptions & { entry: string; outfile: string }}
 */
export const pictures = {
  ...inBrowser,
  entry: "src/webview/panel/pictures/main.ts",
  outfile: "dist/pictures.js",
  format: "esm",
  jsx: "automatic",
  jsxImportSource: "preact",
};

/**
 * The last runs and what they differ in: loaded when they are asked for.
 * @type {import("esbuild").BuildOptions & { entry: string; outfile: string }}
 */
export const history = {
  ...pictures,
  entry: "src/webview/panel/history/main.tsx",
  outfile: "dist/history.js",
};

/** @type {import("esbuild").BuildOptions & { entry: string; outfile: string }} */
export const report = {
  ...inBrowser,
  entry: "src/webview/report/main.ts",
  outfile: "dist/report.js",
  format: "iife",
};

/** @type {import("esbuild").BuildOptions & { entry: string; outfile: string }} */
export const layout = {
  ...inBrowser,
  entry: "src/worker/layout-worker.ts",
  outfile: "dist/layout.js",
  format: "iife",
};

/**
 * `hot`: it works for long, so that constants are worth a second pass over the bundle.
 * @type {readonly (import("esbuild").BuildOptions & { entry: string; outfile: string; hot?: true })[]}
 */
const bundles = [
  {
    ...onNode,
    entry: "src/host/extension.ts",
    outfile: "dist/extension.js",
    external: ["vscode"],
    plugins: [labApart],
    // `require`, which VS Code extends, and not `import()`, which it does not.
    supported: { "dynamic-import": false },
  },
  { ...onNode, entry: "src/host/lab.ts", outfile: "dist/lab.js", external: ["vscode"] },
  { ...onNode, entry: "src/worker/thread.ts", outfile: "dist/thread.js" },
  { ...onNode, entry: "src/cli/main.ts", outfile: "dist/cli.mjs", format: "esm", hot: true },
  {
    ...inBrowser,
    entry: "src/host/extension-web.ts",
    outfile: "dist/web/extension.js",
    format: "cjs",
    external: ["vscode"],
  },
  {
    ...inBrowser,
    entry: "src/worker/engine-worker.ts",
    outfile: "dist/worker.js",
    format: "iife",
    hot: true,
  },
  {
    ...inBrowser,
    ...inLanguage,
    entry: "src/worker/language-worker.ts",
    outfile: "dist/language.js",
    format: "iife",
    hot: true,
  },
  layout,
  { ...inBrowser, entry: "src/worker/models-worker.ts", outfile: "dist/models.js", format: "iife" },
  panel,
  pictures,
  history,
  report,
];

/**
 * What an earlier build left must not ship. Only that goes: an editor may be reading the rest.
 * @param {ReadonlySet<string>} outputs
 */
async function removeOthers(outputs) {
  for (const name of await readdir(inProject("dist"), { recursive: true })) {
    const output = join("dist", name).replaceAll("\\", "/");
    if (extname(output) !== "" && !outputs.has(output)) await rm(inProject(output));
  }
}

/**
 * Name, bytes and sources of each bundle.
 * @param {boolean} write
 */
export async function bundleAll(write) {
  await buildValidator();
  const built = await Promise.all(
    bundles.map(async ({ entry, hot = false, ...options }) => {
      const { metafile } = await (hot ? bundleWithConstants : bundle)({
        ...options,
        write,
        plugins: [...(options.plugins ?? []), shippedSchema(lean)],
        absWorkingDir: inProject(),
        entryPoints: [entry],
      });
      return Object.entries(metafile?.outputs ?? {}).filter(([name]) => !name.endsWith(".map"));
    }),
  );
  return built.flat().map(([name, { bytes, inputs }]) => ({ name, bytes, sources: Object.keys(inputs) }));
}

export async function build() {
  const outputs = await bundleAll(true);
  await removeOthers(new Set(outputs.flatMap(({ name }) => [name, `${name}.map`])));
  return outputs;
}

if (isEntry(import.meta.url)) {
  for (const { name, bytes } of await build())
    console.log(`${name.padEnd(24)}${(bytes / 1000).toFixed(1).padStart(8)} kB`);
}
