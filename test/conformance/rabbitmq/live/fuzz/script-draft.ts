import { NotSimulated } from "../../../../../src/core/queue/not-simulated.ts";
import { playScenario } from "../../../../../src/core/queue/scenario-player.ts";
import type {
  Outcome,
  Scenario,
  ScenarioConsume,
  ScenarioEvent,
  ScenarioExchange,
  ScenarioMessage,
  ScenarioQueue,
  ScenarioStep,
} from "../../../../../src/core/queue/scenario.ts";
import type { HeaderValue } from "../../../../../src/core/queue/content.ts";
import type { Dice } from "./dice.ts";
import type { Flavour, StepKind } from "./flavour.ts";
import { policyStep } from "./policy-draft.ts";
import { isPromised } from "./promised.ts";
import { refusedStep } from "./refused-draft.ts";
import { times } from "./times.ts";
import { routingKeys, type TopologyDraft } from "./topology-draft.ts";

/** What a script that hardly any step goes on with is given up after. */
const drawsMax = 60;
const verdicts = ["ack", "nack", "reject"] as const;
const streamOffsets = ["first", "next", 0, 1, 2];

/** A random script over a topology: each step is drawn knowing what the simulator saw before it. */
export class ScriptDraft {
  readonly steps: ScenarioStep[] = [];
  private readonly dice: Dice;
  private readonly flavour: Flavour;
  private readonly topology: TopologyDraft;
  private readonly frame: Omit<Scenario, "steps">;
  private readonly consumers = new Map<string, ScenarioConsume>();
  private published = 0;
  private seen: Outcome;

  constructor(dice: Dice, flavour: Flavour, topology: TopologyDraft, frame: Omit<Scenario, "steps">) {
    this.dice = dice;
    this.flavour = flavour;
    this.topology = topology;
    this.frame = { ...frame, drain: false, settleMs: 1 };
    const length = dice.between(...flavour.steps);
    const { interlude } = flavour;
    const rests = restsOf(interlude, dice);
    let restAt = dice.between(2, length - 2);
    this.seen = playScenario({ ...this.frame, steps: [] });
    for (let draws = 0; this.steps.length < length && draws < drawsMax; draws++) {
      const [rest] = rests;
      if (rest === undefined || this.steps.length < restAt) this.draw();
      else if (this.add(rest)) {
        rests.shift();
        restAt = this.steps.length + dice.between(0, 1);
      } else restAt++;
    }
    while (!isPromised({ ...this.frame, drain: true, steps: this.steps })) this.steps.pop();
  }

  private draw(): void {
    const kinds = Object.entries(this.flavour.script) as [StepKind, number][];
    const step = this.steps.length === 0 ? this.publish() : this[this.dice.weighted(kinds)]();
    if (step !== undefined) this.add(step);
  }

  /**
   * What makes no sense here, as the settling of what was never delivered, is left out; so is what may come out in several
   * ways on a real server.
   */
  private add(step: ScenarioStep): boolean {
    const steps = [...this.steps, step];
    try {
      const seen = playScenario({ ...this.frame, steps });
      if (!isPromised({ ...this.frame, drain: true, steps }, true)) return false;
      this.seen = seen;
    } catch (error) {
      if (error instanceof RangeError || error instanceof NotSimulated) return false;
      throw error;
    }
    this.steps.push(step);
    if (step.op === "consume") this.consumers.set(step.consumer, step);
    return true;
  }

  private publish(): ScenarioStep {
    const { dice } = this;
    const policies = [...this.topology.policies, ...this.steps.filter(({ op }) => op === "setPolicy")];
    const soft = policies.some((policy) => "definition" in policy && "overflow" in policy.definition);
    const single = this.topology.queues.some(
      (queue) => isStream(queue) || isSoftlyLimited(queue) || (soft && isQuorum(queue)),
    );
    const channel = dice.weighted([
      [{}, 17],
      [{ channel: "pub2" }, 2],
      [{ channel: "plain", confirm: false }, 1],
    ] as const);
    const message = this.message();
    const many = !single && dice.chance(0.4);
    if (many && dice.chance(0.2)) {
      const { exchange, key, id } = message;
      const to = { ...(exchange !== undefined && { exchange }), ...(key !== undefined && { key }) };
      return { op: "burst", ...to, id: `${id}-`, count: dice.between(2, 6), mix: dice.chance(0.7) };
    }
    if (many) {
      const count = dice.chance(0.06) ? dice.between(30, 80) : dice.between(2, 5);
      return { op: "publish", ...channel, ...message, id: `${message.id}-`, count };
    }
    return { op: "publish", ...channel, ...message };
  }

