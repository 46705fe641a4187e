// Compiles schemas/topology.schema.json into a plain function, so that neither the extension nor the web build
// carries a schema compiler or needs `eval`, which the web and the panels' content security policy forbid.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { Ajv } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import standalone from "ajv/dist/standalone/index.js";
import { build } from "esbuild";
import { inProject, isEntry, projectFolder } from "./paths.mjs";

/** In a CommonJS module, Node gives the whole of its exports. */
const standaloneCode = /** @type {{ default: typeof standalone }} */ (/** @type {unknown} */ (standalone))
  .default;

const schemaFile = inProject("schemas/topology.schema.json");
const validatorFile = inProject("src/core/parse/schema-validator.generated.js");
const typesFile = inProject("src/core/parse/schema-validator.generated.d.ts");

const types = `export interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly params: Readonly<Record<string, unknown>>;
}

declare const validate: {
  (value: unknown): boolean;
  /** Of the last call; null when it was valid. */
  readonly errors?: readonly SchemaError[] | null;
};
export default validate;
`;

/** What tells people about a key and validates nothing; so does every key that begins with `x-`. */
const annotations = new Set([
  "title",
  "description",
  "markdownDescription",
  "examples",
  "default",
  "$comment",
]);

/** Keywords whose keys are names that the schema's author chose. */
const named = new Set(["properties", "patternProperties", "definitions", "$defs", "dependencies"]);

/**
 * The part of a schema that validates. The compiled code quotes pieces of the schema, which need not ship twice.
 * @param {unknown} schema
 * @returns {unknown}
 */
function bare(schema) {
  if (Array.isArray(schema)) return schema.map(bare);
  if (typeof schema !== "object" || schema === null) return schema;
  const kept = Object.entries(schema).filter(([key]) => !annotations.has(key) && !key.startsWith("x-"));
  return Object.fromEntries(
    kept.map(([key, value]) => [key, named.has(key) ? eachBare(value) : bare(value)]),
  );
}

/** @param {Record<string, unknown>} schemas */
const eachBare = (schemas) =>
  Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, bare(schema)]));

/** @param {{ $schema?: string }} schema */
function compile(schema) {
  const Dialect = schema.$schema?.includes("2020-12") === true ? Ajv2020 : Ajv;
  const ajv = new Dialect({
    allErrors: true,
    strict: true,
    // A conditional part of the schema may require a key that the part around it declares.
    strictRequired: false,
    allowUnionTypes: true,
    inlineRefs: false,
    // The parser words its own messages, which name the thing and the next step.
    messages: false,
    code: { source: true, esm: true },
  });
  return standaloneCode(ajv, ajv.compile(/** @type {object} */ (bare(schema))));
}

/**
 * The generated code still asks for a few functions of ajv's runtime; bundling puts them inside.
 * @param {string} code
 */
async function bundle(code) {
  const bundled = await build({
    stdin: { contents: code, resolveDir: projectFolder, loader: "js" },
    bundle: true,
    write: false,
    format: "esm",
    target: "es2023",
    minify: true,
    legalComments: "none",
  });
  return bundled.outputFiles[0]?.text ?? "";
}

/**
 * An unchanged file keeps its time, so that whatever watches it stays quiet.
 * @param {string} file
 * @param {string} text
 */
async function writeWhenChanged(file, text) {
  const before = await readFile(file, "utf8").catch(() => undefined);
  if (before !== text) await writeFile(file, text);
}

export async function buildValidator() {
  const code = await bundle(compile(JSON.parse(await readFile(schemaFile, "utf8"))));
  if (/\beval\(|\bnew Function\b/.test(code))
    throw new Error("The compiled validator evaluates text as code");
  await mkdir(dirname(validatorFile), { recursive: true });
  await writeWhenChanged(validatorFile, code);
  await writeWhenChanged(typesFile, types);
}

if (isEntry(import.meta.url)) await buildValidator();
