import { placeOf, readings } from "../model/readings.ts";
import { describe, textOf } from "../parse/tree.ts";
import { booleanOf } from "../parse/value-read.ts";
import { problem } from "../problems/catalogue.ts";
import type { Problem } from "../problems/problem.ts";
import { span } from "../problems/words.ts";
import type { Path } from "../text/path.ts";
import type { CheckedFile } from "./checked-file.ts";
import { brokers, settingOf, transactionTimeout } from "./setting-values.ts";

const twoPhase = "transaction.two.phase.commit.enable";

/** `bad-value`: settings that work together and do not: of brokers and their clients, or of brokers and what things cost. */
export function* refusedTogether(file: CheckedFile): Iterable<Problem> {
  if (file.topology.kafka === undefined) return;
  const transactional = [
    ...file.flows
      .filter(({ flow }) => flow.kafka.transactions !== undefined)
      .map((flow) => flow.path("config")),
    ...readings(file.topology)
      .filter(({ from }) => from.kind === "log" && from.producer?.transactions !== undefined)
      .map((consumer) => [...placeOf(consumer), "config"]),
  ];
  // Flows share the settings of their producer, and what a consumer sends on those of an input.
  for (const config of new Map(transactional.map((path) => [JSON.stringify(path), path])).values())
    yield* twoPhaseCommit(file, config);
  yield* remoteFetches(file);
}

/** KIP-939: brokers let nobody do it until they are told to, and such a transaction never times out. */
function* twoPhaseCommit(file: CheckedFile, config: Path): Iterable<Problem> {
  const tree = file.at(...config, twoPhase);
  if (tree === undefined || booleanOf(tree) !== true) return;
  const report = (key: string, at: typeof tree, reason: string, fixes: Parameters<typeof problem>[3]) =>
    problem("bad-value", at.span, { key, found: describe(at), reason }, fixes);
  if (booleanOf(file.at(...brokers, twoPhase)) !== true)
    yield report(
      twoPhase,
      tree,
      `brokers refuse it (TRANSACTIONAL_ID_AUTHORIZATION_FAILED) unless their own \`${twoPhase}\` is true`,
      file.set(`Set ${twoPhase} of the brokers`, [...brokers, twoPhase], "true"),
    );
  const written = file.at(...config, transactionTimeout);
  if (written !== undefined)
    yield report(
      transactionTimeout,
      written,
      `the client throws: with \`${twoPhase}\` no transaction times out`,
      [],
    );
}

/** A broker answers without what it has not read from remote storage by then, and the next fetch begins anew. (DelayedRemoteFetch) */
function* remoteFetches(file: CheckedFile): Iterable<Problem> {
  const { kafka, run } = file.topology;
  const { remoteFetch } = run.calibration.costs;
  const { name, tree, value: wait } = settingOf(file, brokers, "remote.fetch.max.wait.ms");
  if (remoteFetch <= wait || ![...kafka!.topics.values()].some(({ log }) => log.remote)) return;
  const found = tree ?? file.at("run", "calibration", "remoteFetch");
  if (found === undefined) return;
  yield problem(
    "bad-value",
    found.span,
    {
      key: tree === undefined ? "remoteFetch" : name,
      found: textOf(found) ?? describe(found),
      reason: `nobody gets what is in remote storage alone: a fetch of it takes ${span(remoteFetch)}, and brokers answer without it after \`${name}\`, ${span(wait)}`,
    },
    [],
  );
}
