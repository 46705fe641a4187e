import { join } from "node:path";
import { bundleWithConstants } from "../scripts/constant-bindings.mjs";
import { buildFolder, inProject } from "../scripts/paths.mjs";

/** @typedef {typeof import("./engine.ts")} Engine */

const file = join(buildFolder, "bench/engine.mjs");

/**
 * As the last `loadEngine` left it.
 * @returns {Promise<Engine>}
 */
export const builtEngine = () => import(file);

/** The parser and the parts of the engine, bundled and minified as they ship. */
export async function loadEngine() {
  await bundleWithConstants({
    entryPoints: [inProject("bench/engine.ts")],
    outfile: file,
    bundle: true,
    target: "es2023",
    format: "esm",
    platform: "node",
    alias: { yaml: inProject("node_modules/yaml/browser/dist/parse/parser.js") },
  });
  return builtEngine();
}
