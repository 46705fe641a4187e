import { problem } from "../problems/catalogue.ts";
import type { ProblemArguments } from "../problems/catalogue.ts";
import type { Fix, Problem } from "../problems/problem.ts";
import type { Name, Span } from "../text/span.ts";
import { at, nameOf } from "./tree.ts";
import type { MapTree, Tree } from "./tree.ts";

/** What the readers of the sections share: the problems that only several keys together show. */
export class ReadContext {
  readonly problems: Problem[] = [];

  rule(span: Span, message: string, fixes?: readonly Fix[]): void {
    this.problems.push(problem("schema", span, { kind: "rule", message }, fixes));
  }

  badValue(span: Span, args: ProblemArguments["bad-value"], fixes?: readonly Fix[]): void {
    this.problems.push(problem("bad-value", span, args, fixes));
  }

  notSimulated(span: Span, args: ProblemArguments["not-simulated-yet"]): void {
    this.problems.push(problem("not-simulated-yet", span, args));
  }
}

/** Keys of one thing; a flow's keys win over those of its producer. */
export class Keys {
  private readonly maps: readonly MapTree[];

  constructor(...maps: readonly MapTree[]) {
    this.maps = maps;
  }

  get(key: string, ...inside: readonly string[]): Tree | undefined {
    for (const { entries } of this.maps) {
      const entry = entries.get(key);
      if (entry !== undefined) return inside.length === 0 ? entry.value : at(entry.value, ...inside);
    }
    return undefined;
  }

  has(key: string): boolean {
    for (const { entries } of this.maps) if (entries.has(key)) return true;
    return false;
  }

  /** Where the key itself stands. */
  keySpan(key: string): Span | undefined {
    for (const map of this.maps) {
      const entry = map.entries.get(key);
      if (entry !== undefined) return entry.key.span;
    }
    return undefined;
  }

  name(key: string): Name | undefined {
    return nameOf(this.get(key));
  }

  /** The text of a key, if it is one of these. */
  choice<T extends string>(key: string, ...allowed: readonly T[]): T | undefined {
    const tree = this.get(key);
    return tree?.kind === "scalar" ? allowed.find((choice) => choice === tree.value) : undefined;
  }
}
