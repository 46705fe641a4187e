import type {
  ScenarioBinding,
  ScenarioExchange,
  ScenarioPolicy,
  ScenarioQueue,
} from "../../../../../src/core/queue/scenario.ts";
import type { Dice } from "./dice.ts";
import type { ArgumentKind, Flavour } from "./flavour.ts";
import { drawPolicies, isUnclear, toldTooLate } from "./policy-draft.ts";
import { times } from "./times.ts";

export const routingKeys = [
  "a",
  "b",
  "a.b",
  "a.b.c",
  "b.c",
  "",
  ".",
  "a.",
  ".b",
  "A",
  "a..b",
  "k1",
  "k2",
  "",
];
const patterns = [
  "#",
  "*",
  "*",
  "a.#",
  "*.b",
  "a.*",
  "#.c",
  "a.#.c",
  "",
  "*.*",
  "#.#",
  "a.b",
  "*.b.*",
  "a*",
  "k1",
  "#.b.#",
  "A",
];
const headerValues = [1, 2, "1", "x", true, "true", null];
const headerNames = ["h", "i", "x-h"];

/** What a consistent-hash exchange goes by instead of the routing key. */
const hashed = [
  { "hash-header": "g" },
  { "hash-property": "message_id" },
  { "hash-property": "correlation_id" },
  { "hash-property": "timestamp" },
];

type Args = NonNullable<ScenarioQueue["args"]>;

/** A random topology, all of which a broker accepts. */
export class TopologyDraft {
  readonly exchanges: ScenarioExchange[] = [];
  readonly queues: ScenarioQueue[] = [];
  readonly bindings: ScenarioBinding[] = [];
  readonly policies: readonly ScenarioPolicy[];
  /** Of a consistent-hash exchange's bindings, by destination. */
  private readonly weights = new Map<string, string>();
  private readonly dice: Dice;
  private readonly flavour: Flavour;

  constructor(dice: Dice, flavour: Flavour) {
    this.dice = dice;
    this.flavour = flavour;
    const queues = dice.between(...flavour.queues);
    const exchanges = dice.between(...flavour.exchanges);
    for (let i = 1; i <= exchanges; i++) this.exchanges.push(this.exchange(`x${i}`, exchanges));
    for (let i = 1; i <= queues; i++) {
      const queue = this.queue(`q${i}`, queues);
      this.queues.push(toldTooLate([...this.queues, queue]) ? unlimited(queue) : queue);
    }
    const bindings = exchanges === 0 ? 0 : dice.between(exchanges, 3 * exchanges + queues);
    for (let i = 0; i < bindings; i++) this.bindings.push(this.binding());
    const policies = dice.chance(flavour.arguments.policies) ? drawPolicies(dice, this) : [];
    const unclear =
      toldTooLate(this.queues, policies) ||
      this.queues.some((queue) => isUnclear(queue, policies, flavour.interlude !== undefined));
    this.policies = unclear ? [] : policies;
  }

  /** Times to live, ms. How long a restart takes nobody knows. */
  get lives(): readonly number[] {
    return this.flavour.interlude === "restart" ? [0, times.long] : [0, times.short, times.short, times.long];
  }

  exchange(name: string, others: number): ScenarioExchange {
    const { dice } = this;
    const type = dice.weighted([
      ["direct", 3],
      ["fanout", 2],
      ["topic", 4],
      ["headers", 3],
      ["x-consistent-hash", 1],
      ["x-recent-history", 0.5],
    ] as const);
    return {
      name,
      type,
      ...(dice.chance(0.3) && { durable: true }),
      ...(dice.chance(0.15) && { autoDelete: true }),
      ...(dice.chance(0.06) && { internal: true }),
      ...(dice.chance(0.25) && { alternate: dice.chance(0.1) ? "missing" : `x${dice.between(1, others)}` }),
      ...(type === "x-recent-history" && { args: { "x-recent-history-length": dice.between(1, 3) } }),
      ...(type === "x-consistent-hash" && dice.chance(0.5) && { args: dice.pick(hashed) }),
    };
  }

  queue(name: string, others: number): ScenarioQueue {
    const { dice, flavour } = this;
    const type = dice.weighted(Object.entries(flavour.queueTypes));
    if (type === "stream") return { name, args: { "x-queue-type": "stream" } };
    const args: Args =
      type === "quorum" ? this.quorumArguments(name, others) : this.classicArguments(name, others);
    if (type === "quorum") return { name, args };
    const exclusive = dice.chance(flavour.arguments.exclusive);
    return {
      name,
      ...(dice.chance(0.5) && { durable: true }),
      ...(dice.chance(flavour.arguments.autoDelete) && { autoDelete: true }),
      ...(exclusive && { exclusive, channel: dice.pick(["own", "pub"]) }),
      ...(Object.keys(args).length > 0 && { args }),
    };
  }

