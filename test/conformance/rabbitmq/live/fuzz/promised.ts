import { isDeepStrictEqual } from "node:util";
import { promisedView } from "../../../../../src/core/queue/outcome-view.ts";
import { playScenario } from "../../../../../src/core/queue/scenario-player.ts";
import type { Scenario, ScenarioStep } from "../../../../../src/core/queue/scenario.ts";
import type { Timing } from "../../../../../src/core/queue/script-broker.ts";
import { Dice } from "./dice.ts";
import { isUnclear, toldTooLate } from "./policy-draft.ts";

/** How long a step may take on a real server, ms, before its times to live may end earlier than simulated. */
export const stepMax = 150;

/** Of a way that is slow, and by how much ways differ, ns. */
const slowHop = 900;
const hopSpread = 200;

/** Which ways are slow: those from channels, or those from queues, to queues whose number has this bit, or has it not. */
const slowWays = [0, 1].flatMap((bit) =>
  [true, false].flatMap((fromChannels) => [0, 1].map((value) => ({ fromChannels, bit, value }))),
);

/**
 * A server's processes keep the order of messages between two of them, and no other: each pair gets a time of its own, and
 * clients answer at once or when all is over.
 */
const timings = slowWays.map((slow, number) => (): Timing => {
  const dice = new Dice(number, "hops");
  const known = new Map<string, number>();
  return {
    hop(from, to): number {
      const way = `${from} ${to}`;
      const isSlow = from.startsWith("source") === slow.fromChannels && ((to >> slow.bit) & 1) === slow.value;
      const time = known.get(way) ?? dice.below(hopSpread) + (isSlow ? slowHop : 0);
      known.set(way, time);
      return time;
    },
    answer: number % 2 === 0 ? 0 : 20_000,
    gap: [0, 100, 5000][number % 3]!,
    newestEndsFirst: number % 4 < 2,
    endGap: number < 4 ? 0 : 5000,
    tellsLast: number % 2 === 0,
  };
});

/**
 * Whether it comes out the same however long its steps, and the messages between the server's processes, take. `glance`
 * looks at one other timing alone.
 */
export function isPromised(scenario: Scenario, glance = false): boolean {
  if (neverStartsAgain(scenario) || governsUnclearly(scenario)) return false;
  const view = (settleMs: number, timing?: Timing): unknown =>
    promisedView(playScenario({ ...scenario, settleMs }, "3.10", undefined, timing), scenario.compare);
  const expected = view(1);
  if (glance) {
    const timing = timings[scenario.steps.length % timings.length]!();
    return isDeepStrictEqual(view(stepMax, timing), expected);
  }
  return (
    isDeepStrictEqual(view(stepMax), expected) &&
    timings.every((timing) => isDeepStrictEqual(view(1, timing()), expected))
  );
}

function governsUnclearly(scenario: Scenario): boolean {
  const policies = allOf(scenario.steps, "setPolicy", scenario.policies);
  const mortal = scenario.steps.some((step) => step.op === "publish" && step.expiration !== undefined);
  const queues = allOf(scenario.steps, "declareQueue", scenario.queues);
  return toldTooLate(queues, policies) || queues.some((queue) => isUnclear(queue, policies, mortal));
}

/** What is there at the beginning, and what steps of a kind bring. */
function allOf<Op extends ScenarioStep["op"], Given>(
  steps: readonly ScenarioStep[],
  op: Op,
  given: readonly Given[] = [],
): (Given | Extract<ScenarioStep, { op: Op }>)[] {
  return [...given, ...steps.filter((step): step is Extract<ScenarioStep, { op: Op }> => step.op === op)];
}

/**
 * Whether a start of the broker never ends: a recent history that outlived the one before adds its bindings anew, and fails where
 * it does not find the queue. A stream is there only later. (3.10's `rabbit_exchange_type_recent_history`)
 */
function neverStartsAgain({ exchanges, queues, bindings, steps }: Scenario): boolean {
  if (!steps.some(({ op }) => op === "restart")) return false;
  const histories = allOf(steps, "declareExchange", exchanges)
    .filter(({ type, durable }) => type === "x-recent-history" && durable === true)
    .map(({ name }) => name);
  const streams = allOf(steps, "declareQueue", queues)
    .filter(({ args }) => args?.["x-queue-type"] === "stream")
    .map(({ name }) => name);
  return allOf(steps, "bind", bindings).some(
    ({ source, dest, destType }) =>
      destType !== "exchange" && histories.includes(source) && streams.includes(dest),
  );
}