  private message(): ScenarioMessage {
    const { dice, topology } = this;
    const id = `m${++this.published}`;
    const direct =
      topology.exchanges.length === 0 || dice.chance(this.flavour.name === "routing" ? 0.1 : 0.5);
    const exchange = direct ? undefined : dice.pick(topology.exchanges);
    const queueNames = topology.queues.map(({ name }) => name);
    const key = exchange === undefined ? dice.pick(queueNames) : dice.pick(routingKeys);
    const prioritized = topology.queues.some(({ args }) => args?.["x-max-priority"] !== undefined);
    const sized = topology.queues.some(({ args }) => args?.["x-max-length-bytes"] !== undefined);
    const others = exchange === undefined ? queueNames : routingKeys;
    return {
      ...(exchange !== undefined && { exchange: exchange.name }),
      key,
      id,
      ...(dice.chance(0.4) && { persistent: true }),
      ...(dice.chance(0.2) && { mandatory: true }),
      ...(prioritized && dice.chance(0.8) && { priority: dice.pick([0, 1, 2, 3, 4, 5, 9, 12]) }),
      ...(sized && dice.chance(0.8) && { bytes: dice.between(8, 70) }),
      ...(this.flavour.interlude !== undefined &&
        dice.chance(0.35) && { expiration: String(dice.pick(topology.lives)) }),
      ...((exchange?.type === "headers" ||
        exchange?.args?.["hash-header"] !== undefined ||
        dice.chance(0.1)) && {
        headers: topology.headers(),
      }),
      ...(exchange?.args?.["hash-property"] !== undefined && this.properties()),
      ...(dice.chance(0.04) && { headers: { "x-death": [this.death()] } }),
      ...(dice.chance(0.08) && { cc: dice.some(others, 2) }),
      ...(dice.chance(0.06) && { bcc: dice.some(others, 1) }),
    };
  }

  private properties(): Partial<ScenarioMessage> {
    const { dice } = this;
    return {
      ...(dice.chance(0.8) && { messageId: dice.pick(routingKeys) }),
      ...(dice.chance(0.8) && { correlationId: dice.pick(routingKeys) }),
      ...(dice.chance(0.8) && { timestamp: dice.between(0, 5) }),
    };
  }

  /** One that a client claims. */
  private death(): Readonly<Record<string, HeaderValue>> {
    const { dice, topology } = this;
    const queue = dice.pick(topology.queues).name;
    const reason = dice.pick(["rejected", "expired", "maxlen"]);
    return { queue, reason, count: dice.between(1, 4), exchange: "", "routing-keys": [queue] };
  }

  private consume(): ScenarioStep | undefined {
    const { dice, topology } = this;
    const number = this.consumers.size + 1;
    if (number > 5) return undefined;
    const queue = dice.pick(topology.queues);
    const consumer = `c${number}`;
    if (isStream(queue))
      return {
        ...{ op: "consume", consumer, queue: queue.name, prefetch: dice.pick([1, 2, 10]) },
        args: { "x-stream-offset": dice.pick(streamOffsets) },
      };
    const channel = dice.weighted([
      [undefined, 6],
      ["shared", 2],
      ["far", 2],
    ] as const);
    const own = queue.exclusive === true && dice.chance(0.8) ? { channel: queue.channel! } : undefined;
    return {
      ...{ op: "consume", consumer, queue: queue.name },
      ...(own ?? (channel !== undefined && { channel })),
      ...(dice.chance(0.75) && { prefetch: dice.pick([0, 1, 1, 2, 2, 3, 5]) }),
      ...(dice.chance(0.12) && !isQuorum(queue) && { noAck: true }),
      ...(dice.chance(0.05) && { exclusive: true }),
      ...(dice.chance(0.2) && { priority: dice.pick([-1, 1, 5, 10]) }),
      ...(dice.chance(0.18) && { auto: dice.pick(this.answers(queue)) }),
    };
  }

