import { presets } from "../model/calibration.ts";
import type { Calibration, Costs, PresetName } from "../model/calibration.ts";
import type { Run } from "../model/topology.ts";
import type { Unit } from "../text/units.ts";
import type { ReadContext } from "./read-context.ts";
import { at, describe, entriesOf, textOf } from "./tree.ts";
import type { Tree } from "./tree.ts";
import { numberOf, quantityOf } from "./value-read.ts";

export const defaultRun: Run = {
  duration: 60e9,
  warmup: 0,
  seed: 1,
  repeat: 1,
  calibration: { preset: "lan", costs: presets.lan },
  trace: 100_000,
};

export function readRun(tree: Tree | undefined, context: ReadContext): Run {
  const written = at(tree, "duration");
  const duration =
    textOf(written) === "unlimited" ? Infinity : (quantityOf(written, "duration") ?? defaultRun.duration);
  const warmup = quantityOf(at(tree, "warmup"), "duration") ?? defaultRun.warmup;
  if (warmup >= duration && warmup > 0)
    context.badValue(at(tree, "warmup")!.span, {
      key: "warmup",
      found: describe(at(tree, "warmup")!),
      reason:
        "it is as long as the run or longer, so nothing would be counted. Shorten it, or raise `run.duration`",
    });
  const seed = numberOf(at(tree, "seed"));
  return {
    duration: duration === 0 ? defaultRun.duration : duration,
    warmup: warmup >= duration ? 0 : warmup,
    seed: seed !== undefined && Number.isSafeInteger(seed) && seed >= 0 ? seed : defaultRun.seed,
    repeat: Math.max(quantityOf(at(tree, "repeat"), "count") ?? defaultRun.repeat, 1),
    calibration: readCalibration(at(tree, "calibration")),
    trace: quantityOf(at(tree, "trace"), "count") ?? defaultRun.trace,
  };
}

/** In which unit a cost is written; the others are durations. */
const units: Readonly<Partial<Record<keyof Costs, Unit>>> = {
  networkBandwidth: "bandwidth",
  diskBandwidth: "bandwidth",
  brokerCores: "count",
  pageCache: "size",
};

function presetOf(tree: Tree | undefined): PresetName {
  const name = textOf(tree);
  return name !== undefined && Object.hasOwn(presets, name) ? (name as PresetName) : "lan";
}

function amountOf(value: Tree, unit: Unit | undefined): number | undefined {
  return unit !== undefined && textOf(value) === "unlimited"
    ? Infinity
    : quantityOf(value, unit ?? "duration");
}

function readCalibration(tree: Tree | undefined): Calibration {
  if (tree?.kind !== "map") {
    const preset = presetOf(tree);
    return { preset, costs: presets[preset] };
  }
  const preset = presetOf(at(tree, "preset"));
  const costs: { -readonly [K in keyof Costs]: number } = { ...presets[preset] };
  for (const { key, value } of entriesOf(tree)) {
    if (!Object.hasOwn(costs, key.text)) continue;
    const cost = key.text as keyof Costs;
    const amount = cost === "codecWork" ? numberOf(value) : amountOf(value, units[cost]);
    if (amount !== undefined) costs[cost] = amount;
  }
  return { preset, costs };
}
