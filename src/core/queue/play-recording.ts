import { promisedView } from "./outcome-view.ts";
import { playScenario } from "./scenario-player.ts";
import type { Scenario } from "./scenario.ts";

/**
 * Plays a scenario and answers what `compare` promises of its outcome, as a recorded one holds it. Only messages whose
 * total alone is promised stay as they are: whoever compares counts them. `version`: the RabbitMQ whose rules it follows.
 */
export function playRabbitRecording(recording: unknown, version = "3.10"): unknown {
  const scenario = scenarioOf(recording);
  const outcome = playScenario(scenario, version);
  const { compare = {} } = scenario;
  if (compare.finalAs !== "total") return promisedView(outcome, compare);
  return { ...(promisedView(outcome, compare) as object), final: outcome.final };
}

function scenarioOf(recording: unknown): Scenario {
  if (typeof recording !== "object" || recording === null)
    throw new RangeError("a scenario is a JSON object");
  const { name, steps } = recording as Readonly<Record<string, unknown>>;
  if (typeof name !== "string") throw new RangeError("a scenario has a `name`");
  if (!Array.isArray(steps)) throw new RangeError(`scenario '${name}' has no list of \`steps\``);
  for (const [number, step] of steps.entries())
    if (typeof step !== "object" || step === null || typeof step.op !== "string")
      throw new RangeError(`step ${number} of scenario '${name}' has no \`op\``);
  return recording as Scenario;
}
