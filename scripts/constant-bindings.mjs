import { mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { build, transform } from "esbuild";

/** A bundle that is not minified yet begins a line with each declaration at its top, and only these begin one. */
const declaration = /^var (?=([\w$]+) = )/gm;

/** @param {import("esbuild").BuildOptions} options */
const common = ({ format = "esm", target = "es2023", platform = "neutral" }) => ({
  format,
  target,
  platform,
});

/**
 * As esbuild's `build` with `minify`, for one entry point; what its modules declare once is a constant in the bundle, too.
 * esbuild declares it with `var`. V8 folds a constant, and all that is known of it, into the code that uses it; it has to
 * read and check a `var` each time. A name that something is assigned to later stays as it is.
 * @param {import("esbuild").BuildOptions} options
 */
export async function bundleWithConstants({ write = true, outfile = "", absWorkingDir = "", ...options }) {
  const whole = await build({
    ...options,
    outfile,
    absWorkingDir,
    metafile: true,
    write: false,
    minify: false,
    format: "esm",
    sourcemap: options.sourcemap ? "inline" : false,
  });
  const { code, map } = await transform(await withConstants(whole.outputFiles[0]?.text ?? ""), {
    ...common(options),
    minify: true,
    legalComments: "none",
    sourcemap: options.sourcemap ? "external" : false,
    sourcesContent: false,
    logOverride: { "assign-to-constant": "error" },
  });
  const file = resolve(absWorkingDir, outfile);
  const text = options.sourcemap ? `${code}//# sourceMappingURL=${basename(outfile)}.map\n` : code;
  if (write) {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    if (options.sourcemap) await writeFile(`${file}.map`, map);
  }
  const outputs = Object.entries(whole.metafile.outputs).map(
    ([name, output]) => /** @type {const} */ ([name, { ...output, bytes: Buffer.byteLength(text) }]),
  );
  return { metafile: { ...whole.metafile, outputs: Object.fromEntries(outputs) } };
}

/**
 * esbuild finds each assignment to a constant, and names the constant.
 * @param {string} bundle
 */
async function withConstants(bundle) {
  const constant = bundle.replace(declaration, "const ");
  const { warnings } = await transform(constant, {
    logLevel: "silent",
    logOverride: { "assign-to-constant": "warning" },
  });
  const assigned = new Set(
    warnings.flatMap(({ id, text }) => (id === "assign-to-constant" ? (/"(.+)"/.exec(text)?.[1] ?? []) : [])),
  );
  return bundle.replace(declaration, (whole, name) => (assigned.has(name) ? whole : "const "));
}
