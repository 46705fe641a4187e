import { format } from "../shared/format.ts";
import { brief } from "../shared/name.tsx";
import type { Format } from "../shared/format.ts";
import { path } from "./figure.tsx";
import type { Finding, Piece } from "./findings.ts";
import type { Expectation, Summary } from "./result.ts";

/** The unit of a metric by its name: `simulate --json` prints bare numbers. */
export function unit(metric: string): Format {
  if (/^(latency|wait|attemptLatency|endToEnd|roundTrip|pause|recovery|lag\.time)\b/.test(metric))
    return metric.endsWith(".count") ? "count" : "duration";
  if (metric.startsWith("utilization") || metric.startsWith("unfinished")) return "share";
  if (metric.startsWith("throughput")) return "rate";
  return metric.startsWith("storage") || metric.startsWith("network") ? "bytes" : "count";
}

function bound(of: Expectation["bound"], as: Format): string {
  const parts = Object.entries(of).map(([kind, value]) => {
    const text = (typeof value === "number" ? [value] : value).map((one) => format(one, as)).join(" and ");
    return kind === "equals" ? text : kind === "within" ? `within ${text}` : `${kind} ${text}`;
  });
  return parts.join(", ");
}

/** What the file expects, as findings: what does not hold comes first. */
export function verdicts({ expect }: Summary): readonly Finding[] {
  const all = expect.map((of, index): Finding => ({
    mood: of.holds ? "ok" : "bad",
    says: sentence(of, index),
    about: of.span,
  }));
  return all.sort((a, b) => Number(a.mood === "ok") - Number(b.mood === "ok"));
}

/** `latency.p99 of consumer payments is 412 ms, below 2 s`, or what it is and should have been. */
function sentence(of: Expectation, index: number): readonly Piece[] {
  const as = unit(of.metric);
  const whose = Object.entries(of.of ?? {}).flatMap(([kind, name], at): Piece[] => [
    at === 0 ? ` of ${kind} ` : `, ${kind} `,
    { name },
  ]);
  const metric = brief(of.metric);
  const limit = bound(of.bound, as);
  if (of.actual === null) return [metric, ...whose, ` has no value in this run; expected ${limit}`];
  const actual = { path: path("expect", index, "actual"), value: of.actual, as };
  if ("equals" in of.bound && of.holds) return [metric, ...whose, " is ", actual];
  return [metric, ...whose, " is ", actual, of.holds ? `, ${limit}` : `; expected ${limit}`];
}
