import type { Scenario } from "../../../../../src/core/queue/scenario.ts";
import { Dice } from "./dice.ts";
import { flavours, restartFlavour } from "./flavour.ts";
import { ScriptDraft } from "./script-draft.ts";
import { TopologyDraft } from "./topology-draft.ts";

/** Every so many scenarios one restarts the server. */
const restartEvery = 12;

export function restartsServer(number: number): boolean {
  return number % restartEvery === restartEvery - 1;
}

/** The scenario of this number of a seed. */
export function generateScenario(seed: number, number: number): Scenario {
  const name = `fuzz-${seed}-${number}`;
  const dice = new Dice(seed, name);
  const flavour = restartsServer(number)
    ? restartFlavour
    : dice.weighted(flavours.map((one) => [one, one.weight]));
  const topology = new TopologyDraft(dice, flavour);
  const { exchanges, queues, bindings } = topology;
  const frame = {
    ...{ name, exchanges, queues, bindings },
    channels: { own: { connection: "other" }, far: { connection: "other" } },
    ...(dice.chance(0.3) && { confirms: "show" as const }),
    compare: { confirmsAsSet: true },
  };
  const { steps } = new ScriptDraft(dice, flavour, topology, frame);
  return { ...frame, steps };
}
