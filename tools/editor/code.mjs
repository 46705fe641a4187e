#!/usr/bin/env node
// Stands in for VS Code's executable: takes its arguments, runs the tests in the carried VS Code in a browser.
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { format } from "node:util";
import { codeServerFolder, editorFolder } from "./carried.mjs";
import { startServer } from "./server.mjs";
import { openWorkbench } from "./workbench.mjs";

const limitMs = Number(process.env["BROKERLAB_EDITOR_LIMIT_SECONDS"] ?? 1200) * 1000;

/** @param {readonly string[]} args */
function readArguments(args) {
  /** @type {Map<string, string>} */
  const values = new Map();
  /** @type {string[]} */
  const developed = [];
  /** @type {string[]} */
  const opened = [];
  for (const arg of args) {
    const option = /^--([\w-]+)(?:=(.*))?$/s.exec(arg);
    if (option === null) opened.push(resolve(arg));
    else if (option[1] === "extensionDevelopmentPath") developed.push(resolve(option[2] ?? ""));
    else values.set(option[1] ?? "", option[2] ?? "");
  }
  return { values, developed, opened: opened[0] };
}

/** Copies a growing file to standard output. @param {string} file */
function follow(file) {
  const descriptor = openSync(file, "r");
  const buffer = Buffer.alloc(65_536);
  let position = 0;
  const copy = () => {
    for (;;) {
      const count = readSync(descriptor, buffer, 0, buffer.length, position);
      if (count === 0) return;
      position += count;
      process.stdout.write(Buffer.from(buffer.subarray(0, count)));
    }
  };
  const timer = setInterval(copy, 100);
  return () => {
    clearInterval(timer);
    copy();
    closeSync(descriptor);
  };
}

/** @param {string | undefined} opened */
function place(opened) {
  if (opened === undefined) return {};
  return statSync(opened).isDirectory() ? { folder: opened } : { workspaceFile: opened };
}

/** @param {string | undefined} path */
const absolute = (path) => (path === undefined ? undefined : resolve(path));

async function run() {
  const { values, developed, opened } = readArguments(process.argv.slice(2));
  if (values.has("version")) {
    const { version } = JSON.parse(readFileSync(join(codeServerFolder, "lib/vscode/package.json"), "utf8"));
    console.log(version);
    return 0;
  }
  const temporary = mkdtempSync(join(tmpdir(), "brokerlab-tests-"));
  const output = join(temporary, "output");
  writeFileSync(output, "");
  const stopFollowing = follow(output);
  const tests = absolute(values.get("extensionTestsPath"));
  const userData = absolute(values.get("user-data-dir"));
  const extensions = absolute(values.get("extensions-dir"));
  /** @type {Awaited<ReturnType<typeof startServer>> | undefined} */
  let server;
  /** @type {Awaited<ReturnType<typeof openWorkbench>> | undefined} */
  let workbench;
  /** @type {(code: number) => void} */
  let interrupted = () => {};
  const interruption = new Promise(
    (resolve) => (interrupted = (code) => resolve({ code, reason: "interrupted" })),
  );
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => interrupted(130));
  const parent = process.ppid;
  const orphaned = setInterval(() => process.ppid === parent || interrupted(1), 1000);
  try {
    server = await startServer({
      testDriver: true,
      ...(userData === undefined ? {} : { userData }),
      ...(extensions === undefined ? {} : { extensions }),
      environment: { BROKERLAB_EDITOR_OUTPUT: output, BROKERLAB_EDITOR_TESTS: tests ?? "" },
    });
    workbench = await openWorkbench({
      port: server.port,
      developed,
      ...(tests === undefined ? {} : { tests: join(editorFolder, "relay.cjs") }),
      ...(values.has("disable-extensions") ? { payload: [["disableExtensions", "true"]] } : {}),
      ...place(opened),
      onLog: (logged) => {
        if (process.env["BROKERLAB_EDITOR_VERBOSE"] !== undefined) console.log(format(...logged));
      },
    });
    const limit = new Promise((resolve) =>
      setTimeout(() => resolve({ code: 1, reason: `no result after ${limitMs / 1000} s` }), limitMs).unref(),
    );
    const { code, reason } = await Promise.race([workbench.finished, interruption, limit]);
    if (reason !== undefined)
      console.error(`The tests in the editor did not finish: ${reason}\n${server.log().slice(-2000)}`);
    return code;
  } finally {
    clearInterval(orphaned);
    await workbench?.close();
    await server?.stop();
    stopFollowing();
    rmSync(temporary, { recursive: true, force: true });
  }
}

try {
  process.exit(await run());
} catch (error) {
  console.error(error);
  process.exit(1);
}
