import { error, information, warning } from "./entry.ts";
import { listed } from "./words.ts";

export type SchemaArguments =
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

export interface BadValueArguments {
  readonly key: string;
  readonly found: string;
  readonly reason: string;
  readonly nearest?: string | undefined;
}

export interface ReferenceArguments {
  readonly kind: string;
  readonly name: string;
  readonly nearest: string | undefined;
  readonly known: string;
}

export interface UnknownSettingArguments {
  readonly setting: string;
  readonly holder: string;
  readonly nearest: string | undefined;
}

/** What the format and the brokers' own settings say about a file. */
export const formProblems = {
  "yaml-syntax": error(({ message }: { readonly message: string }) => message),
  schema: error(schemaMessage),
  "bad-value": error(
    ({ key, found, reason, nearest }: BadValueArguments) =>
      `\`${key}\` is ${found}: ${reason}${nearest === undefined ? "" : `. Did you mean \`${nearest}\`?`}`,
  ),
  "unknown-reference": error(
    ({ kind, name, nearest, known }: ReferenceArguments) =>
      `The file names no ${kind} \`${name}\`. ${nearest === undefined ? known : `Did you mean \`${nearest}\`?`}`,
  ),
  "pattern-unquoted": error(
    ({ pattern, taken }: { readonly pattern: string; readonly taken: "a comment" | "an alias" }) =>
      `YAML takes \`${pattern}\` for ${taken}. Quote it: "${pattern}".`,
  ),
  "not-simulated-yet": error(
    ({ what, simulated }: { readonly what: string; readonly simulated?: string | undefined }) =>
      `${what} is part of the format, but the engine does not simulate it yet. ${simulated ?? "Take it out to run the file."}`,
  ),
  "setting-without-effect": information(
    ({ setting, why }: { readonly setting: string; readonly why: string }) =>
      `\`${setting}\` changes nothing in the simulation: ${why}.`,
  ),
  "unknown-setting": warning(
    ({ setting, holder, nearest }: UnknownSettingArguments) =>
      `\`${setting}\` is not ${holder}; the broker ignores it or refuses it. ${nearest === undefined ? "Check its name in the broker's documentation." : `Did you mean \`${nearest}\`?`}`,
  ),
  "deprecated-setting": warning(
    ({
      setting,
      version,
      note,
    }: {
      readonly setting: string;
      readonly version: string;
      readonly note: string;
    }) => `\`${setting}\` has no use in version ${version}: ${note}.`,
  ),
};

function schemaMessage(args: SchemaArguments): string {
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
