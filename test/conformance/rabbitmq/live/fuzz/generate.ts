import { isDeepStrictEqual } from "node:util";
import { playScenario } from "../../../../../src/core/queue/scenario-player.ts";
import type { Scenario } from "../../../../../src/core/queue/scenario.ts";
import { Dice } from "./dice.ts";
import { flavours } from "./flavour.ts";
import { ScriptDraft } from "./script-draft.ts";
import { TopologyDraft } from "./topology-draft.ts";

/** How long a step may take on a real server, ms, before its times to live may end earlier than simulated. */
export const stepMax = 150;

/** The scenario of this number of a seed; undefined where what is drawn depends on how long its steps take. */
export function generateScenario(seed: number, number: number): Scenario | undefined {
  const name = `fuzz-${seed}-${number}`;
  const dice = new Dice(seed, name);
  const flavour = dice.weighted(flavours.map((one) => [one, one.weight]));
  const topology = new TopologyDraft(dice, flavour);
  const { exchanges, queues, bindings } = topology;
  const frame = {
    ...{ name, exchanges, queues, bindings },
    channels: { own: { connection: "other" }, far: { connection: "other" } },
    ...(dice.chance(0.3) && { confirms: "show" as const }),
    compare: { confirmsAsSet: true },
  };
  const { steps } = new ScriptDraft(dice, flavour, topology, frame);
  const scenario: Scenario = { ...frame, steps };
  return isTimeless(scenario) ? scenario : undefined;
}

/** Whether it comes out the same however long its steps take, within bounds. */
export function isTimeless(scenario: Scenario): boolean {
  const paced = (settleMs: number): unknown => playScenario({ ...scenario, settleMs });
  return isDeepStrictEqual(paced(1), paced(stepMax));
}
