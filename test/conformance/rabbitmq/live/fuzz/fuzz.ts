import { promisedView } from "../../../../../src/core/queue/outcome-view.ts";
import { playScenario } from "../../../../../src/core/queue/scenario-player.ts";
import type { Outcome, Scenario } from "../../../../../src/core/queue/scenario.ts";
import { firstDifference } from "../difference.ts";
import { playLive, type Stage } from "../live-player.ts";
import { generateScenario } from "./generate.ts";
import { isPromised, stepMax } from "./promised.ts";
import { shrink } from "./shrink.ts";

/** A scenario that the simulator plays otherwise than the server. */
export interface Difference {
  readonly scenario: Scenario;
  readonly live: Outcome;
  readonly where: string;
}

export type Verdict =
  | { readonly kind: "same"; readonly scenario: Scenario; readonly live: Outcome }
  /** It depends on how long its steps take, or the server itself does otherwise from time to time. */
  | { readonly kind: "unpromised"; readonly why: string }
  | { readonly kind: "different"; readonly difference: Difference };

const firstSettle = 15;
const carefulSettle = 40;
/** The server has to do the same, and otherwise than the simulator, so often in a row. */
const proofs = 3;

/** Plays the scenario of this number of a seed on both sides. */
export async function playRandom(seed: number, number: number, stage: Stage): Promise<Verdict> {
  const scenario = generateScenario(seed, number);
  const first = await compare(scenario, stage, firstSettle);
  if (first.where === undefined) return { kind: "same", scenario, live: first.live };
  const doubt = await doubtOf(scenario, stage);
  if (doubt !== undefined) return { kind: "unpromised", why: `${doubt} (${first.where})` };
  const small = await shrink(scenario, async (candidate) => (await doubtOf(candidate, stage)) === undefined);
  const { live, where } = await compare(small, stage, carefulSettle);
  return { kind: "different", difference: { scenario: small, live, where: where ?? "seen once only" } };
}

/** Why it is not sure that the simulator differs from the server; undefined where it is. */
async function doubtOf(scenario: Scenario, stage: Stage): Promise<string | undefined> {
  try {
    if (!isPromised(scenario)) return "depends on how long what takes";
    let seen: unknown;
    for (let proof = 0; proof < proofs; proof++) {
      const { live, where, onTime } = await compare(scenario, stage, carefulSettle);
      if (where === undefined) return "came out the same when played again";
      if (!onTime) return "took too long";
      const view = promisedView(live, scenario.compare);
      const otherwise = proof > 0 ? firstDifference(seen, view) : undefined;
      if (otherwise !== undefined) return `the server does otherwise from time to time: ${otherwise}`;
      seen = view;
    }
    return undefined;
  } catch (error) {
    // A part that was left out was needed.
    if (error instanceof RangeError || isRefusal(error)) return String(error);
    throw error;
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof Error && /\d{3} \(/.test(error.message);
}

async function compare(
  scenario: Scenario,
  stage: Stage,
  settleMs: number,
): Promise<{ live: Outcome; where: string | undefined; onTime: boolean }> {
  const { outcome: live, times } = await playLive({ ...scenario, settleMs }, stage);
  const simulated = playScenario(scenario);
  const view = (outcome: Outcome): unknown => promisedView(outcome, scenario.compare);
  const where = firstDifference(view(live), view(simulated));
  let asleep = 0;
  const timed = scenario.steps.some(({ op }) => op === "sleep");
  const onTime =
    !timed ||
    scenario.steps.every((step, number) => {
      if (step.op === "sleep") asleep += step.ms;
      return times[number]! - asleep < (number + 1) * stepMax;
    });
  return { live, where, onTime };
}
