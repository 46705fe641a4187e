import type { Span } from "../text/span.ts";
import type { Entry } from "./entry.ts";
import { capacityProblems } from "./capacity-problems.ts";
import { formProblems } from "./form-problems.ts";
import { kafkaProblems } from "./kafka-problems.ts";
import { legible } from "./legible.ts";
import type { Fix, Problem, Severity } from "./problem.ts";
import { rabbitmqProblems } from "./rabbitmq-problems.ts";
import { streamProblems } from "./stream-problems.ts";

export { listed } from "./words.ts";

/** A new group of checks is a table of its own, named here. */
const groups = {
  form: formProblems,
  kafka: kafkaProblems,
  rabbitmq: rabbitmqProblems,
  streams: streamProblems,
  capacity: capacityProblems,
};

type Catalogue = typeof formProblems &
  typeof kafkaProblems &
  typeof rabbitmqProblems &
  typeof streamProblems &
  typeof capacityProblems;

export type Code = keyof Catalogue;

/** Arguments of each code's message. */
export type ProblemArguments = {
  readonly [C in Code]: Catalogue[C] extends Entry<infer Arguments> ? Arguments : never;
};

const catalogue: { readonly [C in Code]: Entry<ProblemArguments[C]> } = {
  ...groups.form,
  ...groups.kafka,
  ...groups.rabbitmq,
  ...groups.streams,
  ...groups.capacity,
};

export const codes = Object.keys(catalogue) as readonly Code[];

export type Group = keyof typeof groups;

export function groupOf(code: Code): Group {
  return code in groups.form
    ? "form"
    : code in groups.kafka
      ? "kafka"
      : code in groups.rabbitmq
        ? "rabbitmq"
        : code in groups.streams
          ? "streams"
          : "capacity";
}

export function severityOf(code: Code): Severity {
  return catalogue[code].severity;
}

/** What a problem has beside its place and message. */
export type More = Pick<Problem, "related"> & { readonly severity?: Severity };

export function problem<C extends Code>(
  code: C,
  span: Span,
  args: ProblemArguments[C],
  fixes: readonly Fix[] = [],
  more: More = {},
): Problem {
  const { severity, message } = catalogue[code];
  const said = { code, severity, message: legible(message(args)), span, ...more };
  const { related } = more;
  const told = related
    ? { ...said, related: related.map((one) => ({ ...one, message: legible(one.message) })) }
    : said;
  return fixes.length === 0
    ? told
    : { ...told, fixes: fixes.map((fix) => ({ ...fix, title: legible(fix.title) })) };
}

/** A quick fix that puts a text in the place of another. */
export function replace(title: string, span: Span, text: string): Fix {
  return { title, edits: [{ span, text }] };
}
