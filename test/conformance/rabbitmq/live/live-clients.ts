import type { Channel, Connection, Message } from "amqplib";
import type {
  Scenario,
  ScenarioConsume,
  ScenarioEvent,
  ScenarioSettlement,
} from "../../../../src/core/queue/scenario.ts";
import { idOf, seenMessage, shownError } from "./seen-message.ts";

/** A delivery that a consumer holds for the script to settle. */
interface Held {
  readonly id: string;
  readonly at: LiveChannel;
  readonly tag: number;
  readonly queue: string;
  readonly message: Message;
}

interface LiveChannel {
  readonly name: string;
  readonly channel: Channel;
  readonly connection: string;
  dead: boolean;
}

interface LiveConsumer {
  /** Of one that gets its messages: where it did so last. */
  at: LiveChannel;
  held: Held[];
}

/** The channel that prepares and asks for queue depths. */
export const probeChannel = "_admin";
/** What ends of the player's own channels is nobody's event. */
const isOurs = (channel: string): boolean => channel.startsWith("_");

/** The clients of a script on a real server: what they have opened, what they hold, and what they were told. */
export class LiveClients {
  events: ScenarioEvent[] = [];
  /** How many there were in all. */
  told = 0;
  private readonly connections = new Map<string, Connection>();
  private readonly channels = new Map<string, LiveChannel>();
  private readonly consumers = new Map<string, LiveConsumer>();
  private readonly scenario: Scenario;
  private readonly dial: () => Promise<Connection>;

  constructor(scenario: Scenario, dial: () => Promise<Connection>) {
    this.scenario = scenario;
    this.dial = dial;
  }

  tell(event: ScenarioEvent): void {
    this.told++;
    this.events.push(event);
  }

  isConnected(connection: string): boolean {
    return this.connections.has(connection);
  }

  connectionOf(channel: string | undefined): string | undefined {
    return channel === undefined ? undefined : this.scenario.channels?.[channel]?.connection;
  }

  /** Opened at first use, and again when it was closed. */
  async channel(name: string, confirms = false, on?: string): Promise<Channel> {
    return (await this.at(name, confirms, on)).channel;
  }

  async closeChannel(name: string): Promise<void> {
    const at = this.channels.get(name);
    if (at === undefined) throw new RangeError(`channel '${name}' was never opened, so it cannot be closed`);
    await at.channel.close();
    this.drop(name);
  }

  async closeConnection(name: string): Promise<void> {
    const connection = this.connections.get(name);
    if (connection === undefined)
      throw new RangeError(`connection '${name}' is not open, so it cannot be closed`);
    this.forget(name);
    await connection.close();
  }

  /** All connections end, and every client forgets what it held. */
  async disconnectAll(): Promise<void> {
    const connections = [...this.connections];
    for (const [name] of connections) this.forget(name);
    this.consumers.clear();
    for (const [, connection] of connections) {
      connection.removeAllListeners("error").on("error", () => undefined);
      await connection.close().catch(() => undefined);
    }
  }

  /** A round trip on each channel: what the server had sent before is here. */
  async roundTrips(): Promise<void> {
    const open = [...this.channels.values()].filter(({ dead, name }) => !dead && name !== probeChannel);
    await Promise.all(open.map(({ channel }) => channel.checkExchange("amq.direct").catch(() => undefined)));
  }

  async consume(step: ScenarioConsume): Promise<void> {
    const at = await this.at(step.channel ?? `ch-${step.consumer}`);
    if (step.prefetch !== undefined) await at.channel.prefetch(step.prefetch);
    const consumer: LiveConsumer = { at, held: [] };
    this.consumers.set(step.consumer, consumer);
    const { noAck = false, exclusive = false, priority, args = {} } = step;
    await at.channel.consume(step.queue, (message) => this.delivered(step, consumer, message), {
      consumerTag: step.consumer,
      noAck,
      exclusive,
      ...(priority !== undefined && { priority }),
      arguments: { ...args },
    });
  }

  async cancel(consumer: string): Promise<void> {
    await this.consumer(consumer).at.channel.cancel(consumer);
  }

  settle(step: ScenarioSettlement): void {
    const consumer = this.consumer(step.consumer);
    const { multiple = false, requeue = true } = step;
    for (const id of step.ids ?? (step.id === undefined ? consumer.held.map(({ id }) => id) : [step.id])) {
      const held = consumer.held.findLast((one) => one.id === id);
      if (held === undefined) {
        this.tell({ ev: "no-such-outstanding", consumer: step.consumer, id });
        continue;
      }
      const { channel } = held.at;
      if (step.op === "ack") channel.ack(held.message, multiple);
      else if (step.op === "nack") channel.nack(held.message, multiple, requeue);
      else channel.reject(held.message, requeue);
      if (!multiple) consumer.held = consumer.held.filter((one) => one !== held);
      else
        for (const other of this.consumers.values())
          other.held = other.held.filter(({ at, tag }) => at !== held.at || tag > held.tag);
    }
  }

