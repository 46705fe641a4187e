import { describe, expect, it } from "vitest";
import { check, parse, stopsRun } from "../../src/core/index.ts";
import { simulate } from "../../src/core/run.ts";
import { bases, effects, silent, type Effect } from "./effects.ts";
import { nodeArgumentKeys } from "./node-effects.ts";
import { policyEffects } from "./policy-effects.ts";
import { queueArgumentKeys } from "./queue-effects.ts";
import { settingsPage } from "./settings-page.ts";
import { simulatedKeys } from "./simulated-keys.ts";

/** In the tables of arguments, which the schema names by their broker's documentation alone. */
const argumentKeys = [
  "rabbitmq.exchanges.*.arguments.alternate-exchange",
  "rabbitmq.bindings.arguments.x-match",
  "rabbitmq.vhosts",
  "consumers.*.inputs",
  ...queueArgumentKeys,
  ...policyEffects.map(([key]) => key).filter((key) => key.includes(".definition.")),
  ...nodeArgumentKeys,
];

function replaceOnce(text: string, from: string, to: string): string {
  expect(text.split(from), `'${from}' stands once in:\n${text}`).toHaveLength(2);
  return text.replace(from, to);
}

function figureOf(text: string, path: string): number {
  const problems = check(text).filter(stopsRun);
  expect(problems, text).toEqual([]);
  let value: unknown = simulate(parse(text).topology, { auditEvery: 1000 }).summary;
  for (const step of path.split(".")) value = (value as Record<string, unknown> | undefined)?.[step];
  return typeof value === "number" ? value : 0;
}

function filesOf({ base, given = [], from, to }: Effect): { before: string; after: string } {
  const before = given.reduce<string>((text, [one, other]) => replaceOnce(text, one, other), bases[base]);
  return { before, after: replaceOnce(before, from, to) };
}

describe("a changed key moves a figure", () => {
  it.each(effects.map((effect) => [effect.key, effect] as const))("%s", (_, effect) => {
    const { before, after } = filesOf(effect);
    const [was, is] = [figureOf(before, effect.figure), figureOf(after, effect.figure)];
    if (effect.moves === "up") expect(is, effect.figure).toBeGreaterThan(was);
    else if (effect.moves === "down") expect(is, effect.figure).toBeLessThan(was);
    else expect(is, effect.figure).not.toBe(was);
  });
});

it("knows an effect, or a reason for none, of every simulated key", () => {
  const known = [...effects.map(({ key }) => key), ...Object.keys(silent)];
  expect(known.toSorted()).toEqual([...new Set([...simulatedKeys(), ...argumentKeys])].toSorted());
});

it("stands in docs/settings.md", async () => {
  await expect(settingsPage()).toMatchFileSnapshot("../../docs/settings.md");
});
