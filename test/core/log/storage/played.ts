import { playLogScenarios } from "../../../../src/core/log/conformance/log-scenario-player.ts";
import type { LogStep } from "../../../../src/core/log/conformance/log-scenario.ts";

export interface After {
  readonly logStartOffset: number;
  readonly highWatermark: number;
  readonly lastStableOffset: number;
  readonly logEndOffset: number;
  readonly sizeBytes: number;
  readonly segments: readonly { readonly baseOffset: number; readonly sizeBytes: number }[];
  readonly records: readonly {
    readonly offset: number;
    readonly key: string | null;
    readonly value: string | null;
    readonly control?: string;
  }[];
}

export type Played = LogStep & { readonly after: After };

/** Plays the steps on one log; every step tells of the log after it. */
export function play(topicConfig: Readonly<Record<string, string>>, steps: readonly LogStep[]): Played[] {
  const asked = steps.map((step) => ({ ...step, after: null }));
  const { scenarios } = playLogScenarios({ scenarios: [{ topicConfig, steps: asked }] });
  return (scenarios as readonly { readonly steps: Played[] }[])[0]!.steps;
}
