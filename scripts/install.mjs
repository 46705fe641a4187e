// Installs what a folder's lockfile says, when it is not what is installed. Needs Node alone.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const onWindows = process.platform === "win32";

/** @param {string} folder */
const fingerprint = (folder) =>
  createHash("sha256")
    .update(readFileSync(join(folder, "package-lock.json")))
    .update(`${process.platform} ${process.arch}`)
    .digest("hex");

/** Inside node_modules, so that it goes when they go. @param {string} folder */
const stampFile = (folder) => join(folder, "node_modules", ".installed");

/** @param {string} folder */
function isInstalled(folder) {
  const stamp = stampFile(folder);
  return existsSync(stamp) && readFileSync(stamp, "utf8") === fingerprint(folder);
}

/** Nothing that is installed runs a script of its own. @param {string} folder */
function npmCi(folder) {
  return /** @type {Promise<void>} */ (
    new Promise((resolve, reject) => {
      const args = [
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
        "--no-update-notifier",
      ];
      const npm = spawn("npm", args, {
        cwd: folder,
        shell: onWindows,
        stdio: ["ignore", "ignore", "inherit"],
      });
      npm.on("error", reject);
      npm.on("exit", (code) =>
        code === 0
          ? resolve()
          : reject(new Error(`npm ${args.join(" ")} failed in ${folder} with exit code ${code}`)),
      );
    })
  );
}

/**
 * @param {string} what
 * @param {string} folder
 * @param {() => Promise<void>} [afterwards]
 */
export async function install(what, folder, afterwards) {
  if (isInstalled(folder)) return;
  console.log(`Installing ${what} …`);
  await npmCi(folder);
  await afterwards?.();
  writeFileSync(stampFile(folder), fingerprint(folder));
}
