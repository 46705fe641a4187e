import type { Span } from "../text/span.ts";
import type { Fix, Problem, Severity } from "./problem.ts";

/** Arguments of each code's message. */
export interface ProblemArguments {
  "yaml-syntax": { readonly message: string };
  schema:
    | {
        readonly kind: "unknown-key";
        readonly key: string;
        readonly owner: string;
        readonly nearest: string | undefined;
        readonly known: readonly string[];
      }
    | { readonly kind: "missing-key"; readonly owner: string; readonly key: string; readonly meaning: string }
    | { readonly kind: "wrong-type"; readonly key: string; readonly found: string; readonly expected: string }
    | { readonly kind: "rule"; readonly message: string };
  "bad-value": {
    readonly key: string;
    readonly found: string;
    readonly reason: string;
    readonly nearest?: string | undefined;
  };
  "unknown-reference": {
    readonly kind: string;
    readonly name: string;
    readonly nearest: string | undefined;
    readonly known: string;
  };
  "pattern-unquoted": { readonly pattern: string; readonly taken: "a comment" | "an alias" };
  "not-simulated-yet": { readonly what: string; readonly simulated?: string | undefined };
  "setting-without-effect": { readonly setting: string; readonly why: string };
  "unknown-setting": {
    readonly setting: string;
    readonly holder: string;
    readonly nearest: string | undefined;
  };
  "deprecated-setting": { readonly setting: string; readonly version: string; readonly note: string };
}

export type Code = keyof ProblemArguments;

interface CatalogueEntry<C extends Code> {
  readonly severity: Severity;
  readonly message: (args: ProblemArguments[C]) => string;
}

const catalogue: { readonly [C in Code]: CatalogueEntry<C> } = {
  "yaml-syntax": { severity: "error", message: ({ message }) => message },
  schema: { severity: "error", message: schemaMessage },
  "bad-value": {
    severity: "error",
    message: ({ key, found, reason, nearest }) =>
      `\`${key}\` is ${found}: ${reason}${nearest === undefined ? "" : `. Did you mean \`${nearest}\`?`}`,
  },
  "unknown-reference": {
    severity: "error",
    message: ({ kind, name, nearest, known }) =>
      `The file names no ${kind} \`${name}\`. ${nearest === undefined ? known : `Did you mean \`${nearest}\`?`}`,
  },
  "pattern-unquoted": {
    severity: "error",
    message: ({ pattern, taken }) => `YAML takes \`${pattern}\` for ${taken}. Quote it: "${pattern}".`,
  },
  "not-simulated-yet": {
    severity: "error",
    message: ({ what, simulated }) =>
      `${what} is part of the format, but the engine does not simulate it yet. ${simulated ?? "Take it out to run the file."}`,
  },
  "setting-without-effect": {
    severity: "information",
    message: ({ setting, why }) => `\`${setting}\` changes nothing in the simulation: ${why}.`,
  },
  "unknown-setting": {
    severity: "warning",
    message: ({ setting, holder, nearest }) =>
      `\`${setting}\` is not ${holder}; the broker ignores it or refuses it. ${nearest === undefined ? "Check its name in the broker's documentation." : `Did you mean \`${nearest}\`?`}`,
  },
  "deprecated-setting": {
    severity: "warning",
    message: ({ setting, version, note }) => `\`${setting}\` has no use in version ${version}: ${note}.`,
  },
};

function schemaMessage(args: ProblemArguments["schema"]): string {
  switch (args.kind) {
    case "unknown-key": {
      const next =
        args.nearest !== undefined
          ? `Did you mean \`${args.nearest}\`?`
          : args.known.length === 0
            ? "Take it out."
            : `Its keys are ${listed(args.known)}.`;
      return `${args.owner} has no key \`${args.key}\`. ${next}`;
    }
    case "missing-key":
      return `${args.owner} has no \`${args.key}\`${args.meaning === "" ? "" : `: ${args.meaning}`}.`;
    case "wrong-type":
      return `\`${args.key}\` is ${args.found}: expected ${args.expected}`;
    case "rule":
      return args.message;
  }
}

/** Names in a sentence; of many only the first ones. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, 12).map((name) => `\`${name}\``);
  if (names.length > shown.length) return `${shown.join(", ")} and ${names.length - shown.length} more`;
  if (shown.length < 2) return shown.join("");
  return `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}

export const codes = Object.keys(catalogue) as readonly Code[];

export function severityOf(code: Code): Severity {
  return catalogue[code].severity;
}

export function problem<C extends Code>(
  code: C,
  span: Span,
  args: ProblemArguments[C],
  fixes: readonly Fix[] = [],
): Problem {
  const { severity, message } = catalogue[code];
  const said = { code, severity, message: message(args), span };
  return fixes.length === 0 ? said : { ...said, fixes };
}

/** A quick fix that puts a text in the place of another. */
export function replace(title: string, span: Span, text: string): Fix {
  return { title, edits: [{ span, text }] };
}
