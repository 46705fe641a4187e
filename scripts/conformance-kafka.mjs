// Plays the scenarios of test/conformance/kafka/live on a real Kafka and holds the simulator against it.
// npm run conformance:kafka [-- [--record] [PART-OF-A-NAME…]]
import { execFile, spawn } from "node:child_process";
import { promisify } from "node:util";
import { inProject, isEntry, projectFolder } from "./paths.mjs";

const run = promisify(execFile);

/** What has to be installed and is not, as a sentence. @returns {Promise<string | undefined>} */
export async function missingForKafka() {
  const found = await Promise.all(
    [
      ["javac", "-version"],
      ["mvn", "-version"],
    ].map(([tool = "", ...args]) =>
      run(tool, args, { shell: process.platform === "win32" }).then(
        () => undefined,
        () => tool,
      ),
    ),
  );
  const missing = found.filter((tool) => tool !== undefined);
  return missing.length === 0
    ? undefined
    : `it needs a JDK of Java 17 or newer, and Maven, which fetches Kafka: no \`${missing.join("` and no `")}\` here`;
}

/**
 * What `npm test -- --full` plays, in about three minutes: one broker, nothing that is judged by its times, and seconds
 * between what has to follow one another, which a busy machine does not spoil; `npm run conformance:kafka` plays all.
 * Parts of names.
 */
export const chosenScenarios = [
  "placement-",
  "batches-linger",
  "commit-",
  "late-",
  "retention-some-expired",
  "delete-records",
  "replay-earliest",
  "replay-latest",
  "replay-offset",
  "replay-time",
  "share-release",
  "share-members",
];

if (isEntry(import.meta.url)) {
  const missing = await missingForKafka();
  if (missing !== undefined) {
    console.error(missing);
    process.exit(2);
  }
  const words = process.argv.slice(2);
  const parts = words.filter((word) => !word.startsWith("--"));
  const vitest = spawn(
    process.execPath,
    [inProject("node_modules/vitest/vitest.mjs"), "run", "--project", "kafka"],
    {
      cwd: projectFolder,
      stdio: "inherit",
      env: {
        ...process.env,
        BROKERLAB_SCENARIOS: parts.join(","),
        ...(words.includes("--record") ? { BROKERLAB_RECORD: "1" } : {}),
      },
    },
  );
  vitest.once("exit", (code) => (process.exitCode = code ?? 1));
}
