import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse as readYaml } from "yaml";
import type { Facts } from "./facts.ts";

const here = import.meta.dirname;

/** What a real Kafka of that version made of the scenario that has that hash. */
export interface Outcome {
  readonly kafka: string;
  readonly scenario: string;
  /** Of the machine it was recorded on, fitted on one scenario; only where times are compared. */
  readonly slowness?: number;
  readonly facts: Facts;
}

export function scenarioText(name: string): string {
  return readFileSync(join(here, "scenarios", `${name}.topology.yaml`), "utf8");
}

/** Of what the file says, however it is laid out. */
export function hashOf(text: string): string {
  return createHash("sha256")
    .update(JSON.stringify({ ...(readYaml(text) as object), name: undefined }))
    .digest("hex");
}

const fileOf = (name: string) => join(here, "..", "outcomes", `${name}.json`);

export function recordedOutcome(name: string): Outcome | undefined {
  const file = fileOf(name);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Outcome) : undefined;
}

/** One line a list, so that a change can be read. */
export function record(name: string, outcome: Outcome): void {
  const rounded = JSON.stringify(outcome, (_, value: unknown) =>
    typeof value === "number" && !Number.isInteger(value) ? Math.round(value * 100) / 100 : value,
  );
  writeFileSync(fileOf(name), `${rounded.replaceAll(/("[^"]+":[{[])/gu, "\n$1")}\n`);
}
