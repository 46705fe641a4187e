// node bench/run.mjs [--rounds N] [--editor] [--panel]: measures the engine beside its peers and writes .build/bench/results.md;
// --editor starts a real VS Code as well, for the times of activation and from key to squiggle, --panel
// a browser, for what the panel takes.
import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { build as buildProduct } from "../scripts/build.mjs";
import { buildFolder, inProject } from "../scripts/paths.mjs";
import * as kernelModels from "./kernel.mjs";
import { loadEngine } from "./load-engine.mjs";
import { measureActivation } from "./activation.mjs";
import { cpuSeconds, interleaved, median } from "./measure.mjs";
import * as loop from "./peers/loop.mjs";
import { measureKeystrokes } from "./keystroke.mjs";
import { measurePanel } from "./panel.mjs";
import { measureParsing } from "./parsing.mjs";
import { measureRouting } from "./routing.mjs";
import { ShippedWorker } from "./shipped.mjs";
import * as files from "./topologies.mjs";
import { measureTransfer } from "./transfer.mjs";

const run = promisify(execFile);
const asked = process.argv.indexOf("--rounds");
const rounds = asked < 0 ? 5 : Number(process.argv[asked + 1]);
const tell = (what) => process.stderr.write(`${what}\n`);

if (!existsSync(inProject("bench/node_modules/simjs"))) {
  console.error("simjs is missing: run `npm ci` in bench/ first.");
  process.exit(2);
}
const python = process.env["PYTHON"] ?? "python3";
const simpy = await run(python, ["-c", "import simpy; print(simpy.__version__)"]).then(
  ({ stdout }) => stdout.trim(),
  () => undefined,
);
if (simpy === undefined)
  tell(
    "SimPy is missing: install SimPy 3 or later (Debian's python3-simpy3), or name a Python that has it (PYTHON=venv/bin/python). Going on without.",
  );

if (!process.argv.includes("--no-build")) await buildProduct();
const engine = await loadEngine();
const simjs = await import("./peers/simjs.mjs");

const workers = [];
// Each file in a worker of its own, which has not adapted to others.
const shipped = (text, times = 1) => {
  const { topology, problems } = engine.parse(text);
  if (problems.some(({ severity }) => severity === "error")) throw new Error(problems[0].message);
  const worker = new ShippedWorker();
  workers.push(worker);
  return () =>
    cpuSeconds(async () => {
      for (let time = 0; time < times; time++) await worker.run(topology);
    });
};
const fresh = () => ({ random: new engine.RandomStream(1, "loop"), histogram: new engine.Histogram() });
const inPython = (name, messages) => async () => {
  const { stdout } = await run(python, [inProject("bench/peers/models.py"), name, String(messages)]);
  return Number(stdout.split(" ")[0]);
};
const peers = (name, { inSimjs, byHand, onKernel }) => [
  ...(simpy === undefined ? [] : [{ name: "SimPy", messages: 100_000, run: inPython(name, 100_000) }]),
  { name: "simjs", messages: 300_000, run: () => cpuSeconds(() => inSimjs(300_000)) },
  { name: "loop by hand", messages: 1_000_000, run: () => cpuSeconds(() => byHand(1_000_000, fresh())) },
  { name: "kernel", messages: 1_000_000, run: () => cpuSeconds(() => onKernel(1_000_000, engine)) },
];
const million = (name, file) => ({ name, messages: 1_000_000, run: shipped(file(1_000_000)) });

/** As many as a trace has room for, so often that a difference shows. */
const traced = { messages: 150_000, times: 5 };

const lines = [];
const print = (text) => {
  lines.push(text);
  console.log(text);
};

/** A table of messages per second, beside the first peers that are there. */
async function compare(title, variants, against) {
  const seconds = await interleaved(variants, rounds, tell);
  for (const worker of workers.splice(0)) await worker.stop();
  const rate = new Map(variants.map(({ name, messages }) => [name, messages / seconds.get(name)]));
  const columns = against.filter((name) => rate.has(name));
  const row = (cells) => print(`| ${cells.join(" | ")} |`);
  print(`\n## ${title}\n`);
  row(["", "thousand messages a CPU second", ...columns.map((name) => `times ${name}`)]);
  row(["---", "---:", ...columns.map(() => "---:")]);
  for (const [name, value] of rate)
    row([name, (value / 1000).toFixed(0), ...columns.map((column) => (value / rate.get(column)).toFixed(2))]);
}

