import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { projectFolder } from "../../scripts/paths.mjs";
import { upToDatePackage } from "../../scripts/package.mjs";

beforeAll(() => upToDatePackage());

const direct = [process.execPath, join(projectFolder, "scripts/start.mjs"), "--no-open"] as const;

/** Starts what `npm start` starts, up to the address that it prints. */
async function start([command, ...args]: readonly [string, ...string[]] = direct) {
  const runner = spawn(command, args, { cwd: projectFolder, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(runner, "exit");
  let printed = "";
  for await (const chunk of runner.stdout) {
    printed += String(chunk);
    const address = /http:\S+/.exec(printed)?.[0];
    if (address !== undefined && printed.includes("Ctrl-C"))
      return { runner, ended, address: new URL(address) };
  }
  throw new Error(`npm start ended without an address:\n${printed}`);
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });

async function untilGone(port: number): Promise<void> {
  while (await answers(port)) await new Promise((resolve) => setTimeout(resolve, 50));
}

test("npm start serves behind a token, and Ctrl-C leaves nothing running", async () => {
  const { runner, ended, address } = await start();
  expect(address.hostname).toBe("127.0.0.1");
  const withToken = await fetch(address, { redirect: "manual" });
  expect([200, 302]).toContain(withToken.status);
  expect((await fetch(address.origin)).status).toBe(403);
  runner.kill("SIGINT");
  expect(await ended).toEqual([0, null]);
  await untilGone(Number(address.port));
});

test("terminating npm alone leaves nothing running", async () => {
  const { runner, ended, address } = await start(["npm", "start", "--", "--no-open"]);
  runner.kill("SIGTERM");
  await ended;
  await untilGone(Number(address.port));
});

test("a runner that is killed hard leaves nothing running either", async () => {
  const { runner, ended, address } = await start();
  runner.kill("SIGKILL");
  await ended;
  await untilGone(Number(address.port));
});
