import { setTimeout as sleep } from "node:timers/promises";
import type {
  Depths,
  Outcome,
  OutcomeMessage,
  Scenario,
  ScenarioBinding,
  ScenarioExchange,
  ScenarioMessage,
  ScenarioPolicy,
  ScenarioPublish,
  ScenarioStep,
  ShownError,
  TraceStep,
} from "../../../../src/core/queue/scenario.ts";
import { traceStep } from "../../../../src/core/queue/trace-step.ts";
import type { Connection } from "amqplib";
import { LiveClients, probeChannel } from "./live-clients.ts";
import { LiveQueues } from "./live-queues.ts";
import { shownError } from "./seen-message.ts";

/** Where a scenario is played: nobody else uses it meanwhile. */
export interface Stage {
  connect(): Promise<Connection>;
  /** Stops the broker and starts it again. */
  restart(): Promise<void>;
  /** undefined takes the policy away. */
  setPolicy(policy: PolicyName, settings: ScenarioPolicy | undefined): Promise<void>;
}

export type PolicyName = Pick<ScenarioPolicy, "name" | "operator">;

const settleDefault = 25;
/** Looks that may differ before the server counts as restless. */
const looksMax = 200;
/** How long a confirm may take, ms. */
const confirmMax = 3000;

/** Plays a scenario's script on a real server and tells what was seen, and when, ms, each step was done. */
export async function playLive(
  scenario: Scenario,
  stage: Stage,
): Promise<{ outcome: Outcome; times: number[] }> {
  await clear(scenario, stage);
  const player = new LivePlayer(scenario, stage);
  try {
    return { outcome: await player.play(), times: player.times };
  } finally {
    await player.leave();
    await clear(scenario, stage);
  }
}

class LivePlayer {
  readonly times: number[] = [];
  private readonly scenario: Scenario;
  private readonly stage: Stage;
  private readonly clients: LiveClients;
  private readonly queues: LiveQueues;

  constructor(scenario: Scenario, stage: Stage) {
    this.scenario = scenario;
    this.stage = stage;
    this.clients = new LiveClients(scenario, () => stage.connect());
    this.queues = new LiveQueues(this.clients);
  }

  async play(): Promise<Outcome> {
    const { name, policies = [], exchanges = [], queues = [], bindings = [], steps, drain } = this.scenario;
    for (const policy of policies) await this.stage.setPolicy(policy, policy);
    for (const exchange of exchanges) await this.declareExchange(exchange, probeChannel);
    for (const queue of queues) await this.queues.declare(queue, probeChannel);
    for (const binding of bindings) await this.bind(binding, probeChannel, false);
    const start = performance.now();
    const trace: TraceStep[] = [];
    for (const [number, step] of steps.entries()) {
      trace.push(await this.record(step, number));
      this.times.push(performance.now() - start);
    }
    const final: Record<string, OutcomeMessage[] | ShownError | null> = {};
    for (const queue of drain === false ? [] : this.queues.names)
      final[queue] = await this.queues.drain(queue);
    return { name, trace, final };
  }

  async leave(): Promise<void> {
    await this.clients.disconnectAll();
  }

  private async record(step: ScenarioStep, number: number): Promise<TraceStep> {
    let error: ShownError | undefined;
    try {
      await this.perform(step);
    } catch (refused) {
      if (refused instanceof RangeError) throw refused;
      error = shownError(refused);
    }
    const depths = await this.settle(step.settleMs ?? this.scenario.settleMs ?? settleDefault);
    const { events } = this.clients;
    this.clients.events = [];
    return traceStep(this.scenario, step, number, { error, events, depths });
  }

  /** Waits until two looks in a row see the same. */
  private async settle(every: number): Promise<Depths | undefined> {
    let before = "";
    for (let look = 0; look < looksMax; look++) {
      await this.clients.roundTrips();
      const depths = this.scenario.probe === false ? undefined : await this.queues.depths();
      await this.clients.roundTrips();
      const seen = `${this.clients.told} ${JSON.stringify(depths)}`;
      if (seen === before) return depths;
      before = seen;
      await sleep(every);
    }
    throw new RangeError(`the server is not at rest after ${looksMax} looks, ${every} ms apart`);
  }