  ackRaw(name: string, tag: number): void {
    const consumer = this.consumer(name);
    consumer.at.channel.ack({ fields: { deliveryTag: tag } } as Message);
    consumer.held = [];
  }

  async recover(name: string): Promise<void> {
    this.drop(name);
    await (await this.channel(name)).recover();
  }

  async get(queue: string, as: string, noAck: boolean, on: string): Promise<void> {
    const at = await this.at(on);
    const message = await at.channel.get(queue, { noAck });
    if (message === false) {
      this.tell({ ev: "get-empty", consumer: as });
      return;
    }
    const seen = seenMessage(message);
    this.tell({ ev: "got", consumer: as, ...seen, left: message.fields.messageCount });
    if (noAck) return;
    let holder = this.consumers.get(as);
    if (holder === undefined) this.consumers.set(as, (holder = { at, held: [] }));
    holder.at = at;
    holder.held.push({ id: seen.id, at, tag: message.fields.deliveryTag, queue, message });
  }

  /** Held deliveries of a queue, counted at the clients. */
  unacked(queue: string): number {
    let count = 0;
    for (const { held } of this.consumers.values()) count += held.filter((one) => one.queue === queue).length;
    return count;
  }

  private async at(name: string, confirms = false, on?: string): Promise<LiveChannel> {
    const existing = this.channels.get(name);
    if (existing !== undefined && !existing.dead) return existing;
    const number = on ?? this.connectionOf(name) ?? "main";
    const connection = await this.connection(number);
    const confirmed = confirms || this.scenario.channels?.[name]?.confirm === true;
    const channel = await (confirmed ? connection.createConfirmChannel() : connection.createChannel());
    const at: LiveChannel = { name, channel, connection: number, dead: false };
    this.channels.set(name, at);
    channel.setMaxListeners(0);
    channel.on("error", (error) => {
      at.dead = true;
      this.drop(name);
      if (!isOurs(name)) this.tell({ ev: "channel-error", channel: name, error: shownError(error) });
    });
    channel.on("close", () => (at.dead = true));
    channel.on("return", ({ content, fields: { exchange, routingKey, replyCode, replyText } }: Message) =>
      this.tell({
        ev: "return",
        channel: name,
        id: idOf(content),
        exchange,
        key: routingKey,
        code: replyCode,
        text: replyText,
      }),
    );
    return at;
  }

  private async connection(name: string): Promise<Connection> {
    const existing = this.connections.get(name);
    if (existing !== undefined) return existing;
    const connection = await this.dial();
    this.connections.set(name, connection);
    connection.on("error", (error) =>
      this.tell({ ev: "connection-error", connection: name, error: shownError(error) }),
    );
    connection.on("close", () => {
      if (this.connections.get(name) === connection) this.forget(name);
    });
    return connection;
  }

  private delivered(step: ScenarioConsume, consumer: LiveConsumer, message: Message | null): void {
    if (message === null) {
      this.tell({ ev: "consumer-cancelled-by-broker", consumer: step.consumer });
      return;
    }
    const seen = seenMessage(message);
    this.tell({ ev: "deliver", consumer: step.consumer, ...seen });
    if (step.noAck === true) return;
    const { at } = consumer;
    const { channel } = at;
    switch (step.auto) {
      case "ack":
        return channel.ack(message);
      case "reject":
        return channel.nack(message, false, false);
      case "requeue":
        return channel.nack(message, false, true);
      case undefined:
        consumer.held.push({ id: seen.id, at, tag: message.fields.deliveryTag, queue: step.queue, message });
    }
  }

  private consumer(name: string): LiveConsumer {
    const consumer = this.consumers.get(name);
    if (consumer === undefined) throw new RangeError(`there is no consumer '${name}' at this step`);
    return consumer;
  }

  private forget(connection: string): void {
    this.connections.delete(connection);
    for (const at of this.channels.values())
      if (at.connection === connection) {
        at.dead = true;
        this.drop(at.name);
      }
  }

  private drop(channel: string): void {
    for (const consumer of this.consumers.values())
      consumer.held = consumer.held.filter(({ at }) => at.name !== channel);
  }
}
