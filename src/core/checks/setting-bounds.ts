import { placeOf, readings } from "../model/readings.ts";
import { describe, textOf } from "../parse/tree.ts";
import { problem } from "../problems/catalogue.ts";
import type { Problem } from "../problems/problem.ts";
import { span } from "../problems/words.ts";
import type { Path } from "../text/path.ts";
import { readsLog, type CheckedFile } from "./checked-file.ts";
import { settingOf, transactionalConfigs, transactionTimeout } from "./setting-values.ts";

type Relation = "less than" | "more than" | "no less than";

/** What a broker's setting must not be beside another one. */
type Bound = readonly [setting: string, not: Relation, other: string];

/** Of each protocol that the coordinator sets the times for. (GroupCoordinatorConfig) */
function timesOf(protocol: string): Bound[] {
  const within = (setting: string): Bound[] => [
    [`${protocol}.${setting}`, "less than", `${protocol}.min.${setting}`],
    [`${protocol}.${setting}`, "more than", `${protocol}.max.${setting}`],
  ];
  return [
    ...within("heartbeat.interval.ms"),
    ...within("session.timeout.ms"),
    [`${protocol}.heartbeat.interval.ms`, "no less than", `${protocol}.session.timeout.ms`],
  ];
}

const bounds: readonly Bound[] = [
  ...timesOf("group.consumer"),
  ...timesOf("group.share"),
  // ShareGroupConfig.validate
  ["group.share.record.lock.duration.ms", "less than", "group.share.min.record.lock.duration.ms"],
  ["group.share.record.lock.duration.ms", "more than", "group.share.max.record.lock.duration.ms"],
  ["group.share.max.size", "more than", "group.share.max.share.sessions"],
];

/** What `initTransactions()` fails with otherwise: InvalidTxnTimeoutException. (TransactionCoordinator.handleInitProducerId) */
const timeoutBound: Bound = [transactionTimeout, "more than", "transaction.max.timeout.ms"];

/** `bad-value`: a setting that brokers refuse for what another one is. One place, one problem. */
export function* settingBounds(file: CheckedFile): Iterable<Problem> {
  if (file.topology.kafka === undefined) return;
  const seen = new Set<number>();
  for (const found of everyOutside(file)) {
    if (!seen.has(found.span.start)) yield found;
    seen.add(found.span.start);
  }
}

function* everyOutside(file: CheckedFile): Iterable<Problem> {
  for (const bound of bounds) yield* outside(file, bound, "no broker starts");
  for (const config of transactionalConfigs(file))
    yield* outside(file, timeoutBound, "`initTransactions()` throws", config);
  for (const consumer of readings(file.topology).filter(readsLog))
    if (consumer.from.settings.share !== undefined)
      for (const bound of bounds)
        yield* outside(file, bound, "brokers refuse it", [...placeOf(consumer), "config"]);
}

function* outside(
  file: CheckedFile,
  [name, not, otherName]: Bound,
  consequence: string,
  holder?: Path,
): Iterable<Problem> {
  const one = settingOf(file, name, holder);
  const other = settingOf(file, otherName, holder);
  const { value } = one;
  const holds =
    not === "less than"
      ? value >= other.value
      : not === "more than"
        ? value <= other.value
        : value < other.value;
  if (holds) return;
  const [told, bound] = one.tree === undefined ? [other, one] : [one, other];
  if (told.tree === undefined) return;
  const amount = bound.isCount ? String(bound.value) : span(bound.value);
  yield problem(
    "bad-value",
    told.tree.span,
    {
      key: told.name,
      found: describe(told.tree),
      reason:
        told === one
          ? `${consequence} while it is ${not} \`${bound.name}\`, which is ${amount}`
          : `${consequence} while \`${bound.name}\`, which is ${amount}, is ${not} that`,
    },
    not === "no less than"
      ? []
      : file.set(`Set ${bound.name}: ${textOf(told.tree)}`, bound.path, textOf(told.tree) ?? ""),
  );
}