  private async perform(step: ScenarioStep): Promise<void> {
    const { clients, queues } = this;
    switch (step.op) {
      case "publish":
        for (const message of step.messages ?? [step]) await this.publish({ ...step, ...message });
        return;
      case "burst":
        return this.send(
          step,
          numbered(step, step.count, ({ mix, persistent }, i) => (mix ? i % 2 === 1 : persistent)),
        );
      case "consume":
        return clients.consume(step);
      case "ack":
      case "nack":
      case "reject":
        return clients.settle(step);
      case "ackRaw":
        return clients.ackRaw(step.consumer, step.tag);
      case "qos":
        await (await clients.channel(step.channel)).prefetch(step.prefetch, step.global ?? false);
        return;
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
      case "declareQueue": {
        const counts = await queues.declare(step, "admin");
        if (step.report === true)
          clients.tell({ ev: "declared", channel: step.channel ?? "admin", queue: step.name, ...counts });
        return;
      }
      case "bind":
      case "unbind":
        return this.bind(step, "admin", step.op === "unbind");
      case "deleteQueue": {
        const options = { ifEmpty: step.ifEmpty ?? false, ifUnused: step.ifUnused ?? false };
        const { messageCount } = await (await clients.channel("admin")).deleteQueue(step.queue, options);
        return clients.tell({ ev: "deleted", channel: "admin", queue: step.queue, count: messageCount });
      }
      case "deleteExchange":
        await (
          await clients.channel("admin")
        ).deleteExchange(step.exchange, { ifUnused: step.ifUnused ?? false });
        return;
      case "setPolicy":
        return this.stage.setPolicy(step, step);
      case "clearPolicy":
        return this.stage.setPolicy(step, undefined);
      case "checkExchange":
        await (await clients.channel("admin")).checkExchange(step.exchange);
        return clients.tell({ ev: "exists", channel: "admin", exchange: step.exchange });
      case "exists": {
        const result = (await queues.depth(step.queue)) !== null;
        return clients.tell({ ev: "exists", channel: "admin", queue: step.queue, result });
      }
      case "purge": {
        const { messageCount } = await (await clients.channel("admin")).purgeQueue(step.queue);
        return clients.tell({ ev: "purged", channel: "admin", queue: step.queue, count: messageCount });
      }
      case "drain":
        return clients.tell({
          ev: "drained",
          consumer: step.queue,
          messages: await queues.drain(step.queue),
        });
      case "depths":
        return clients.tell({ ev: "depths", channel: "admin", depths: await queues.depths() });
      case "sleep":
        await sleep(step.ms);
        return;
      case "restart":
        await clients.disconnectAll();
        await this.stage.restart();
        return queues.whenBack();
    }
  }

  private publish(step: ScenarioPublish): Promise<void> {
    const { count } = step;
    if (count === undefined) return this.send(step, [step]);
    const messages = numbered(step, count, ({ persistent }) => persistent);
    return this.send(
      step,
      messages.map((message, i) => ({ ...message, key: (step.key ?? "").replace("%d", String(i + 1)) })),
    );
  }

  /** All are sent before any is waited for. */
  private async send(
    { channel: name = "pub", confirm = true }: ScenarioPublish,
    messages: readonly ScenarioMessage[],
  ): Promise<void> {
    const channel = await this.clients.channel(name, confirm);
    const confirms: Promise<void>[] = [];
    for (const message of messages) {
      const { exchange = "", key = "" } = message;
      const publish = (confirmed?: (error: Error | null) => void): unknown =>
        channel.publish(exchange, key, bodyOf(message), propertiesOf(message), confirmed);
      if (confirm) confirms.push(this.confirmed(name, message.id, channel, publish));
      else publish();
    }
    await Promise.all(confirms);
  }

