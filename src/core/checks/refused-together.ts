import { placeOf, readings } from "../model/readings.ts";
import { describe, textOf } from "../parse/tree.ts";
import { booleanOf, quantityOf } from "../parse/value-read.ts";
import { problem } from "../problems/catalogue.ts";
import type { Problem } from "../problems/problem.ts";
import { span } from "../problems/words.ts";
import { readsLog, type CheckedFile } from "./checked-file.ts";

type Path = readonly (string | number)[];

const twoPhase = "transaction.two.phase.commit.enable";
const timeout = "transaction.timeout.ms";
/** `remote.fetch.max.wait.ms`, ns. */
const remoteWait = 500e6;

/** `bad-value`: settings that work together and do not: of brokers and their clients, or of brokers and what things cost. */
export function* refusedTogether(file: CheckedFile): Iterable<Problem> {
  const { kafka } = file.topology;
  if (kafka === undefined) return;
  for (const flow of file.flows)
    if (flow.flow.kafka.transactions !== undefined) yield* twoPhaseCommit(file, flow.path("config"));
  for (const consumer of readings(file.topology).filter(readsLog))
    if (consumer.from.producer?.transactions !== undefined)
      yield* twoPhaseCommit(file, [...placeOf(consumer), "config"]);
  yield* remoteFetches(file);
}

/** KIP-939: brokers let nobody do it until they are told to, and such a transaction never times out. */
function* twoPhaseCommit(file: CheckedFile, config: Path): Iterable<Problem> {
  const tree = file.at(...config, twoPhase);
  if (tree === undefined || booleanOf(tree) !== true) return;
  const report = (key: string, at: typeof tree, reason: string, fixes: Parameters<typeof problem>[3]) =>
    problem("bad-value", at.span, { key, found: describe(at), reason }, fixes);
  if (booleanOf(file.at("kafka", "config", twoPhase)) !== true)
    yield report(
      twoPhase,
      tree,
      "brokers refuse it (TRANSACTIONAL_ID_AUTHORIZATION_FAILED) unless their own `transaction.two.phase.commit.enable` is true",
      file.set(`Set ${twoPhase} of the brokers`, ["kafka", "config", twoPhase], "true"),
    );
  const written = file.at(...config, timeout);
  if (written !== undefined)
    yield report(timeout, written, `the client throws: with \`${twoPhase}\` no transaction times out`, []);
}

/** A broker answers without what it has not read from remote storage by then, and the next fetch begins anew. (DelayedRemoteFetch) */
function* remoteFetches(file: CheckedFile): Iterable<Problem> {
  const { kafka, run } = file.topology;
  const { remoteFetch } = run.calibration.costs;
  const path = ["kafka", "config", "remote.fetch.max.wait.ms"];
  const tree = file.at(...path);
  const wait = quantityOf(tree, "duration") ?? remoteWait;
  if (remoteFetch <= wait || ![...kafka!.topics.values()].some(({ log }) => log.remote)) return;
  const found = tree ?? file.at("run", "calibration", "remoteFetch");
  if (found === undefined) return;
  yield problem(
    "bad-value",
    found.span,
    {
      key: tree === undefined ? "remoteFetch" : path.at(-1)!,
      found: textOf(found) ?? describe(found),
      reason: `nobody gets what is in remote storage alone: a fetch of it takes ${span(remoteFetch)}, and brokers answer without it after \`remote.fetch.max.wait.ms\`, ${span(wait)}`,
    },
    [],
  );
}
