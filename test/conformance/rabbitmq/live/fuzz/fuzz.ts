import { isDeepStrictEqual } from "node:util";
import { promisedView } from "../../../../../src/core/queue/outcome-view.ts";
import { playScenario } from "../../../../../src/core/queue/scenario-player.ts";
import type { Outcome, Scenario } from "../../../../../src/core/queue/scenario.ts";
import { firstDifference } from "../difference.ts";
import { playLive, type Stage } from "../live-player.ts";
import { generateScenario, isTimeless, stepMax } from "./generate.ts";
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
  if (scenario === undefined) return { kind: "unpromised", why: "depends on how long its steps take" };
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
    if (!isTimeless(scenario)) return "depends on how long its steps take";
    let seen: unknown;
    for (let proof = 0; proof < proofs; proof++) {
      const { live, where, onTime } = await compare(scenario, stage, carefulSettle);
      if (where === undefined) return "came out the same when played again";
      if (isAlikeButForOrder(scenario, live))
        return "the order in which dead letters meet others is not promised";
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

/** A dead letter is published by its queue's process: what comes of one step by several ways meets in any order. */
function isAlikeButForOrder(scenario: Scenario, live: Outcome): boolean {
  const dead = scenario.queues?.some(({ args }) => args?.["x-dead-letter-exchange"] !== undefined);
  return dead === true && isDeepStrictEqual(unordered(live), unordered(playScenario(scenario)));
}

function unordered({ trace = [], final }: Outcome): unknown {
  const sorted = (some: readonly unknown[]): string[] => some.map((one) => JSON.stringify(one)).sort();
  const queues = Object.entries(final).map(([name, messages]) => [
    name,
    Array.isArray(messages) ? sorted(messages) : messages,
  ]);
  return {
    trace: trace.map(({ events = [], ...rest }) => JSON.stringify([rest, sorted(events)])),
    final: Object.fromEntries(queues) as unknown,
  };
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