  /** Resolves when it is confirmed, or the channel is gone. */
  private confirmed(
    name: string,
    id: string,
    channel: { once(event: "close", gone: () => void): unknown },
    publish: (confirmed: (error: Error | null) => void) => unknown,
  ): Promise<void> {
    return new Promise((resolve) => {
      const tell = (result: string): void => this.clients.tell({ ev: "confirm", channel: name, id, result });
      const late = setTimeout(() => {
        tell("none");
        resolve();
      }, confirmMax);
      const end = (): void => {
        clearTimeout(late);
        resolve();
      };
      channel.once("close", end);
      publish((error) => {
        if (error === null || !/closed|ended/i.test(error.message)) tell(error === null ? "ack" : "nack");
        end();
      });
    });
  }

  private async declareExchange(exchange: ScenarioExchange, on: string): Promise<void> {
    const {
      name,
      type,
      durable = false,
      autoDelete = false,
      internal = false,
      alternate,
      args = {},
    } = exchange;
    const channel = await this.clients.channel(exchange.channel ?? on);
    await channel.assertExchange(name, type, {
      ...{ durable, autoDelete, internal, arguments: args },
      ...(alternate !== undefined && { alternateExchange: alternate }),
    });
  }

  private async bind(binding: ScenarioBinding, on: string, un: boolean): Promise<void> {
    const { source, dest, destType = "queue", key = "", args = {} } = binding;
    const channel = await this.clients.channel(binding.channel ?? on);
    if (destType === "queue") await channel[un ? "unbindQueue" : "bindQueue"](dest, source, key, args);
    else await channel[un ? "unbindExchange" : "bindExchange"](dest, source, key, args);
  }
}

function numbered<S extends ScenarioMessage>(
  step: S,
  count: number,
  persistent: (step: S, i: number) => boolean | undefined,
): ScenarioMessage[] {
  return Array.from({ length: count }, (_, i) => ({
    ...step,
    id: `${step.id}${i + 1}`,
    persistent: persistent(step, i) === true,
  }));
}

function bodyOf({ id, bytes }: ScenarioMessage): Buffer {
  return Buffer.from(bytes ? `${id}|`.padEnd(bytes, ".") : id);
}

function propertiesOf({
  mandatory,
  persistent,
  priority,
  expiration,
  correlationId,
  messageId,
  timestamp,
  headers,
  cc,
  bcc,
}: ScenarioMessage): Readonly<Record<string, unknown>> {
  return {
    mandatory: mandatory ?? false,
    deliveryMode: persistent === true ? 2 : 1,
    ...(priority !== undefined && { priority }),
    ...(expiration !== undefined && { expiration }),
    ...(correlationId !== undefined && { correlationId }),
    ...(messageId !== undefined && { messageId }),
    ...(timestamp !== undefined && { timestamp }),
    ...(headers !== undefined && { headers }),
    ...(cc !== undefined && { CC: cc }),
    ...(bcc !== undefined && { BCC: bcc }),
  };
}

/** Deletes what a scenario may have left: each name on a channel of its own, since a refusal costs the channel. */
async function clear(
  { policies = [], exchanges = [], queues = [], steps }: Scenario,
  stage: Stage,
): Promise<void> {
  const set = steps.flatMap((step) => (step.op === "setPolicy" ? [step] : []));
  for (const policy of [...policies, ...set]) await stage.setPolicy(policy, undefined);
  const connection = await stage.connect();
  connection.on("error", () => undefined);
  const declared = (op: "declareQueue" | "declareExchange"): string[] =>
    steps.flatMap((step) => (step.op === op ? [(step as { name: string }).name] : []));
  const attempt = async (names: Iterable<string>, kind: "deleteQueue" | "deleteExchange"): Promise<void> => {
    for (const name of names) {
      const channel = await connection.createChannel();
      channel.on("error", () => undefined);
      const deleted = await channel[kind](name).then(
        () => true,
        () => false,
      );
      if (deleted) await channel.close();
    }
  };
  const queueNames = new Set([...queues.map(({ name }) => name), ...declared("declareQueue")]);
  const exchangeNames = new Set([...exchanges.map(({ name }) => name), ...declared("declareExchange")]);
  await attempt(queueNames, "deleteQueue");
  await attempt(
    [...exchangeNames].filter((name) => name !== "" && !name.startsWith("amq.")),
    "deleteExchange",
  );
  await connection.close();
}
