import type { Scenario } from "../../../../../src/core/queue/scenario.ts";
import { Dice } from "./dice.ts";
import { flavours, restartFlavour } from "./flavour.ts";
import { ScriptDraft } from "./script-draft.ts";
import { TopologyDraft } from "./topology-draft.ts";

/** Every so many scenarios one restarts the server. */
const restartEvery = 12;

/** What a campaign's scenarios are drawn from. */
export interface Source {
  readonly seed: number;
  /** Names the flavour that all are of; undefined for all flavours by their weights. */
  readonly flavour: string | undefined;
}

export const flavourNames = [...flavours, restartFlavour].map(({ name }) => name);

export function restartsServer(number: number, { flavour }: Source): boolean {
  return flavour === undefined ? number % restartEvery === restartEvery - 1 : flavour === restartFlavour.name;
}

/** The scenario of this number. */
export function generateScenario(source: Source, number: number): Scenario {
  const name = `fuzz-${source.seed}-${number}`;
  const dice = new Dice(source.seed, name);
  const weighted = flavours.map((one) => [one, one.weight] as const);
  const flavour = restartsServer(number, source)
    ? restartFlavour
    : (flavours.find((one) => one.name === source.flavour) ?? dice.weighted(weighted));
  const topology = new TopologyDraft(dice, flavour);
  const { policies, exchanges, queues, bindings } = topology;
  const frame = {
    ...{ name, policies, exchanges, queues, bindings },
    channels: { own: { connection: "other" }, far: { connection: "other" } },
    ...(dice.chance(0.3) && { confirms: "show" as const }),
    compare: { confirmsAsSet: true },
  };
  const { steps } = new ScriptDraft(dice, flavour, topology, frame);
  return { ...frame, steps };
}
