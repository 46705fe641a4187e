import type { Content } from "./content.ts";
import { matchedAs } from "./exchange.ts";
import type { Route } from "./routing.ts";
import type { VirtualHost } from "./virtual-host.ts";

/** The rules of the queue model: routing, queues, dispatch, dead letters and limits, durability and streams. */
export const ruleNames = [
  ..."R1 R2 R3 R4 R5 R6 R7 R8 R9 Q1 Q2 Q3 Q4 Q5 Q6 Q7 D1 D2 D3 D4 D5".split(" "),
  ..."X1 X2 X3 X4 X5 X6 X7 X8 X9 S1 S2 S3".split(" "),
];

/** How often each rule decided something; counted only where somebody asks. */
export class RuleCounts {
  private readonly counts = new Map<string, number>();

  count(rule: string): void {
    this.counts.set(rule, (this.counts.get(rule) ?? 0) + 1);
  }

  of(rule: string): number {
    return this.counts.get(rule) ?? 0;
  }

  *[Symbol.iterator](): Iterable<readonly [string, number]> & Iterator<readonly [string, number]> {
    for (const rule of ruleNames) yield [rule, this.of(rule)];
  }
}

const byType: Readonly<Record<string, string>> = {
  topic: "R2",
  headers: "R3",
  "x-consistent-hash": "R9",
};

/** Counts the rules that one message's way through the exchanges went by. */
export function countRoute(rules: RuleCounts, host: VirtualHost, content: Content, found: Route): void {
  if (found.queues.length > 0) rules.count("R1");
  else rules.count("R7");
  for (const handle of found.exchanges) {
    const rule = host.exchanges[handle]!.isDefault
      ? "R6"
      : byType[matchedAs(host.exchanges[handle]!.settings)];
    if (rule !== undefined) rules.count(rule);
  }
  if (found.steps.some(({ to, alternate }) => to < 0 && !alternate)) rules.count("R4");
  if (found.steps.some(({ alternate }) => alternate)) rules.count("R5");
  if (content.routingKeys.length > 1) rules.count("R8");
}
