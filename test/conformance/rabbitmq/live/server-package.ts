import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);
const attempts = 3;
const pause = 5000;

/** The server's own scripts, which run it as whoever calls them. */
export const serverScripts = "/usr/lib/rabbitmq/bin";

/** Installs Debian's `rabbitmq-server` where it is missing. Throws, saying what to do, where that cannot be. */
export async function installServer(tell: (line: string) => void): Promise<void> {
  if (existsSync(`${serverScripts}/rabbitmq-server`)) return;
  const byHand =
    "install the package `rabbitmq-server` (`apt-get install rabbitmq-server`) and run this again";
  if (!existsSync("/usr/bin/apt-get"))
    throw new Error(`there is no RabbitMQ in ${serverScripts} and no apt-get to install it: ${byHand}`);
  if (process.getuid?.() !== 0)
    throw new Error(`there is no RabbitMQ in ${serverScripts}, and only root may install it: ${byHand}`);
  tell("Installing rabbitmq-server …");
  try {
    await patiently(async () => {
      await aptGet("update");
      await aptGet("install", "--yes", "--no-install-recommends", "rabbitmq-server");
    });
  } catch (error) {
    const why =
      error instanceof Error ? error.message.trim().split("\n").slice(-3).join("; ") : String(error);
    throw new Error(`apt-get could not install rabbitmq-server (${why}): ${byHand}`, { cause: error });
  }
}

/** Mirrors fail now and then. */
async function patiently(install: () => Promise<void>): Promise<void> {
  for (let left = attempts; ; left--)
    try {
      await install();
      return;
    } catch (error) {
      if (left === 1) throw error;
      await sleep(pause);
    }
}

/** Another installation may be under way. */
const lockTimeout = "DPkg::Lock::Timeout=120";

async function aptGet(...words: readonly string[]): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["--quiet", "--option", lockTimeout, ...words], { env, maxBuffer: 1 << 26 });
}
