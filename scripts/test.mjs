// All checks and tests, each step whatever became of the one before; closes with `N passed, N failed`.
// With CI or --full also the long runs against queueing theory, a real Kafka and a real RabbitMQ.
import { spawn } from "node:child_process";
import { mkdir, readFile, rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { chosenScenarios, missingForKafka } from "./conformance-kafka.mjs";
import { boundedRun, missingForRabbitMq } from "./conformance-rabbitmq.mjs";
import { buildFolder, inProject, projectFolder } from "./paths.mjs";

/** Failed tests that are told again at the end, and lines of each. */
const failuresTold = 20;
const linesTold = 12;

/**
 * `failures` tell each failed test and why, where the step knows.
 * @typedef {{ passed: number, failed: number, failures?: readonly string[] }} Count
 */

const full = process.argv.includes("--full") || process.env["CI"] !== undefined;
const reports = join(buildFolder, "reports");

/**
 * @param {string} script within the project
 * @param {readonly string[]} args
 * @returns {Promise<boolean>} whether it ended well
 */
function node(script, args) {
  const child = spawn(process.execPath, [inProject(script), ...args], {
    cwd: projectFolder,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, ...(full ? { BROKERLAB_FULL: "1" } : {}) },
  });
  return new Promise((resolve) =>
    child.once("error", () => resolve(false)).once("exit", (code) => resolve(code === 0)),
  );
}

/**
 * A step that is one test.
 * @param {string} name
 * @param {string} script
 * @param {readonly string[]} [args]
 */
const check = (name, script, args = []) => ({
  name,
  /** @returns {Promise<Count>} */
  run: async () => ((await node(script, args)) ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }),
});

/**
 * A step that runs many tests and leaves their count in a report.
 * @param {string} name
 * @param {string} script
 * @param {readonly string[]} args
 * @param {string} report
 * @param {(report: any) => Count} count
 */
const suite = (name, script, args, report, count) => ({
  name,
  /** @returns {Promise<Count>} */
  run: async () => {
    const file = join(reports, report);
    await rm(file, { force: true });
    const ended = await node(script, args);
    const text = await readFile(file, "utf8").catch(() => undefined);
    const counted = text === undefined ? { passed: 0, failed: 0 } : count(JSON.parse(text));
    // Whatever failed before or beside the tests is a failure too.
    return ended && counted.passed > 0 ? counted : { ...counted, failed: Math.max(1, counted.failed) };
  },
});

/** @param {string} failure */
function brief(failure) {
  const lines = failure.split("\n").filter((line) => !/^ +at .*(node_modules|node:)/.test(line));
  return lines.slice(0, linesTold).join("\n");
}

/**
 * The failed tests of a file, or why it could not be run.
 * @param {{ name: string, status: string, message: string, assertionResults: readonly { fullName: string, status: string, failureMessages: readonly string[] }[] }} file
 */
function failuresOf({ name, status, message, assertionResults }) {
  const failed = assertionResults.filter((test) => test.status === "failed");
  if (failed.length === 0) return status === "failed" ? [`${name}\n${message}`] : [];
  return failed.map(({ fullName, failureMessages }) => `${name}: ${fullName}\n${failureMessages.join("\n")}`);
}

/** @param {string} project @param {readonly string[]} [args] */
const vitest = (project, args = []) =>
  suite(
    `tests: ${project}`,
    "node_modules/vitest/vitest.mjs",
    [
      ...["run", "--project", project, ...args],
      ...["--reporter=default", "--reporter=json", `--outputFile.json=${join(reports, `${project}.json`)}`],
    ],
    `${project}.json`,
    ({ numPassedTests, numFailedTests, testResults }) => ({
      passed: numPassedTests,
      failed: numFailedTests,
      failures: testResults.flatMap(failuresOf),
    }),
  );

const steps = [
  check("build", "scripts/build.mjs"),
  check("format", "node_modules/prettier/bin/prettier.cjs", ["--check", "--log-level=warn", "."]),
  check("lint", "node_modules/oxlint/bin/oxlint", ["--deny-warnings"]),
  check("types", "node_modules/typescript/bin/tsc", ["-b"]),
  check("dead code", "node_modules/knip/bin/knip.js"),
  // Left alone it keeps one core for itself, which is half of many a machine.
  vitest("unit", [`--maxWorkers=${availableParallelism()}`]),
  vitest("webview"),
  suite("tests: inside VS Code", "scripts/test-host.mjs", [], "host.json", (report) => report),
  vitest("editor"),
];
/** @type {string[]} */
const summary = [];
if (full) {
  const missing = await missingForKafka();
  process.env["BROKERLAB_SCENARIOS"] ??= chosenScenarios.join(",");
  if (missing === undefined) steps.push(vitest("kafka"));
  else summary.push(`– tests: kafka             not run: ${missing}`);
  const missingRabbitMq = missingForRabbitMq();
  if (missingRabbitMq === undefined)
    steps.push(
      suite(
        "live: RabbitMQ",
        "scripts/conformance-rabbitmq.mjs",
        boundedRun,
        "rabbitmq.json",
        (report) => report,
      ),
    );
  else summary.push(`– live: RabbitMQ           not run: ${missingRabbitMq}`);
}

await mkdir(reports, { recursive: true });
/** @type {Count} */
const total = { passed: 0, failed: 0 };
/** @type {string[]} */
const told = [];
for (const { name, run } of steps) {
  console.log(`\n── ${name}`);
  const start = Date.now();
  const { passed, failed, failures = [] } = await run();
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  summary.push(
    `${failed === 0 ? "✓" : "✗"} ${name.padEnd(24)} ${passed} passed, ${failed} failed (${seconds} s)`,
  );
  total.passed += passed;
  total.failed += failed;
  told.push(...failures.map((failure) => `✗ ${name}\n${brief(failure)}`));
}
// Again at the end: of a long run people see, and machines keep, the last lines.
if (told.length > 0) console.log(`\n── failed\n${told.slice(0, failuresTold).join("\n\n")}`);
console.log(`\n${summary.join("\n")}\n\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