print("# Results\n");
print(
  `Node ${process.versions.node}, SimPy ${simpy ?? "missing"}, simjs 2.0.3; medians of ${rounds} rounds.`,
);
const all = ["SimPy", "simjs", "loop by hand"];
await compare(
  "One queue, one server (M/M/1, utilization 0.8)",
  [
    ...peers("mm1", {
      inSimjs: simjs.singleServer,
      byHand: loop.singleServer,
      onKernel: kernelModels.singleServer,
    }),
    million("queue model, trace of 100,000", files.queueSingleServer),
    million("log model, trace of 100,000", files.logSingleServer),
  ],
  all,
);
await compare(
  "Pipeline of four hops",
  [
    ...peers("pipeline", { inSimjs: simjs.pipeline, byHand: loop.pipeline, onKernel: kernelModels.pipeline }),
    million("queue model", files.queuePipeline),
    million("log model, a batch a record", files.logPipeline),
  ],
  all,
);
await compare("The log with batches", [million("400,000/s, linger 5 ms", files.logBatched)], []);
for (const { model, file } of [
  { model: "queue", file: files.queueSingleServer },
  { model: "log", file: files.logSingleServer },
])
  await compare(
    `Cost of the trace, ${model} model`,
    [
      ...[0, traced.messages].map((budget) => ({
        name: budget === 0 ? "nothing traced" : "everything traced",
        messages: traced.messages * traced.times,
        run: shipped(file(traced.messages, budget), traced.times),
      })),
    ],
    ["nothing traced"],
  );

print("\n## Memory of a million messages in flight\n");
print("| | MB | bytes a message |\n|---|---:|---:|");
for (const name of ["queue", "log"]) {
  const { stdout } = await run(process.execPath, ["--expose-gc", inProject("bench/memory.mjs"), name]);
  const bytes = Number(stdout.split(" ")[0]);
  print(`| ${name} model | ${(bytes / 1e6).toFixed(1)} | ${(bytes / 1e6).toFixed(0)} |`);
}

print("\n## Cancel\n");
const worker = new ShippedWorker();
const { topology: endless } = engine.parse(files.queueSingleServer(1_000_000_000));
const waits = [];
for (let i = 0; i < 20; i++) {
  worker.start(endless);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const asked = performance.now();
  worker.cancel();
  await worker.last();
  waits.push(performance.now() - asked);
}
print(
  `From the request to the worker's answer: median ${median(waits).toFixed(1)} ms, longest ${Math.max(...waits).toFixed(1)} ms.`,
);
await worker.stop();

print("\n## Worker to panel\n");
print(await measureTransfer());

if (process.argv.includes("--editor")) {
  print("\n## Activation, by VS Code's own table\n");
  (await measureActivation()).forEach(print);
  print("\n## From key to squiggle in the editor\n");
  (await measureKeystrokes()).forEach(print);
}

if (process.argv.includes("--panel")) {
  print("\n## The panel\n");
  (await measurePanel(engine, tell)).forEach(print);
}

print("\n## Parse and check, warm\n");
measureParsing(engine).forEach(print);

print("\n## Routing by topic\n");
measureRouting(engine).forEach(print);

print("\n## Bundles\n");
print("| | kB | gzipped |\n|---|---:|---:|");
for (const name of readdirSync(inProject("dist"), { recursive: true, encoding: "utf8" })
  .filter((file) => /\.m?js$/.test(file))
  .toSorted()) {
  const bytes = readFileSync(inProject("dist", name));
  print(`| ${name} | ${(bytes.length / 1000).toFixed(0)} | ${(gzipSync(bytes).length / 1000).toFixed(0)} |`);
}
writeFileSync(join(buildFolder, "bench/results.md"), `${lines.join("\n")}\n`);
