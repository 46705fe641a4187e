import type { MetricUnit } from "../model/expectation.ts";
import type { Finding, FindingKind, NumberForm, Piece } from "../stats/finding.ts";
import type { ExpectationOutcome } from "../stats/result.ts";
import { type RecordedRun, whence } from "./recorded-run.ts";

/** What the file expects, what does not hold first, each of these with what explains it. */
export function expectations(run: RecordedRun, others: readonly Finding[]): readonly Finding[] {
  const all = run.summary.expect.map((of, index): Finding => {
    const said = sentence(of, index, forms[run.setting.expect[index]!.unit]);
    if (of.holds) return { kind: "expectation", mood: "ok", says: said, about: of.span };
    const reason = reasonOf(run, of, others);
    return {
      kind: "expectation",
      mood: "bad",
      says: reason === undefined ? said : [...said, ". ", ...reason.says],
      ...whence(reason?.node, reason?.at ?? of.during?.[0], of.span),
    };
  });
  return all.sort((a, b) => Number(a.mood === "ok") - Number(b.mood === "ok"));
}

/** `simulate --json` prints bare numbers; how they are to be written. */
const forms: Readonly<Record<MetricUnit, NumberForm>> = {
  count: "count",
  ms: "duration",
  share: "share",
  "per second": "rate",
  bytes: "bytes",
};

/** `latency.p99 of consumer payments is 412 ms, below 2 s`, or what it is and should have been. */
function sentence(of: ExpectationOutcome, index: number, as: NumberForm): readonly Piece[] {
  const whose = Object.entries(of.of ?? {}).flatMap(([kind, name], at): Piece[] => [
    at === 0 ? ` of ${kind} ` : `, ${kind} `,
    { name },
  ]);
  const part: Piece[] =
    of.during === null
      ? []
      : [" from ", { value: of.during[0], as: "duration" }, " to ", { value: of.during[1], as: "duration" }];
  const what: Piece[] = [{ quote: of.metric }, ...whose, ...part];
  const limit = bound(of.bound, as);
  if (of.actual === null) return [...what, " has no value in this run; expected ", ...limit];
  const actual: Piece[] = [{ path: `expect.${index}.actual`, value: of.actual, as }];
  if (of.interval !== null) {
    const { confidence, low, high } = of.interval;
    actual.push(
      " (",
      { value: confidence, as: "share" },
      " sure: ",
      { value: low, as },
      " to ",
      { value: high, as },
      ")",
    );
  }
  if ("equals" in of.bound && of.holds) return [...what, " is ", ...actual];
  return [...what, " is ", ...actual, of.holds ? ", " : "; expected ", ...limit];
}

function bound(of: ExpectationOutcome["bound"], as: NumberForm): readonly Piece[] {
  return Object.entries(of)
    .flatMap(([kind, value], index): Piece[] => [
      index > 0 ? ", " : "",
      kind === "equals" ? "" : `${kind} `,
      ...(typeof value === "number" ? [value] : value).flatMap((one, at): Piece[] => [
        at > 0 ? " and " : "",
        { value: one, as },
      ]),
    ])
    .filter((piece) => piece !== "");
}

/** Which findings say why a metric came out too high, the best first. */
const answers: readonly (readonly [metric: RegExp, kinds: readonly FindingKind[]])[] = [
  [
    /^(lag|depth|unacked|latency|wait|endToEnd|roundTrip|attemptLatency|recovery|unfinished)\b/,
    ["pause", "backlog", "bottleneck"],
  ],
  [/^utilization\b/, ["bottleneck", "backlog"]],
  [
    /^(lost|dropped|unroutable|refused|timedOut|skipped|expired|expiredUnread|returned|unanswered|lateReplies|windows\.(late|keyless|lost)|join\.(expired|late|keyless|lost))\b/,
    ["loss"],
  ],
  [/^(pause|rebalances|rebalancing|elections)\b/, ["pause"]],
  [/^order\b/, ["order"]],
  [/^duplicates\b/, ["repetition", "pause"]],
  [/^(failed|deadLettered)\b/, ["failure"]],
];

/** What came out too low has no backlog and no loss behind it that a finding would tell, but for what was not finished in time. */
const tooLow = /^(throughput|processed|delivered)\b/;

function reasonOf(run: RecordedRun, of: ExpectationOutcome, others: readonly Finding[]): Finding | undefined {
  const low = of.actual !== null && isTooLow(of.actual, of.bound);
  const kinds: readonly FindingKind[] = low
    ? tooLow.test(of.metric)
      ? ["bottleneck", "pause", "backlog"]
      : []
    : (answers.find(([metric]) => metric.test(of.metric))?.[1] ?? []);
  const target = Object.entries(of.of ?? {})[0];
  const node = target === undefined ? undefined : `${target[0]}:${target[1]}`;
  const way = node === undefined ? undefined : run.reachOf(node);
  const fits = others
    .filter(({ kind, mood, node: its, says }) => {
      if (mood === "ok" || !kinds.includes(kind)) return false;
      if (way !== undefined && its !== undefined && !way.has(its)) return false;
      return !counted.has(kind) || mentions(says, of.metric);
    })
    .map((one) => ({ one, rank: 2 * rankOf(one, kinds) + (one.node === node ? 0 : 1) }));
  return fits.sort((a, b) => a.rank - b.rank)[0]?.one;
}

/** A backlog that stays says more than a pause that may be long over, and anything more than who was busiest and had time left. */
function rankOf({ kind, mood }: Finding, kinds: readonly FindingKind[]): number {
  if (kind === "backlog" && mood === "warn" && kinds.includes("pause")) return kinds.indexOf("pause") - 0.5;
  return kind === "bottleneck" && mood === "note" ? kinds.length : kinds.indexOf(kind);
}

/** These explain the very figure that they give, no other. */
const counted: ReadonlySet<FindingKind> = new Set(["loss", "order", "repetition", "failure"]);

/** `lost.broker` tells of `lost`, and nothing of `lost.consumer`. */
function mentions(says: readonly Piece[], metric: string): boolean {
  return says.some(
    (piece) => typeof piece === "object" && "path" in piece && `${piece.path}.`.includes(`.${metric}.`),
  );
}

function isTooLow(actual: number, of: ExpectationOutcome["bound"]): boolean {
  const { above, within, equals } = of as Readonly<Record<string, number | readonly number[] | undefined>>;
  if (typeof above === "number") return actual <= above;
  if (Array.isArray(within)) return actual < Number(within[0]);
  return typeof equals === "number" && actual < equals;
}