  /** What is requeued again and again needs a limit to come to an end. */
  private answers({ args }: ScenarioQueue): readonly NonNullable<ScenarioConsume["auto"]>[] {
    const ends = args?.["x-delivery-limit"] !== undefined;
    return ["ack", "ack", "ack", "reject", "reject", ends ? "requeue" : "ack"];
  }

  private settle(): ScenarioStep | undefined {
    const { dice } = this;
    const held = this.held();
    const holders = [...held].filter(([, ids]) => ids.length > 0);
    if (holders.length === 0) return undefined;
    const died = this.died().filter((one) => held.get(one.consumer!)?.includes(one.id!) === true);
    if (died.length > 0 && dice.chance(this.flavour.arguments.chain)) {
      const { consumer, id } = dice.pick(died);
      return { op: "reject", consumer: consumer!, id: id!, requeue: false };
    }
    const [consumer, ids] = dice.pick(holders);
    const op = dice.pick(verdicts);
    const requeue = op !== "ack" && dice.chance(0.5) ? { requeue: false } : {};
    const which = dice.weighted([
      [{}, 3],
      [{ id: dice.pick(ids) }, 4],
      [{ ids: dice.some(ids, dice.between(1, 3)) }, 2],
      [{ id: dice.pick(ids), multiple: true }, 3],
    ] as const);
    return { op, consumer, ...requeue, ...which };
  }

  private leave(): ScenarioStep | undefined {
    const { dice, consumers } = this;
    if (consumers.size === 0) return undefined;
    const holders = [...this.held()].flatMap(([name, ids]) =>
      ids.length === 0 ? [] : [consumers.get(name)],
    );
    const holding = holders.filter((one) => one !== undefined);
    const consumer = dice.pick(holding.length > 0 && dice.chance(0.5) ? holding : [...consumers.values()]);
    const channel = consumer.channel ?? `ch-${consumer.consumer}`;
    if (channel === "far" && dice.chance(0.5)) return { op: "closeConnection", connection: "other" };
    if (dice.chance(0.08)) return { op: "closeConnection", connection: "main" };
    if (dice.chance(0.08)) return { op: "closeChannel", channel: dice.pick(["ch-g1", "ch-g2", "pub"]) };
    return dice.chance(0.7) ? { op: "cancel", consumer: consumer.consumer } : { op: "closeChannel", channel };
  }

  private get(): ScenarioStep {
    const { dice, topology } = this;
    const queue = dice.pick(topology.queues).name;
    return {
      ...{ op: "get", queue, as: dice.pick(["g1", "g2"]) },
      ...(dice.chance(0.4) && { noAck: true }),
      ...(dice.chance(0.25) && { channel: dice.pick(["shared", "far"]) }),
    };
  }

  private empty(): ScenarioStep {
    const { dice, topology } = this;
    const queue = dice.pick(topology.queues).name;
    return dice.chance(0.6)
      ? { op: "purge", queue }
      : {
          ...{ op: "deleteQueue", queue },
          ...(dice.chance(0.2) && { ifEmpty: true }),
          ...(dice.chance(0.2) && { ifUnused: true }),
        };
  }

  private declare(): ScenarioStep {
    const { dice, topology } = this;
    const again = dice.chance(0.5);
    if (dice.chance(0.5)) {
      const queue = again ? dice.pick(topology.queues) : topology.queue("q9", topology.queues.length);
      const changed = dice.chance(0.4) ? { durable: dice.chance(0.5) } : this.changed(queue);
      return {
        op: "declareQueue",
        ...queue,
        ...changed,
        ...(!isStream(queue) && dice.chance(0.5) && { report: true }),
      };
    }
    const others = topology.exchanges.length;
    const exchange =
      again && others > 0 ? dice.pick(topology.exchanges) : topology.exchange("x9", Math.max(1, others));
    return { op: "declareExchange", ...exchange, ...(dice.chance(0.3) && { durable: dice.chance(0.5) }) };
  }

  /** Mostly what is not the queue that is there. */
  private changed({ args }: ScenarioQueue): Partial<ScenarioQueue> {
    const { dice, topology } = this;
    const { args: others = {} } = topology.queue("q9", topology.queues.length);
    const names = Object.keys(others);
    if (names.length === 0 || dice.chance(0.6)) return {};
    const name = dice.pick(names);
    const { [name]: _, ...without } = args ?? {};
    return { args: dice.chance(0.3) ? without : { ...args, [name]: others[name]! } };
  }