  binding(): ScenarioBinding {
    const { dice } = this;
    const drawn = dice.pick(this.exchanges);
    // Only what has few bindings comes to its last one.
    const isBound = this.bindings.some(({ source }) => source === drawn.name);
    const source = drawn.autoDelete === true && isBound ? dice.pick(this.exchanges) : drawn;
    const toExchange = dice.chance(0.25);
    const queue = dice.pick(this.queues);
    // RabbitMQ 3.10.8 crashes where the end of an exchange takes one away that leads to it.
    const exchanges = this.exchanges.filter(({ name }) => source.autoDelete !== true || name > source.name);
    const binding =
      toExchange && exchanges.length > 0
        ? { source: source.name, dest: dice.pick(exchanges).name, destType: "exchange" as const }
        : {
            source: source.name,
            dest: queue.name,
            ...(queue.exclusive === true && { channel: queue.channel! }),
          };
    switch (source.type) {
      case "headers":
        return { ...binding, key: dice.pick(["", "a"]), args: this.headersArguments() };
      case "topic":
        return { ...binding, key: dice.pick(patterns) };
      case "x-consistent-hash": {
        // RabbitMQ 3.10 takes all of a queue's weight away with one of its bindings.
        const weight = this.weights.get(binding.dest) ?? String(dice.between(1, 3));
        this.weights.set(binding.dest, weight);
        return { ...binding, key: weight };
      }
      default:
        return { ...binding, key: dice.pick(routingKeys) };
    }
  }

  headers(): Record<string, string | number | boolean> {
    const { dice, exchanges } = this;
    const hashes = exchanges.some(({ args }) => args?.["hash-header"] !== undefined);
    const values = headerValues.filter((value) => value !== null);
    return {
      ...Object.fromEntries(
        dice.some(headerNames, dice.between(1, 3)).map((name) => [name, dice.pick(values)]),
      ),
      // Clients send a number by various types, which are hashed with it.
      ...(hashes && dice.chance(0.8) && { g: dice.pick(["1", "x", "y", "", "true", true, false]) }),
    };
  }

  private headersArguments(): Args {
    const { dice } = this;
    const match = dice.pick([undefined, "all", "any", "all-with-x", "any-with-x"]);
    const headers = dice.some(headerNames, dice.between(0, 2)).map((name) => [name, dice.pick(headerValues)]);
    return { ...(match !== undefined && { "x-match": match }), ...(Object.fromEntries(headers) as Args) };
  }

  private classicArguments(name: string, others: number): Args {
    const { dice, flavour } = this;
    return {
      ...this.sharedArguments(name, others),
      ...(dice.chance(flavour.arguments.priority) && { "x-max-priority": dice.pick([1, 2, 3, 5, 10]) }),
      ...(dice.chance(flavour.arguments.expires) && { "x-expires": dice.pick(this.lives.slice(1)) }),
      ...(dice.chance(flavour.arguments.lazy) && { "x-queue-mode": "lazy" }),
      ...(dice.chance(flavour.arguments.version) && { "x-queue-version": dice.pick([1, 2]) }),
    };
  }

  private quorumArguments(name: string, others: number): Args {
    const { dice, flavour } = this;
    const drawn = this.sharedArguments(name, others);
    const shared = flavour.interlude === undefined ? drawn : withoutLimits(drawn);
    const confirmed =
      shared["x-dead-letter-exchange"] !== undefined && dice.chance(flavour.arguments.confirmed);
    return {
      "x-queue-type": "quorum",
      ...shared,
      ...(confirmed && { "x-overflow": "reject-publish", "x-dead-letter-strategy": "at-least-once" }),
      ...(dice.chance(flavour.arguments.limit) && { "x-delivery-limit": dice.between(0, 3) }),
    };
  }

  private sharedArguments(name: string, others: number): Args {
    const { dice, flavour } = this;
    const has = (kind: ArgumentKind): boolean => dice.chance(flavour.arguments[kind]);
    const limited = { length: has("length"), bytes: has("bytes") };
    return {
      ...(limited.length && { "x-max-length": dice.between(0, 4) }),
      ...(limited.bytes && { "x-max-length-bytes": dice.between(8, 60) }),
      ...((limited.length || limited.bytes) &&
        dice.chance(0.6) && {
          "x-overflow": dice.pick(["drop-head", "reject-publish", "reject-publish-dlx"]),
        }),
      ...(has("ttl") && { "x-message-ttl": dice.pick(this.lives) }),
      ...(has("single") && { "x-single-active-consumer": true }),
      ...(has("deadLetters") && this.deadLetters(name, others)),
    };
  }

  private deadLetters(name: string, others: number): Args {
    const { dice, flavour } = this;
    if (dice.chance(flavour.arguments.chain)) {
      const next = (Number(name.slice(1)) % others) + 1;
      return { "x-dead-letter-exchange": "", "x-dead-letter-routing-key": `q${next}` };
    }
    if (this.exchanges.length === 0 || dice.chance(0.55))
      return {
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": `q${dice.between(1, others + (dice.chance(0.1) ? 1 : 0))}`,
      };
    const exchange = dice.chance(0.05) ? "missing" : dice.pick(this.exchanges).name;
    const key = dice.chance(0.4) ? { "x-dead-letter-routing-key": dice.pick(routingKeys) } : {};
    return { "x-dead-letter-exchange": exchange, ...key };
  }
}

/** It, without a limit and without waiting for the confirms of its dead letters. */
function unlimited({ args = {}, ...queue }: ScenarioQueue): ScenarioQueue {
  const { "x-dead-letter-strategy": _, "x-max-length-bytes": __, "x-max-length": ___, ...others } = args;
  return { ...queue, args: others };
}

/** Whether a time to live of nothing ends before the limit of a quorum queue pushes the message out is not promised. */
function withoutLimits(args: Args): Args {
  const { "x-max-length-bytes": _, "x-max-length": __, ...others } = args;
  return args["x-dead-letter-exchange"] === undefined ? args : others;
}
