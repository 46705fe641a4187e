import { isDeepStrictEqual } from "node:util";
import { NotSimulated } from "../../../../../src/core/queue/not-simulated.ts";
import { promisedView } from "../../../../../src/core/queue/outcome-view.ts";
import { playScenario } from "../../../../../src/core/queue/scenario-player.ts";
import type { Outcome, Scenario } from "../../../../../src/core/queue/scenario.ts";
import { firstDifference } from "../difference.ts";
import { playLive, type Stage } from "../live-player.ts";
import { isPromised, stepMax } from "./promised.ts";
import { shrink } from "./shrink.ts";

/** A scenario that the simulator plays otherwise than the server. */
export interface Difference {
  readonly scenario: Scenario;
  readonly live: Outcome;
  readonly where: string;
}

export type Verdict =
  | { readonly kind: "same"; readonly scenario: Scenario; readonly live: Outcome; readonly again: boolean }
  /** The server itself does otherwise from time to time, or was too slow for the times to live in it. */
  | { readonly kind: "doubtful"; readonly why: string }
  | { readonly kind: "different"; readonly difference: Difference };

/** Waits between two looks at the server, ms: at first, and of the plays that decide whether it differs. */
const firstSettle = 15;
const carefulSettles = [40, 40, 80];
/** Plays of which the server was too slow in each. */
const lateMax = 4;
/** How long a difference is made smaller, ms. */
const shrinkTime = 60_000;

/** Plays the scenario on both sides once; undefined where they come out otherwise. */
export async function playOnce(scenario: Scenario, stage: Stage): Promise<Verdict | undefined> {
  const { where, live } = await compare(scenario, stage, firstSettle);
  return where === undefined ? { kind: "same", scenario, live, again: false } : undefined;
}

/** Plays a scenario that came out otherwise again and again, ever more patiently; one that differs is made smaller. */
export async function judge(scenario: Scenario, stage: Stage): Promise<Verdict> {
  const verdict = await judgeWhole(scenario, stage, carefulSettles);
  if (verdict.kind !== "different") return verdict;
  const end = performance.now() + shrinkTime;
  const small = await shrink(scenario, (candidate) => differsStill(candidate, stage, end));
  const confirmed = await judgeWhole(small, stage, carefulSettles);
  return confirmed.kind === "different" ? confirmed : verdict;
}

/** Two plays that are alike prove the scenario alike, plays that all differ in the same way that it differs. */
async function judgeWhole(scenario: Scenario, stage: Stage, settles: readonly number[]): Promise<Verdict> {
  const different: { live: Outcome; where: string }[] = [];
  let alike = 0;
  for (const settleMs of settles) {
    const { live, where, onTime } = await compareInTime(scenario, stage, settleMs);
    if (where === undefined) {
      if (++alike === 2) return { kind: "same", scenario, live, again: true };
    } else if (!onTime) return { kind: "doubtful", why: `took too long ${lateMax} times (${where})` };
    else different.push({ live, where });
  }
  const view = (live: Outcome): unknown => promisedView(live, scenario.compare);
  const [first] = different;
  if (
    first !== undefined &&
    alike === 0 &&
    different.every(({ live }) => isDeepStrictEqual(view(live), view(first.live)))
  )
    return { kind: "different", difference: { scenario, ...first } };
  const wheres = different.map(({ where }) => where);
  return { kind: "doubtful", why: `the server does otherwise from time to time: ${wheres.join("; ")}` };
}

async function differsStill(candidate: Scenario, stage: Stage, end: number): Promise<boolean> {
  try {
    if (performance.now() > end || !isPromised(candidate)) return false;
    return (await judgeWhole(candidate, stage, carefulSettles.slice(0, 2))).kind === "different";
  } catch (error) {
    // A part that was left out was needed.
    if (error instanceof RangeError || error instanceof NotSimulated || isRefusal(error)) return false;
    throw error;
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof Error && /\d{3} \(/.test(error.message);
}

interface Compared {
  readonly live: Outcome;
  readonly where: string | undefined;
  readonly onTime: boolean;
}

async function compareInTime(scenario: Scenario, stage: Stage, settleMs: number): Promise<Compared> {
  let compared = await compare(scenario, stage, settleMs);
  for (let late = 1; late < lateMax && compared.where !== undefined && !compared.onTime; late++)
    compared = await compare(scenario, stage, settleMs);
  return compared;
}

async function compare(scenario: Scenario, stage: Stage, settleMs: number): Promise<Compared> {
  const { outcome: live, times } = await playLive({ ...scenario, settleMs }, stage);
  const view = (outcome: Outcome): unknown => promisedView(outcome, scenario.compare);
  const where = firstDifference(view(live), view(playScenario(scenario)));
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
