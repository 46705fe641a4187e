import { isHashable } from "./consistent-hash.ts";
import type { RuleCounts } from "./coverage.ts";
import type { ExchangeSettings } from "./exchange.ts";
import { rebuiltRings } from "./hash-rings.ts";
import { NotSimulated } from "./not-simulated.ts";
import { commandInvalid, preconditionFailed, type Refusal } from "./refusal.ts";
import type {
  Depths,
  Outcome,
  Scenario,
  ScenarioBinding,
  ScenarioExchange,
  ScenarioMessage,
  ScenarioPolicy,
  ScenarioPublish,
  ScenarioStep,
  ShownError,
  TraceStep,
} from "./scenario.ts";
import { ScriptBroker, type Timing } from "./script-broker.ts";
import { probeChannel, ScriptClients, StepRefused } from "./script-clients.ts";
import { bytesOf, contentOf } from "./script-messages.ts";
import { ScriptQueues } from "./script-queues.ts";
import { bindingSettings, exchangeSettings, policySettings } from "./script-settings.ts";
import { traceStep } from "./trace-step.ts";

const ms = 1e6;
const settleDefault = 25;
/** Looks that may differ before the broker counts as restless. */
const looksMax = 200;
/** A publish that is waited for. */
const roundTrip = 0.1 * ms;
/** Stopping the broker and starting it again takes a few seconds. */
const restartTime = 5000 * ms;
const confirmTimeout = 3000 * ms;

/** Optional parts of a broker that a script may need. */
const features = [
  "rabbitmq_consistent_hash_exchange",
  "rabbitmq_random_exchange",
  "rabbitmq_recent_history_exchange",
  "rabbitmq_delayed_message_exchange",
  "stream",
  "restart",
];

/**
 * Plays a scenario's script on the broker of the model and tells what was seen. `version`: the RabbitMQ whose rules it
 * follows. Throws `NotSimulated` or a `RangeError` where the script asks for what the model does not do, or makes no sense.
 */
export function playScenario(
  scenario: Scenario,
  version = "3.10",
  rules?: RuleCounts,
  timing?: Timing,
): Outcome {
  return new ScenarioPlayer(scenario, new ScriptBroker(version, rules, timing)).play();
}

class ScenarioPlayer {
  private readonly scenario: Scenario;
  private readonly script: ScriptBroker;
  private readonly clients: ScriptClients;
  private readonly queues: ScriptQueues;

  constructor(scenario: Scenario, script: ScriptBroker) {
    this.scenario = scenario;
    this.script = script;
    this.clients = new ScriptClients(scenario, this.script);
    this.queues = new ScriptQueues(this.clients, this.script);
  }

  play(): Outcome {
    const {
      name,
      requires = [],
      policies = [],
      exchanges = [],
      queues = [],
      bindings = [],
      steps,
      drain,
    } = this.scenario;
    const missing = requires.find((feature) => !features.includes(feature));
    if (missing !== undefined) throw new NotSimulated(`the feature '${missing}' is not simulated`);
    for (const policy of policies) this.setPolicy(policy);
    for (const exchange of exchanges)
      this.prepare(() => this.declareExchange(exchange, probeChannel), exchange.name);
    for (const queue of queues) this.prepare(() => this.queues.declare(queue, probeChannel), queue.name);
    for (const binding of bindings)
      this.prepare(() => this.bind(binding, probeChannel, false), `binding of ${binding.dest}`);
    const trace = steps.map((step, number) => this.record(step, number));
    const names = drain === false ? [] : this.queues.names;
    return {
      name,
      trace,
      final: Object.fromEntries(names.map((queue) => [queue, this.queues.drain(queue)])),
    };
  }

  /** What a script begins with has to be there. */
  private prepare(declare: () => void, what: string): void {
    try {
      declare();
    } catch (error) {
      if (!(error instanceof StepRefused)) throw error;
      throw new RangeError(`the broker refuses '${what}', which the script begins with: ${error.message}`);
    }
  }

  private record(step: ScenarioStep, number: number): TraceStep {
    let error: ShownError | undefined;
    try {
      this.perform(step);
    } catch (refused) {
      if (!(refused instanceof StepRefused)) throw refused;
      error = refused.shown;
    }
    const depths = this.settle(step.settleMs ?? this.scenario.settleMs ?? settleDefault);
    this.script.audit();
    const { events } = this.clients;
    this.clients.events = [];
    return traceStep(this.scenario, step, number, { error, events, depths });
  }

  /** Waits until two looks in a row see the same. */
  private settle(every: number): Depths | undefined {
    let before = "";
    for (let look = 0; look < looksMax; look++) {
      this.script.pass(0);
      const depths = this.scenario.probe === false ? undefined : this.queues.depths();
      this.script.pass(0);
      const seen = `${this.clients.told} ${JSON.stringify(depths)}`;
      if (seen === before) return depths;
      before = seen;
      this.script.pass(every * ms);
    }
    throw new RangeError(`the broker is not at rest after ${looksMax} looks, ${every} ms apart`);
  }

