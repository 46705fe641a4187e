import { isDeepStrictEqual } from "node:util";
import { promisedView } from "../../../../../src/core/queue/outcome-view.ts";
import { playScenario } from "../../../../../src/core/queue/scenario-player.ts";
import type { Scenario } from "../../../../../src/core/queue/scenario.ts";
import type { Timing } from "../../../../../src/core/queue/script-broker.ts";
import { Dice } from "./dice.ts";

/** How long a step may take on a real server, ms, before its times to live may end earlier than simulated. */
export const stepMax = 150;

/** Of a way that is slow, and by how much ways differ, ns. */
const slowHop = 900;
const hopSpread = 400;

/**
 * A server's processes keep the order of messages between two of them, and no other: each pair gets a time of its own,
 * channels or queues are the slower ones, and clients answer at once or when all is over.
 */
const timings: readonly ((number: number) => Timing)[] = [
  (number) => ({ hop: hops(number), answer: 0, gap: 0, newestEndsFirst: true }),
  (number) => ({ hop: hops(number), answer: 20_000, gap: 100, newestEndsFirst: false }),
  (number) => ({ hop: hops(number), answer: 0, gap: 5000, newestEndsFirst: true }),
  (number) => ({ hop: hops(number), answer: 20_000, gap: 0, newestEndsFirst: false }),
];

function hops(number: number): Timing["hop"] {
  const dice = new Dice(number, "hops");
  const known = new Map<string, number>();
  return (from, to) => {
    const way = `${from} ${to}`;
    const slow = from.startsWith("source") === (number % 2 === 0);
    const time = known.get(way) ?? dice.below(hopSpread) + (slow ? slowHop : 0);
    known.set(way, time);
    return time;
  };
}

/**
 * Whether it comes out the same however long its steps, and the messages between the server's processes, take. `glance`
 * looks at one other timing alone.
 */
export function isPromised(scenario: Scenario, glance = false): boolean {
  const view = (settleMs: number, timing?: Timing): unknown =>
    promisedView(playScenario({ ...scenario, settleMs }, "3.10", undefined, timing), scenario.compare);
  const expected = view(1);
  if (glance) return isDeepStrictEqual(view(stepMax, timings[0]!(0)), expected);
  return (
    isDeepStrictEqual(view(stepMax), expected) &&
    timings.every((timing, number) => isDeepStrictEqual(view(1, timing(number)), expected))
  );
}
