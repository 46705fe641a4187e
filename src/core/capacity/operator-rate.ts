import type { JoinRule, WindowRule } from "../model/consumer-work.ts";
import type { KeyChoice } from "../model/topology.ts";
import { exp } from "../sim/exp-log.ts";

const nanosPerSecond = 1e9;

/** What comes to a consumer that gathers in windows. */
export interface Gathered {
  /** Messages per second. */
  readonly rate: number;
  /** Of all of them; undefined where they differ, or nobody can say. */
  readonly key: KeyChoice | undefined;
  /** Partitions or instances that have windows of their own. */
  readonly tasks: number;
  /** Whether all messages of a key come to one of them. */
  readonly keyed: boolean;
}

/**
 * Windows per second that close, of messages at random times: of each key, or of each task, those that hold any. NaN where
 * keys are not equally frequent, and for sessions, whose number hangs on how even the times are.
 */
export function windowsPerSecond(rule: WindowRule, { rate, key, tasks, keyed }: Gathered): number {
  if (rate === 0) return 0;
  if (rule.kind === "session") return NaN;
  const perSecond = nanosPerSecond / rule.every;
  if (rule.byKey && key?.kind === "none") return 0;
  if (rule.byKey && key?.kind === "unique") return (rate * rule.size) / rule.every;
  const cells = rule.byKey ? keysOf(key) * (keyed ? 1 : tasks) : tasks;
  return cells * perSecond * (1 - exp((-rate / cells) * (rule.size / nanosPerSecond)));
}

/**
 * Pairs per second of messages that come at random times, of two sources at these rates, with equally frequent keys. NaN where
 * keys are others, or the two answer one message: what then is within time hangs on how long they take.
 */
export function pairsPerSecond(
  { by, within }: JoinRule,
  {
    left,
    right,
    key,
  }: { readonly left: number; readonly right: number; readonly key: KeyChoice | undefined },
): number {
  if (by === "correlation") return NaN;
  return (left * right * 2 * (within / nanosPerSecond)) / keysOf(key);
}

/** Of equally frequent keys. */
function keysOf(key: KeyChoice | undefined): number {
  if (key?.kind === "uniform") return key.values;
  if (key?.kind !== "weights") return NaN;
  return key.weights.every((weight) => weight === key.weights[0]) ? key.keys.length : NaN;
}
