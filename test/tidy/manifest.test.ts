import { expect, test } from "vitest";
import { parse } from "yaml";
import { contributions } from "../../scripts/contributes.mjs";
import { codes, severityOf } from "../../src/core/index.ts";
import { files, read } from "./files.ts";

interface Manifest {
  readonly contributes: {
    readonly configuration: {
      readonly properties: Readonly<
        Record<string, { readonly properties: Readonly<Record<string, { readonly default: string }>> }>
      >;
    };
    readonly walkthroughs: readonly {
      readonly steps: readonly {
        readonly completionEvents: readonly string[];
        readonly description: string;
      }[];
    }[];
    readonly commands: readonly { readonly command: string }[];
  };
}

const manifest = JSON.parse(read("package.json")) as Manifest;
const texts = JSON.parse(read("package.nls.json")) as Readonly<Record<string, string>>;

test("the settings of checks and the texts of the host are up to date: `npm run contributes` writes them", async () => {
  for (const [file, wanted] of Object.entries(await contributions())) expect(read(file), file).toBe(wanted);
});

test("each check has its setting, with its own severity", () => {
  const settings = manifest.contributes.configuration.properties["brokerlab.checks"]?.properties ?? {};
  expect(Object.keys(settings).toSorted()).toEqual([...codes].toSorted());
  for (const code of codes) expect(settings[code]?.default, code).toBe(severityOf(code));
});

test("each text that the manifest names is there, and no other", () => {
  const named = [...read("package.json").matchAll(/"%([^%"]+)%"/g)].map(([, name = ""]) => name);
  expect(Object.keys(texts).toSorted()).toEqual([...new Set(named)].toSorted());
});

test("who types `run` into the palette finds Run Simulation first, as the alphabet has it", () => {
  const titles = Object.entries(texts).flatMap(([name, title]) =>
    name.startsWith("command.") ? [title] : [],
  );
  // A run that is not under way cannot be cancelled, and the palette does not offer it.
  const found = titles.filter((title) => /run/i.test(title) && title !== texts["command.cancelRun"]);
  expect(found.length).toBeGreaterThan(2);
  expect(found.toSorted()[0]).toBe(texts["command.run"]);
});

test("what a person reads of the host goes through l10n", () => {
  const bare = /(?:show\w+Message|new CodeAction|new Error)\(\s*["`]|(?:placeHolder|tooltip|title): ["`]/;
  const inside = /^src\/host\/starters\.ts$/;
  const found = files(/^src\/host\/.*\.ts$/).filter((file) => !inside.test(file) && bare.test(read(file)));
  expect(found).toEqual([]);
});

test("each step of the walkthrough can be done by a command of ours or the editor's, and ends by an event", () => {
  const own = new Set(manifest.contributes.commands.map(({ command }) => command));
  const steps = manifest.contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);
  expect(steps).toHaveLength(5);
  for (const { completionEvents, description } of steps) {
    expect(completionEvents.length).toBeGreaterThan(0);
    const text = texts[description.slice(1, -1)] ?? "";
    const commands = [...text.matchAll(/\(command:([\w.]+)\)/g)].map(([, command = ""]) => command);
    expect(commands.length, text).toBeGreaterThan(0);
    expect(commands.filter((command) => command.startsWith("brokerlab.") && !own.has(command))).toEqual([]);
  }
});

test("the pre-commit hook runs a command of the package on files of the format", () => {
  const hook = parse(read(".pre-commit-hooks.yaml")) as readonly { entry: string; files: string }[];
  const { bin } = JSON.parse(read("package.json")) as { bin: Record<string, string> };
  expect(hook.map(({ entry }) => entry.split(" "))).toEqual([[Object.keys(bin)[0], "check"]]);
  const pattern = new RegExp(hook[0]!.files);
  for (const file of ["a.topology.yaml", "b/c.topology.yml"]) expect(file).toMatch(pattern);
  for (const file of ["topology.yaml", "a.topology.yaml.md"]) expect(file).not.toMatch(pattern);
});
