// The editor is installed without scripts, so nothing is compiled. Three of its native modules get a stand-in.
import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { codeServerFolder, editorFolder } from "./carried.mjs";

const watchdog = "exports.start = () => {};\n";

const fileCopy = `const fs = require("fs");
exports.copyFile = (from, to) => fs.promises.copyFile(from, to);
exports.copyFileSync = fs.copyFileSync;
`;

const logger = `const fs = require("fs");
const path = require("path");
const levels = ["trace", "debug", "info", "warning", "error", "critical", "off"];
class Logger {
  constructor(file) {
    this.file = file;
    this.level = 2;
    this.formatted = true;
    fs.mkdirSync(path.dirname(file), { recursive: true });
  }
  write(level, message) {
    if (level < this.level) return;
    const line = this.formatted ? new Date().toISOString() + " [" + levels[level] + "] " + message + "\\n" : message;
    try {
      fs.appendFileSync(this.file, line);
    } catch {
      // The folder of a server that is stopping may be gone.
    }
  }
  trace(message) { this.write(0, message); }
  debug(message) { this.write(1, message); }
  info(message) { this.write(2, message); }
  warn(message) { this.write(3, message); }
  error(message) { this.write(4, message); }
  critical(message) { this.write(5, message); }
  getLevel() { return this.level; }
  setLevel(level) { this.level = level; }
  setPattern() { this.formatted = true; }
  clearFormatters() { this.formatted = false; }
  flush() {}
  drop() {}
}
exports.version = 0;
exports.setLevel = exports.setFlushOn = exports.shutdown = () => {};
exports.Logger = Logger;
exports.createRotatingLogger = exports.createAsyncRotatingLogger = async (_name, file) => new Logger(file);
`;

const standIns = {
  "@vscode/native-watchdog": watchdog,
  "@vscode/fs-copyfile": fileCopy,
  "@vscode/spdlog": logger,
};

/**
 * @param {string} name
 * @param {string} code
 */
async function replaceModule(name, code) {
  const folder = join(editorFolder, "node_modules", name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "package.json"), JSON.stringify({ name, version: "0.0.0", main: "index.js" }));
  await writeFile(join(folder, "index.js"), code);
}

export async function replaceNativeModules() {
  for (const [name, code] of Object.entries(standIns)) await replaceModule(name, code);
  // The workbench fetches grammars' engines from the server's own node_modules.
  const modules = join(codeServerFolder, "lib/vscode/node_modules");
  await rm(modules, { recursive: true, force: true });
  await symlink("../../..", modules, "dir");
}
