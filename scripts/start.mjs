// Opens the packaged extension on examples/, as a user would have it.
import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { requireCarriedEditor } from "../tools/editor/carried.mjs";
import { installExtension, startServer } from "../tools/editor/server.mjs";
import { upToDatePackage } from "./package.mjs";
import { buildFolder, inProject } from "./paths.mjs";

const usage = `npm start -- [--no-open] [--port N]

Builds BrokerLab, installs it into an editor and opens examples/: in desktop VS Code when its \`code\` command is on
the PATH, else in the VS Code that npm carries, served on 127.0.0.1.

  --no-open   serve the carried VS Code and print its address, but open nothing
  --port N    serve the carried VS Code on this port (a free one when left out)`;

const examples = inProject("examples");
const onWindows = process.platform === "win32";
const startedBy = process.ppid;

function readOptions() {
  try {
    const { values } = parseArgs({
      options: { "no-open": { type: "boolean" }, port: { type: "string" }, help: { type: "boolean" } },
    });
    const port = values.port === undefined ? 0 : Number(values.port);
    if (!Number.isInteger(port) || port < 0 || port > 65_535)
      throw new Error(`--port must be a whole number from 0 to 65535, but is '${values.port}'.`);
    return {
      help: values.help === true,
      open: values["no-open"] !== true,
      port,
      served: values.port !== undefined,
    };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`);
    process.exit(2);
  }
}

/** @param {readonly string[]} args */
const code = (args) => spawnSync("code", args, { shell: onWindows, stdio: "inherit" }).status === 0;

const hasDesktopEditor = () =>
  spawnSync("code", ["--version"], { shell: onWindows, stdio: "ignore" }).status === 0;

function packaged() {
  console.log("Building BrokerLab, if it has changed …");
  return upToDatePackage();
}

async function openDesktop() {
  const { file } = await packaged();
  if (!code(["--install-extension", file, "--force"]) || !code([examples]))
    throw new Error("Desktop VS Code did not take the extension; what it says stands above.");
}

/**
 * @param {string} dataFolder
 * @param {string} extensions
 */
async function installPackage(dataFolder, extensions) {
  const { file, fingerprint } = await packaged();
  const stamp = join(dataFolder, "installed");
  if ((await readFile(stamp, "utf8").catch(() => undefined)) === fingerprint) return;
  // The editor does not install over what an earlier window of it may still use.
  await rm(extensions, { recursive: true, force: true });
  await mkdir(dataFolder, { recursive: true });
  await installExtension(file, { dataFolder, extensions });
  await writeFile(stamp, fingerprint);
}

/** @param {string} address */
function openInBrowser(address) {
  const opener = process.platform === "darwin" ? "open" : "xdg-open";
  const child = spawn(opener, [address], { stdio: "ignore", detached: true });
  child.on("error", () => {});
  child.unref();
}

/**
 * Who terminates npm alone ends npm and the shell that it has put between, which tells nobody.
 * @param {() => void} stop
 */
function whenOrphaned(stop) {
  const watch = setInterval(() => {
    if (process.ppid === startedBy) return;
    clearInterval(watch);
    stop();
  }, 250);
  watch.unref();
}

/** @param {{ port: number, open: boolean }} options */
async function serve({ port, open }) {
  requireCarriedEditor();
  const dataFolder = join(buildFolder, "editor");
  const extensions = join(dataFolder, "extensions");
  await installPackage(dataFolder, extensions);
  const connectionToken = randomBytes(16).toString("hex");
  const server = await startServer({ dataFolder, extensions, port, connectionToken });
  const query = new URLSearchParams({ tkn: connectionToken, folder: examples });
  const address = `http://127.0.0.1:${server.port}/?${query}`;
  console.log(`\nBrokerLab runs in VS Code at\n\n  ${address}\n\nCtrl-C stops it.`);
  if (open) openInBrowser(address);
  let asked = false;
  const stop = () => {
    asked = true;
    void server.stop();
  };
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) process.once(signal, stop);
  if (process.env["npm_lifecycle_event"] !== undefined) whenOrphaned(stop);
  await server.exited;
  if (!asked) throw new Error(`The editor's server stopped by itself:\n${server.log().slice(-2000)}`);
}

const options = readOptions();
if (options.help) {
  console.log(usage);
} else {
  try {
    if (options.open && !options.served && hasDesktopEditor()) await openDesktop();
    else await serve(options);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