  private perform(step: ScenarioStep): void {
    const { clients } = this;
    switch (step.op) {
      case "publish":
        for (const message of step.messages ?? [step]) this.publish({ ...step, ...message });
        return;
      case "burst":
        this.script.broker.context.rules?.count("S3");
        this.send(
          step,
          Array.from({ length: step.count }, (_, i) => ({
            exchange: step.exchange ?? "",
            key: step.key ?? "",
            id: `${step.id}${i + 1}`,
            persistent: step.mix === true ? i % 2 === 1 : step.persistent === true,
          })),
        );
        return;
      case "consume":
        return clients.consume(step);
      case "ack":
      case "nack":
      case "reject":
        return clients.settle(step);
      case "ackRaw":
        return clients.ackRaw(step.consumer, step.tag);
      case "qos": {
        const at = clients.channel(step.channel);
        return clients.call(at, at.channel.qos(step.prefetch, step.global ?? false));
      }
      case "recover":
        return clients.recover(step.channel);
      case "cancel":
        return clients.cancel(step.consumer);
      case "get": {
        const as = step.as ?? "get";
        return clients.get(step.queue, as, step.noAck ?? false, step.channel ?? `ch-${as}`);
      }
      case "closeChannel":
        return clients.closeChannel(step.channel);
      case "closeConnection":
        return clients.closeConnection(step.connection);
      case "declareExchange":
        return this.declareExchange(step, "admin");
      case "declareQueue":
        this.queues.declare({ channel: "admin", ...step }, "admin");
        if (step.report === true) this.queues.report(step.name, step.channel ?? "admin");
        return;
      case "bind":
        return this.bind(step, "admin", false);
      case "unbind":
        return this.bind(step, "admin", true);
      case "deleteQueue":
        return this.queues.delete(step.queue, step.ifEmpty ?? false, step.ifUnused ?? false);
      case "deleteExchange":
        return this.admin((host) => host.deleteExchange(step.exchange, step.ifUnused ?? false));
      case "setPolicy":
        return this.setPolicy(step);
      case "clearPolicy":
        return this.script.broker.clearPolicy(step.name, step.operator ?? false);
      case "checkExchange":
        this.admin((host) => host.passiveRefusal(step.exchange));
        return clients.tell({ ev: "exists", channel: "admin", exchange: step.exchange });
      case "exists": {
        const result = this.queues.depth(step.queue) !== null;
        return clients.tell({ ev: "exists", channel: "admin", queue: step.queue, result });
      }
      case "purge":
        return this.queues.purge(step.queue);
      case "drain":
        return clients.tell({ ev: "drained", consumer: step.queue, messages: this.queues.drain(step.queue) });
      case "depths":
        return clients.tell({ ev: "depths", channel: "admin", depths: this.queues.depths() });
      case "sleep":
        return this.script.pass(step.ms * ms);
      case "restart":
        clients.disconnectAll();
        if (rebuiltRings(this.script.broker.host).length > 0)
          throw new NotSimulated(
            "a restart of a consistent-hash exchange with several bindings is not simulated: before RabbitMQ 4.2 their order after it is chance",
          );
        this.script.broker.restart();
        return this.script.pass(restartTime);
      default:
        throw new NotSimulated(`the op '${String((step as { op: unknown }).op)}' is not simulated`);
    }
  }

  private publish(step: ScenarioPublish): void {
    const { count } = step;
    this.send(
      step,
      count === undefined
        ? [step]
        : Array.from({ length: count }, (_, i) => ({
            ...step,
            id: `${step.id}${i + 1}`,
            key: (step.key ?? "").replace("%d", String(i + 1)),
          })),
    );
    this.script.pass(roundTrip);
  }

  /** A refused publish closes the channel: what would follow on it is not sent. */
  private send(
    { channel: name = "pub", confirm = true }: ScenarioPublish,
    messages: readonly ScenarioMessage[],
  ): void {
    const { clients, script } = this;
    const at = clients.channel(name, confirm);
    for (const message of messages) {
      const content = contentOf(message, script.broker.host.release);
      const number = clients.published.push(confirm && at.confirms ? content.id : undefined) - 1;
      const refusal = at.channel.publish(number, content, bytesOf(message), message.mandatory ?? false);
      if (refusal !== undefined) {
        clients.refuse(at, refusal);
        return;
      }
      script.betweenSends();
    }
    if (!confirm || at.confirms) return;
    script.pass(confirmTimeout);
    for (const { id } of messages) clients.tell({ ev: "confirm", channel: name, id, result: "none" });
  }

  private admin(refusal: (host: ScriptBroker["broker"]["host"]) => Refusal | undefined): void {
    this.clients.call(this.clients.channel("admin"), refusal(this.script.broker.host));
  }

  private setPolicy(policy: ScenarioPolicy): void {
    this.script.broker.setPolicy(policySettings(policy), policy.operator ?? false);
  }

  private declareExchange(exchange: ScenarioExchange, channel: string): void {
    const { clients, script } = this;
    const { host } = script.broker;
    const at = clients.channel(exchange.channel ?? channel);
    const settings = exchangeSettings(exchange);
    const unknown = host.release.unknownTypeIsInvalid ? commandInvalid : preconditionFailed;
    clients.call(at, settings === undefined ? unknown : this.exchangeRefusal(settings));
  }

  private exchangeRefusal(settings: ExchangeSettings): Refusal | undefined {
    const { host } = this.script.broker;
    const isNew = host.exchange(settings.name) === undefined;
    const hashes = settings.type === "x-consistent-hash";
    return isNew && hashes && !isHashable(settings.arguments)
      ? preconditionFailed
      : host.declareExchange(settings);
  }

  private bind(binding: ScenarioBinding, channel: string, un: boolean): void {
    const { broker } = this.script;
    const at = this.clients.channel(binding.channel ?? channel);
    const settings = bindingSettings(binding);
    const locked =
      settings.destinationType === "queue" && broker.host.queue(settings.destination) !== undefined
        ? broker.host.queueRefusal(settings.destination, at.connection)
        : undefined;
    this.clients.call(at, locked ?? (un ? broker.host.unbind(settings) : broker.bind(settings)));
  }
}
