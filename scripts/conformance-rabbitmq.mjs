// Compares the simulator with a real RabbitMQ: node scripts/conformance-rabbitmq.mjs [--scenarios N] [--seed N] [--mutants]
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { install } from "./install.mjs";
import { buildFolder, inProject, isEntry, projectFolder } from "./paths.mjs";

/** What has to be there and is not, as a sentence; where only the server is missing and may be installed, that is done. */
export function missingForRabbitMq() {
  if (existsSync("/usr/lib/rabbitmq/bin/rabbitmq-server")) return undefined;
  if (!existsSync("/usr/bin/apt-get"))
    return "it needs Debian's package `rabbitmq-server`: no `apt-get` here";
  return process.getuid?.() === 0
    ? undefined
    : "it needs Debian's package `rabbitmq-server`, which only root may install";
}

/** What `npm test -- --full` plays, in about four minutes: scenarios of a fresh seed, as many as there is time for. */
export const boundedRun = ["--scenarios", "300", "--minutes", "3"];

if (isEntry(import.meta.url)) {
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
}
