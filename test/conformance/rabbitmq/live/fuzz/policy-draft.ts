import type {
  ScenarioExchange,
  ScenarioPolicy,
  ScenarioQueue,
  ScenarioStep,
} from "../../../../../src/core/queue/scenario.ts";
import type { Dice } from "./dice.ts";

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

/**
 * Whether a quorum queue may have a limit of its length and dead letters at once, by its arguments or any policy: of several
 * messages that one command pushes out of it the last dies first on 3.10, which is not simulated.
 */
export function mayDieTogether(queue: ScenarioQueue, policies: readonly ScenarioPolicy[]): boolean {
  if (queue.args?.["x-queue-type"] !== "quorum") return false;
  const fitting = policies.filter(({ pattern }) => new RegExp(pattern).test(queue.name));
  const says = (key: string): boolean =>
    queue.args?.[`x-${key}`] !== undefined || fitting.some(({ definition }) => definition[key] !== undefined);
  return says("dead-letter-exchange") && (says("max-length") || says("max-length-bytes"));
}
