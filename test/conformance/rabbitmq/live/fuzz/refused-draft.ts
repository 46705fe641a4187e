import type { ScenarioConsume, ScenarioStep } from "../../../../../src/core/queue/scenario.ts";
import type { Dice } from "./dice.ts";
import type { TopologyDraft } from "./topology-draft.ts";

/** Mostly what a broker refuses. */
export function refusedStep(
  dice: Dice,
  topology: TopologyDraft,
  script: { readonly consumers: readonly ScenarioConsume[]; readonly id: () => string },
): ScenarioStep {
  const queue = dice.pick(topology.queues).name;
  // Of several reasons for a refusal which one is told is not promised.
  if (dice.chance(0.5)) return locked(dice, queue, script.consumers);
  const open = topology.queues.find(({ exclusive }) => exclusive !== true)?.name ?? "missing";
  const message = { key: "a", id: script.id() };
  const invalid = dice.pick([
    { "x-message-ttl": -1 },
    { "x-max-length": "many" },
    { "x-max-priority": 256 },
    { "x-overflow": "burst" },
    { "x-expires": 0 },
    { "x-dead-letter-routing-key": "q1" },
    { "x-queue-type": "quorum", "x-max-priority": 3 },
    { "x-queue-type": "round" },
    { "x-max-in-memory-length": 1 },
    { "x-dead-letter-strategy": "at-least-once" },
    { "x-queue-version": 3 },
    { "x-delivery-limit": 1 },
    { "x-max-length-bytes": -1 },
    { "x-queue-mode": "busy" },
    { "x-single-active-consumer": "yes" },
    { "x-queue-type": "quorum", "x-delivery-limit": "many" },
    { "x-queue-type": "stream", "x-max-length": 3 },
    { "x-queue-type": "stream", "x-max-age": "long" },
  ]);
  return dice.pick<ScenarioStep>([
    { op: "publish", exchange: "missing", ...message },
    { op: "publish", key: queue, id: message.id, expiration: "soon" },
    { op: "publish", ...message, headers: { [dice.pick(["CC", "BCC"])]: queue } },
    { op: "publish", exchange: "amq.direct", ...message, mandatory: true },
    { op: "declareQueue", name: "q8", args: invalid },
    { op: "declareQueue", name: "amq.mine" },
    { op: "declareExchange", name: "amq.mine", type: "direct" },
    { op: "declareExchange", name: "x8", type: dice.pick(["round", "headers"]) },
    { op: "deleteExchange", exchange: dice.pick(["", "amq.direct", "missing"]) },
    { op: "deleteQueue", queue: dice.pick(["missing", queue]), ifUnused: true },
    { op: "bind", source: dice.pick(["missing", ""]), dest: open, key: "a" },
    {
      op: "bind",
      source: "amq.headers",
      dest: open,
      args: { "x-match": dice.pick(["some", "any"]), h: 1 },
    },
    { op: "checkExchange", exchange: dice.pick(["amq.topic", "missing"]) },
    { op: "exists", queue: dice.pick(["missing", queue]) },
    { op: "get", queue: "missing", as: "g1" },
    { op: "purge", queue: "missing" },
  ]);
}

/** What is another's, or nobody's. */
function locked(dice: Dice, queue: string, consumers: readonly ScenarioConsume[]): ScenarioStep {
  const [known] = dice.some(consumers, 1);
  return dice.pick<ScenarioStep>([
    { op: "consume", consumer: "c6", queue, exclusive: true },
    { op: "consume", consumer: "c7", queue },
    ...(known === undefined
      ? []
      : ([
          { op: "ackRaw", consumer: known.consumer, tag: dice.pick([77, 78]) },
          { op: "consume", ...known },
          { op: "consume", ...known, consumer: "c8", exclusive: true },
        ] as const)),
  ]);
}
