import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { carriedNode, editorFolder, requireCarriedEditor, serverMain } from "./carried.mjs";

const startLimitMs = 120_000;
const stopLimitMs = 3_000;

const quietSettings = {
  "telemetry.telemetryLevel": "off",
  "workbench.startupEditor": "none",
  "workbench.enableExperiments": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "extensions.autoUpdate": false,
  "extensions.autoCheckUpdates": false,
  "chat.disableAIFeatures": true,
  "window.confirmBeforeClose": "never",
  "git.enabled": false,
};

/** No gallery: nothing is fetched from elsewhere. */
const noGallery = { EXTENSIONS_GALLERY: '{"serviceUrl":"","itemUrl":"","resourceUrlTemplate":""}' };

/**
 * @param {string} userData
 * @param {Record<string, unknown>} settings
 */
async function writeSettings(userData, settings) {
  const folder = join(userData, "User");
  const file = join(folder, "settings.json");
  await mkdir(folder, { recursive: true });
  const before = JSON.parse(await readFile(file, "utf8").catch(() => "{}"));
  await writeFile(file, JSON.stringify({ ...quietSettings, ...before, ...settings }, null, 2));
}

/**
 * @typedef {object} ServerOptions
 * @property {string} [dataFolder] kept after the server stops; without it a temporary one
 * @property {string} [userData]
 * @property {string} [extensions]
 * @property {number} [port] 0 for a free one
 * @property {string} [connectionToken]
 * @property {boolean} [testDriver] accept extensions under development and tests from the page's address
 * @property {boolean} [untrusted] folders are not trusted before a person says so
 * @property {Record<string, unknown>} [settings]
 * @property {NodeJS.ProcessEnv} [environment]
 */

/** @param {ServerOptions} options */
export async function startServer(options) {
  requireCarriedEditor();
  const data = options.dataFolder ?? (await mkdtemp(join(tmpdir(), "brokerlab-editor-")));
  const userData = options.userData ?? join(data, "data");
  await writeSettings(userData, options.settings ?? {});
  const child = spawn(
    carriedNode,
    [
      join(editorFolder, "serve.cjs"),
      serverMain,
      ...["--host", "127.0.0.1", "--port", String(options.port ?? 0)],
      ...["--server-data-dir", data, "--user-data-dir", userData],
      ...["--extensions-dir", options.extensions ?? join(data, "extensions")],
      ...(options.connectionToken === undefined
        ? ["--without-connection-token"]
        : ["--connection-token", options.connectionToken]),
      ...(options.testDriver === true ? ["--enable-smoke-test-driver"] : []),
      ...["--accept-server-license-terms", "--disable-telemetry"],
      ...(options.untrusted === true ? [] : ["--disable-workspace-trust"]),
    ],
    {
      stdio: ["pipe", "pipe", "pipe"],
      detached: true,
      env: { ...noGallery, ...process.env, ...options.environment },
    },
  );
  const exited = /** @type {Promise<void>} */ (new Promise((resolve) => child.once("exit", () => resolve())));
  let log = "";

  async function stop() {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      signalGroup(child.pid, "SIGTERM");
      const hard = setTimeout(() => signalGroup(child.pid, "SIGKILL"), stopLimitMs);
      await exited;
      clearTimeout(hard);
    }
    if (options.dataFolder === undefined) await rm(data, { recursive: true, force: true, maxRetries: 5 });
  }

  /** @type {Promise<number>} */
  const listening = new Promise((resolve, reject) => {
    /** @param {Buffer} chunk */
    const read = (chunk) => {
      log += chunk.toString();
      const port = /Extension host agent listening on (\d+)/.exec(log)?.[1];
      if (port !== undefined) resolve(Number(port));
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("error", reject);
    child.once("exit", (code) =>
      reject(new Error(`The editor's server stopped with exit code ${code}:\n${log}`)),
    );
    setTimeout(
      () => reject(new Error(`The editor's server did not listen within ${startLimitMs / 1000} s:\n${log}`)),
      startLimitMs,
    ).unref();
  });
  try {
    return { port: await listening, exited, stop, log: () => log };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * @param {number | undefined} leader
 * @param {NodeJS.Signals} signal
 */
function signalGroup(leader, signal) {
  if (leader === undefined) return;
  try {
    process.kill(-leader, signal);
  } catch {
    // The group is gone already.
  }
}

/**
 * Installs a package as a user would, into the given folder.
 * @param {string} vsix
 * @param {{ dataFolder: string, extensions: string }} folders
 */
export async function installExtension(vsix, { dataFolder, extensions }) {
  requireCarriedEditor();
  const child = spawn(
    carriedNode,
    [
      serverMain,
      ...["--install-extension", vsix, "--force"],
      ...["--server-data-dir", dataFolder, "--extensions-dir", extensions],
      "--accept-server-license-terms",
    ],
    { stdio: ["ignore", "pipe", "pipe"], env: { ...noGallery, ...process.env } },
  );
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (log += chunk));
  const code = await new Promise((resolve, reject) => child.once("error", reject).once("exit", resolve));
  if (code !== 0 || !log.includes("was successfully installed"))
    throw new Error(`The editor did not install ${vsix}:\n${log}`);
}
