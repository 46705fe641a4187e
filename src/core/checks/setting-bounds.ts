import { placeOf, readings } from "../model/readings.ts";
import { describe, textOf } from "../parse/tree.ts";
import { problem } from "../problems/catalogue.ts";
import type { Problem } from "../problems/problem.ts";
import { span } from "../problems/words.ts";
import type { Path } from "../text/path.ts";
import type { CheckedFile } from "./checked-file.ts";
import { brokers, settingOf, transactionTimeout } from "./setting-values.ts";

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
  const throws = "`initTransactions()` throws";
  for (const bound of bounds) yield* outside(file, bound, brokers, "no broker starts");
  for (const flow of file.flows)
    if (flow.flow.kafka.transactions !== undefined)
      yield* outside(file, timeoutBound, flow.path("config"), throws);
  for (const consumer of readings(file.topology)) {
    const { from } = consumer;
    if (from.kind !== "log") continue;
    const config = [...placeOf(consumer), "config"];
    if (from.producer?.transactions !== undefined) yield* outside(file, timeoutBound, config, throws);
    if (from.settings.share !== undefined)
      for (const bound of bounds) yield* outside(file, bound, config, "brokers refuse it");
  }
}

function* outside(
  file: CheckedFile,
  [name, not, otherName]: Bound,
  holder: Path,
  consequence: string,
): Iterable<Problem> {
  const one = settingOf(file, holder, name);
  const other = settingOf(file, holder, otherName);
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
