import type { FieldTable, FieldValue } from "../model/topology.ts";
import { assertNever } from "../sim/invariant.ts";
import type { ExchangeSettings } from "./exchange.ts";
import type { Refusal } from "./refusal.ts";
import {
  builtInTypes,
  type Depths,
  type Outcome,
  type OutcomeMessage,
  type Scenario,
  type ScenarioBinding,
  type ScenarioEvent,
  type ScenarioExchange,
  type ScenarioPublish,
  type ScenarioQueue,
  type ScenarioStep,
  type TraceStep,
} from "./scenario.ts";
import { UntimedBroker, type ReadyMessage } from "./untimed-broker.ts";
import type { BindingSettings } from "./virtual-host.ts";

/** Plays a scenario's script on the broker without time and tells what was seen. */
export function playScenario(scenario: Scenario): Outcome {
  return new ScenarioPlayer(scenario).play();
}

class ScenarioPlayer {
  private readonly scenario: Scenario;
  private readonly broker = new UntimedBroker();
  /** All that were ever declared. */
  private readonly queues = new Set<string>();
  private events: ScenarioEvent[] = [];

  constructor(scenario: Scenario) {
    this.scenario = scenario;
  }

  play(): Outcome {
    const { name, exchanges = [], queues = [], bindings = [], steps, drain = true } = this.scenario;
    for (const exchange of exchanges) this.broker.host.declareExchange(exchangeSettings(exchange));
    for (const queue of queues) this.declareQueue(queue);
    for (const binding of bindings) this.broker.host.bind(bindingSettings(binding));
    const trace = steps.map((step, number) => this.record(step, number));
    const names = drain ? [...this.queues].sort() : [];
    return { name, trace, final: Object.fromEntries(names.map((queue) => [queue, this.drain(queue)])) };
  }

  private record(step: ScenarioStep, number: number): TraceStep {
    this.events = [];
    const error = this.perform(step);
    const shown = this.events.filter(
      ({ ev, result }) => this.showsConfirms || ev !== "confirm" || result !== "ack",
    );
    return {
      step: number,
      op: step.op,
      ...(error !== undefined && { error }),
      ...(shown.length > 0 && { events: shown.sort(byLane) }),
      ...(step.quiet !== true && { depths: this.depths() }),
    };
  }

  private perform(step: ScenarioStep): Refusal | undefined {
    const { broker } = this;
    switch (step.op) {
      case "publish":
        for (const message of step.messages ?? [step]) this.publish({ ...step, ...message });
        return undefined;
      case "declareExchange":
        return broker.host.declareExchange(exchangeSettings(step));
      case "declareQueue":
        return this.declareQueue(step);
      case "bind":
        return broker.host.bind(bindingSettings(step));
      case "unbind":
        return broker.host.unbind(bindingSettings(step));
      case "deleteQueue": {
        const count = broker.deleteQueue(step.queue, step.ifEmpty ?? false);
        if (typeof count !== "number") return count;
        this.events.push({ ev: "deleted", channel: "admin", queue: step.queue, count });
        return undefined;
      }
      case "deleteExchange":
        return broker.host.deleteExchange(step.exchange, step.ifUnused ?? false);
      case "checkExchange":
        return this.checkExchange(step.exchange);
      case "purge":
        this.events.push({
          ev: "purged",
          channel: "admin",
          queue: step.queue,
          count: broker.drain(step.queue).length,
        });
        return undefined;
      case "drain":
        this.events.push({ ev: "drained", consumer: step.queue, messages: this.drain(step.queue) });
        return undefined;
      case "depths":
        this.events.push({ ev: "depths", channel: "admin", depths: this.depths() });
        return undefined;
      default:
        return assertNever(step);
    }
  }

  /** A refused publish closes the channel: what would follow on it is not sent. */
  private publish(step: ScenarioPublish): void {
    const channel = step.channel ?? "pub";
    for (const { id, exchange = "", key: routingKey = "", headers = {}, mandatory } of expanded(step)) {
      const taken = this.broker.publish({ id, exchange, routingKey, headers: tableOf(headers) });
      if (typeof taken !== "number") {
        this.events.push({ ev: "channel-error", channel, error: taken });
        return;
      }
      if (taken === 0 && mandatory === true)
        this.events.push({
          ev: "return",
          channel,
          id,
          exchange,
          key: routingKey,
          code: 312,
          text: "NO_ROUTE",
        });
      this.events.push({ ev: "confirm", channel, id, result: "ack" });
    }
  }

  private checkExchange(exchange: string): Refusal | undefined {
    const refusal = this.broker.host.passiveRefusal(exchange);
    if (refusal === undefined) this.events.push({ ev: "exists", channel: "admin", exchange });
    return refusal;
  }

  private declareQueue({ name, durable, args = {} }: ScenarioQueue): Refusal | undefined {
    const refusal = this.broker.declareQueue({ name, durable: durable ?? "x-queue-type" in args });
    if (refusal === undefined) this.queues.add(name);
    return refusal;
  }

  private depths(): Depths {
    const names = [...this.queues].sort();
    return Object.fromEntries(
      names.map((name) => {
        const ready = this.broker.depth(name);
        return [name, ready === undefined ? null : [ready, 0, 0]];
      }),
    );
  }

  private drain(queue: string): OutcomeMessage[] | null {
    return this.broker.depth(queue) === undefined ? null : this.broker.drain(queue).map(outcomeMessage);
  }

  private get showsConfirms(): boolean {
    return this.scenario.confirms === "show";
  }
}

function expanded(step: ScenarioPublish): readonly ScenarioPublish[] {
  const { count } = step;
  if (count === undefined) return [step];
  return Array.from({ length: count }, (_, i) => ({
    ...step,
    id: `${step.id}${i + 1}`,
    key: (step.key ?? "").replace("%d", String(i + 1)),
  }));
}

/** Order is promised only inside one lane: a consumer or a channel. */
function byLane(a: ScenarioEvent, b: ScenarioEvent): number {
  const lane = ({ consumer, channel }: ScenarioEvent): string => consumer ?? channel ?? "";
  const rank = ({ ev }: ScenarioEvent): number => {
    const at = ["return", "confirm", "deliver"].indexOf(ev);
    return at < 0 ? 3 : at;
  };
  if (lane(a) !== lane(b)) return lane(a) < lane(b) ? -1 : 1;
  return rank(a) - rank(b);
}

function outcomeMessage({
  id,
  exchange,
  routingKey: key,
  headers,
  redelivered,
}: ReadyMessage): OutcomeMessage {
  return {
    id,
    exchange,
    key,
    ...(redelivered && { redelivered }),
    ...(headers.size > 0 && {
      headers: Object.fromEntries([...headers].sort(([a], [b]) => (a < b ? -1 : 1))),
    }),
  };
}

function exchangeSettings(exchange: ScenarioExchange): ExchangeSettings {
  const { name, durable = false, autoDelete = false, internal = false, alternate } = exchange;
  const type = builtInTypes.find((one) => one === exchange.type);
  if (type === undefined)
    throw new RangeError(`exchange type '${exchange.type}' of '${name}' is not simulated`);
  return { name, type, durable, autoDelete, internal, alternate };
}

function bindingSettings(binding: ScenarioBinding): BindingSettings {
  const {
    source,
    dest: destination,
    destType: destinationType = "queue",
    key: routingKey = "",
    args = {},
  } = binding;
  return { source, destination, destinationType, routingKey, arguments: tableOf(args) };
}

function tableOf(record: Readonly<Record<string, FieldValue>>): FieldTable {
  return new Map(Object.entries(record));
}
