import type {
  ScenarioExchange,
  ScenarioPolicy,
  ScenarioQueue,
  ScenarioStep,
} from "../../../../../src/core/queue/scenario.ts";
import type { Dice } from "./dice.ts";
import { times } from "./times.ts";

type Args = ScenarioPolicy["definition"];

/** What policies may say something about. */
interface Governed {
  readonly exchanges: readonly ScenarioExchange[];
  readonly queues: readonly ScenarioQueue[];
  /** Times to live, ms. */
  readonly lives: readonly number[];
}

/** Of equal priorities nobody promises which policy applies: each name has its own. */
const priorities: Readonly<Record<string, number>> = { low: 0, high: 3 };
const patterns = ["^q", "^q", ".*", "^q[12]$", "^q1$", "^x", "^q2", "^q[39]$"];
const targets = ["all", "queues", "queues", "exchanges"] as const;
const overflows = ["drop-head", "reject-publish", "reject-publish-dlx"];

/** One or two policies and perhaps an operator's. */
export function drawPolicies(dice: Dice, governed: Governed): ScenarioPolicy[] {
  return dice
    .some(["low", "high", "operator"], dice.between(1, 3))
    .map((name) => policy(dice, name, governed));
}

/** One that comes, changes or goes. */
export function policyStep(dice: Dice, governed: Governed): ScenarioStep {
  const name = dice.pick(["low", "high", "operator"]);
  if (dice.chance(0.3)) return { op: "clearPolicy", name, ...(name === "operator" && { operator: true }) };
  return { op: "setPolicy", ...policy(dice, name, governed) };
}

function policy(dice: Dice, name: string, governed: Governed): ScenarioPolicy {
  const operator = name === "operator";
  const limits = limitsOf(dice, governed);
  const all = operator ? limits : { ...limits, ...settingsOf(dice, governed) };
  const keys = dice.some(
    Object.keys(all),
    dice.weighted([
      [1, 3],
      [2, 3],
      [3, 2],
      [5, 1],
    ]),
  );
  return {
    ...{ name, pattern: dice.pick(patterns) },
    definition: Object.fromEntries(keys.map((key) => [key, all[key]!])),
    applyTo: operator ? "queues" : dice.pick(targets),
    ...(operator ? { operator } : { priority: priorities[name]! }),
  };
}

/** What operators may set as well. */
function limitsOf(dice: Dice, { lives }: Governed): Args {
  return {
    "max-length": dice.between(0, 4),
    "max-length-bytes": dice.between(8, 60),
    "message-ttl": dice.pick(lives),
    expires: dice.pick(lives.slice(1)),
    "delivery-limit": dice.between(0, 3),
  };
}

function settingsOf(dice: Dice, { queues, exchanges }: Governed): Args {
  const names = exchanges.map(({ name }) => name);
  return {
    overflow: dice.pick(overflows),
    "dead-letter-exchange": dice.pick(["", "", ...names, "missing"]),
    "dead-letter-routing-key": dice.pick(queues).name,
    "queue-mode": dice.pick(["lazy", "default"]),
    "alternate-exchange": dice.pick([...names, "amq.fanout"]),
  };
}

/** Whether what policies do to a quorum queue may come out in several ways. `mortal`: some messages may have a time to live. */
export function isUnclear(
  queue: ScenarioQueue,
  policies: readonly ScenarioPolicy[],
  mortal: boolean,
): boolean {
  return isQuorum(queue) && (mayDieInTwoWays(queue, policies, mortal) || mayExpire(queue, policies));
}

/**
 * Whether a queue that waits for the confirms of its dead letters may send several to a quorum queue that tells its publishers to
 * stop some time after its limit is passed.
 */
export function toldTooLate(
  queues: readonly ScenarioQueue[],
  policies: readonly ScenarioPolicy[] = [],
): boolean {
  const senders = queues.filter(({ args }) => args?.["x-dead-letter-strategy"] !== undefined);
  return queues.some((queue) => {
    const says = saysOf(queue, policies);
    const limited = isQuorum(queue) && (says("max-length") || says("max-length-bytes")) && says("overflow");
    return limited && senders.some(({ name }) => name !== queue.name);
  });
}

/** It may go soon: it looks every 5 seconds whether its time is over. (`quorum_tick_interval`) */
function mayExpire(queue: ScenarioQueue, policies: readonly ScenarioPolicy[]): boolean {
  const said = fitting(queue, policies).map(({ definition }) => definition["expires"]);
  return [queue.args?.["x-expires"], ...said].some((expires) => Number(expires ?? Infinity) < times.long);
}

/** It tells its dead letters whether a limit has pushed them out or their time to live was over, which may be at one instant. */
function mayDieInTwoWays(
  queue: ScenarioQueue,
  policies: readonly ScenarioPolicy[],
  mortal: boolean,
): boolean {
  const says = saysOf(queue, policies);
  const limited = says("max-length") || says("max-length-bytes");
  return says("dead-letter-exchange") && limited && (mortal || says("message-ttl"));
}

/** Whether its arguments, or any policy that fits, say something about a key. */
function saysOf(queue: ScenarioQueue, policies: readonly ScenarioPolicy[]): (key: string) => boolean {
  return (key) =>
    queue.args?.[`x-${key}`] !== undefined ||
    fitting(queue, policies).some(({ definition }) => definition[key] !== undefined);
}

function fitting({ name }: ScenarioQueue, policies: readonly ScenarioPolicy[]): readonly ScenarioPolicy[] {
  return policies.filter(({ pattern }) => new RegExp(pattern).test(name));
}

function isQuorum({ args }: ScenarioQueue): boolean {
  return args?.["x-queue-type"] === "quorum";
}
