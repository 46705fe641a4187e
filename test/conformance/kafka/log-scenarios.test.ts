import { describe, expect, it } from "vitest";
import { playKafkaRecording } from "../../../src/core/index.ts";
import { resultFields, type LogStep } from "../../../src/core/log/conformance/log-scenario.ts";
import { recorded } from "./recorded.ts";

interface File {
  readonly scenarios: readonly { readonly name: string; readonly steps: readonly LogStep[] }[];
}

type Fields = (readonly [string, unknown])[];

const file = recorded("log-scenarios") as File;
const play = (of: unknown) => playKafkaRecording(of) as File;

function isResult({ op }: LogStep, field: string): boolean {
  const fields: readonly string[] = resultFields[op as keyof typeof resultFields];
  return field === "after" || field === "error" || fields.includes(field);
}

/** The file with each result as `change` makes it; the leader epochs, which it does not tell otherwise, are told. */
function withResults(change: (step: LogStep, field: string) => Fields): File {
  const scenarios = file.scenarios.map((scenario) => ({
    ...scenario,
    steps: scenario.steps.map((step): LogStep => {
      const kept: Fields = Object.entries(step).flatMap(([field, value]): Fields =>
        isResult(step, field) ? change(step, field) : [[field, value]],
      );
      const appends = scenario.name === "truncate-and-epochs" && step.op === "append";
      const leaderEpoch = ["d", "e"].includes(String(step["key"])) ? 3 : 0;
      return { ...Object.fromEntries(kept), op: step.op, ...(appends && { leaderEpoch }) };
    }),
  }));
  return { scenarios };
}

describe("the log does what Kafka 4.1.1's did", () => {
  const played = play(file);

  it.each(file.scenarios.map(({ name }, i) => [name, i] as const))("%s", (_, i) => {
    expect(played.scenarios[i]).toEqual(file.scenarios[i]);
  });

  it("in the same order of fields", () => {
    expect(JSON.stringify(played)).toBe(JSON.stringify(file));
  });
});

describe("results are computed, not read,", () => {
  it.each([
    ["null", (_: LogStep, field: string): Fields => [[field, null]]],
    ["missing", (): Fields => []],
    [
      "wrong",
      (step: LogStep, field: string): Fields =>
        typeof step[field] === "number" ? [[field, step[field] + 1]] : [[field, step[field]]],
    ],
  ])("where they are %s", (_, change) => {
    const { scenarios } = play(withResults(change));
    for (const [i, { steps }] of file.scenarios.entries()) expect(scenarios[i]!.steps).toMatchObject(steps);
  });
});

describe("where random scenarios told the logs apart, the log now does what Kafka's did", () => {
  const { scenarios } = recorded("log-scenarios-found") as File;
  const asked = scenarios.map((scenario) => ({
    ...scenario,
    steps: scenario.steps.map((step) =>
      Object.fromEntries(Object.entries(step).filter(([field]) => !isResult(step, field))),
    ),
  }));
  const played = play({ scenarios: asked }).scenarios;

  it.each(scenarios.map(({ name }, i) => [name, i] as const))("%s", (_, i) => {
    expect(played[i]).toMatchObject(scenarios[i]!);
  });
});

describe("a step that cannot be played says so", () => {
  it.each([
    [{ op: "compress" }, {}, "scenarios[0].steps[0] (compress): expected one of append, appendMany, "],
    [{ op: "toString" }, {}, "scenarios[0].steps[0] (toString): expected one of"],
    [{ op: "sleep" }, {}, "scenarios[0].steps[0] (sleep): it needs a number 'ms'"],
    [{ op: "append", key: 1 }, {}, "scenarios[0].steps[0] (append): 'key' must be a text or null"],
    [
      { op: "roll" },
      { "segment.size": "1" },
      "scenarios[0].topicConfig: Kafka has no topic setting 'segment.size'",
    ],
    [{ op: "roll" }, { "segment.bytes": "big" }, "topicConfig: 'segment.bytes' is 'big', not a number"],
    ["roll", {}, "scenarios[0].steps[0] is not an object"],
    [{}, {}, "scenarios[0].steps[0].op is not a text"],
  ])("%o", (step, topicConfig, message) => {
    expect(() => play({ scenarios: [{ topicConfig, steps: [step] }] })).toThrow(message);
  });

  it("a file of another kind, too", () => {
    expect(() => play(recorded("offset-scenarios"))).toThrow("scenarios[0].steps is not a list");
  });
});
