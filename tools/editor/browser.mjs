// A real browser: Chromium of the system, else the one that npm carries.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { chromium } from "playwright-core";
import { editorFolder } from "./carried.mjs";

const run = promisify(execFile);

const systemBrowsers = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

function systemBrowser() {
  const folders = process.env["PATH"]?.split(":") ?? [];
  return systemBrowsers
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((file) => existsSync(file));
}

/** The package unpacks into whatever temporary folder it finds and trusts what lies there: give it one of our own. */
async function carriedBrowser() {
  const manifest = join(
    dirname(fileURLToPath(import.meta.resolve("@sparticuz/chromium"))),
    "../package.json",
  );
  const { version } = JSON.parse(await readFile(manifest, "utf8"));
  const cache = join(editorFolder, "../../.build");
  const folder = join(cache, `chromium-${version}`);
  if (!existsSync(folder)) {
    await mkdir(cache, { recursive: true });
    const unpacking = await mkdtemp(join(cache, "unpacking-"));
    await run(process.execPath, [join(editorFolder, "browser-unpack.mjs")], {
      env: { ...process.env, TMPDIR: unpacking },
    });
    // Of two that unpack at once, the first one wins.
    await rename(unpacking, folder).catch(() => rm(unpacking, { recursive: true, force: true }));
  }
  return folder;
}

/** @typedef {{ executablePath: string, env?: Record<string, string> }} Found */

/** @returns {Promise<Found>} */
async function findBrowser() {
  const installed = systemBrowser();
  return installed === undefined ? findCarriedBrowser() : { executablePath: installed };
}

/** @returns {Promise<Found>} */
async function findCarriedBrowser() {
  if (process.platform !== "linux" || process.arch !== "x64")
    throw new Error(
      "The browser that npm carries runs on Linux x64 only, and no other was found or asked for. " +
        "Install Chromium or Google Chrome, so that it is on the PATH; reference images need the carried one.",
    );
  const folder = await carriedBrowser();
  const executablePath = join(folder, "chromium");
  const inherited = /** @type {Record<string, string>} */ (process.env);
  const env = existsSync("/etc/fonts/fonts.conf")
    ? inherited
    : { ...inherited, FONTCONFIG_PATH: join(folder, "fonts") };
  const complete = await run(executablePath, ["--version"], { env }).then(
    () => true,
    () => false,
  );
  if (complete) return { executablePath, env };
  // Debian without a desktop lacks libnss3, libnspr4 and libexpat, which the package carries too.
  const libraries = [join(folder, "al2023/lib"), process.env["LD_LIBRARY_PATH"]].filter(Boolean).join(":");
  return { executablePath, env: { ...env, LD_LIBRARY_PATH: libraries } };
}

const quiet = [
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-renderer-backgrounding",
  "--disable-background-timer-throttling",
];

export async function launchBrowser() {
  return chromium.launch({ ...(await findBrowser()), args: quiet });
}

/** The same browser, which draws the same letters, on every machine. */
export async function launchSameBrowser() {
  const same = ["--font-render-hinting=none", "--disable-lcd-text", "--force-color-profile=srgb"];
  return chromium.launch({ ...(await findCarriedBrowser()), args: [...quiet, ...same] });
}

/**
 * A window that reaches nothing outside this machine.
 * @param {import("playwright-core").Browser} browser
 * @param {import("playwright-core").BrowserContextOptions} [options]
 */
export async function localContext(browser, options = {}) {
  const context = await browser.newContext({
    locale: "en-US",
    viewport: { width: 1400, height: 900 },
    ...options,
  });
  await context.route(
    ({ protocol, hostname }) =>
      /^(https?|wss?):$/.test(protocol) && !["127.0.0.1", "localhost"].includes(hostname),
    (route) => route.abort(),
  );
  return context;
}
