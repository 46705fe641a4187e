// Compares the simulator with a real RabbitMQ: node scripts/conformance-rabbitmq.mjs [--scenarios N] [--seed N] [--mutants]
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { build } from "esbuild";
import { install } from "./install.mjs";
import { buildFolder, inProject, projectFolder } from "./paths.mjs";

const folder = inProject("test/conformance/rabbitmq/live");
await install("a RabbitMQ client", folder);
const outfile = join(buildFolder, "conformance/live-rabbitmq.mjs");
await build({
  entryPoints: [join(folder, "main.ts")],
  outfile,
  bundle: true,
  target: "node20",
  format: "esm",
  platform: "node",
  external: ["esbuild"],
  banner: {
    js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
  },
});
const player = spawn(process.execPath, [outfile, "--project", projectFolder, ...process.argv.slice(2)], {
  stdio: "inherit",
});
const [code] = await once(player, "exit");
process.exitCode = code ?? 1;