  private bind(): ScenarioStep | undefined {
    const { dice, topology } = this;
    if (topology.exchanges.length === 0) return undefined;
    const passing = topology.bindings.filter(({ source }) => isAutoDelete(topology.exchanges, source));
    if (passing.length > 0 && dice.chance(0.3)) return { op: "unbind", ...dice.pick(passing) };
    const old = topology.bindings.length > 0 && dice.chance(0.6) ? dice.pick(topology.bindings) : undefined;
    if (dice.chance(0.2))
      return {
        ...{ op: "deleteExchange", exchange: dice.pick(topology.exchanges).name },
        ...(dice.chance(0.3) && { ifUnused: true }),
      };
    return { op: dice.chance(0.5) ? "unbind" : "bind", ...(old ?? topology.binding()) };
  }

  private refused(): ScenarioStep {
    const { dice, topology } = this;
    return refusedStep(dice, topology, {
      consumers: [...this.consumers.values()],
      id: () => `m${++this.published}`,
    });
  }

  private qos(): ScenarioStep {
    const { dice } = this;
    const channel = dice.pick(["shared", "far", "ch-c1"]);
    return { op: "qos", channel, prefetch: dice.between(0, 3), ...(dice.chance(0.3) && { global: true }) };
  }

  private recover(): ScenarioStep | undefined {
    if (this.consumers.size === 0 || this.dice.chance(0.2))
      return { op: "recover", channel: this.dice.pick(["ch-g1", "ch-g2"]) };
    const consumer = this.dice.pick([...this.consumers.values()]);
    return { op: "recover", channel: consumer.channel ?? `ch-${consumer.consumer}` };
  }

  private policy(): ScenarioStep {
    return policyStep(this.dice, this.topology);
  }

  /** What was delivered as a dead letter. */
  private died(): readonly ScenarioEvent[] {
    const events = (this.seen.trace ?? []).flatMap((step) => step.events ?? []);
    return events.filter(({ ev, deaths }) => (ev === "deliver" || ev === "got") && deaths !== undefined);
  }

  /** By consumer, what was delivered to it and perhaps not settled yet. */
  private held(): Map<string, string[]> {
    const held = new Map<string, string[]>();
    const take = (event: ScenarioEvent): void => {
      if (event.ev !== "deliver" && event.ev !== "got") return;
      held.set(event.consumer!, [...(held.get(event.consumer!) ?? []), event.id!]);
    };
    for (const { step, events = [] } of this.seen.trace ?? []) {
      const done = this.steps[step]!;
      if (done.op === "ack" || done.op === "nack" || done.op === "reject") {
        const before = held.get(done.consumer) ?? [];
        const ids = done.ids ?? (done.id === undefined ? before : [done.id]);
        held.set(
          done.consumer,
          before.filter((id) => !ids.includes(id)),
        );
      }
      events.forEach(take);
    }
    for (const { consumer, noAck, auto } of this.consumers.values())
      if (noAck === true || auto !== undefined) held.delete(consumer);
    for (const step of this.steps) if (step.op === "get" && step.noAck === true) held.delete(step.as!);
    return held;
  }
}

/** One sleep past the short times to live, or two with something between them that begins some of these anew. */
function restsOf(interlude: Flavour["interlude"], dice: Dice): ScenarioStep[] {
  if (interlude === undefined) return [];
  if (interlude === "restart") return [{ op: "restart" }];
  return (dice.chance(0.35) ? times.naps : [times.sleep]).map((ms) => ({ op: "sleep", ms }));
}

/** Of the exchanges that go with their last binding. */
function isAutoDelete(exchanges: readonly ScenarioExchange[], name: string): boolean {
  return exchanges.some((exchange) => exchange.name === name && exchange.autoDelete === true);
}

function isStream({ args }: ScenarioQueue): boolean {
  return args?.["x-queue-type"] === "stream";
}

/** A quorum queue tells its publishers to stop some time after its limit is passed. */
function isSoftlyLimited({ args }: ScenarioQueue): boolean {
  return args?.["x-queue-type"] === "quorum" && args["x-overflow"] === "reject-publish";
}

/** What its consumers without acks have got counts until it is settled behind the scenes. */
function isQuorum({ args }: ScenarioQueue): boolean {
  return args?.["x-queue-type"] === "quorum";
}
