import type { Channel, ChannelListener } from "./channel.ts";
import { outcomeMessage } from "./outcome-message.ts";
import { Verdict } from "./queue-event.ts";
import { preconditionFailed, type Refusal } from "./refusal.ts";
import type { Scenario, ScenarioConsume, ScenarioEvent, ScenarioSettlement, ShownError } from "./scenario.ts";
import type { ScriptBroker } from "./script-broker.ts";

/** A delivery that a consumer holds for the script to settle. */
interface Held {
  readonly id: string;
  readonly at: ScriptChannel;
  readonly tag: number;
  readonly queue: string;
}

interface ScriptChannel {
  readonly name: string;
  readonly channel: Channel;
  readonly connection: string;
  /** Whether it was opened for confirms. */
  readonly confirms: boolean;
}

interface ScriptConsumer {
  /** Of one that gets its messages: where it did so last. */
  at: ScriptChannel;
  readonly queue: string;
  readonly noAck: boolean;
  readonly auto: ScenarioConsume["auto"];
  held: Held[];
}

/** A step of the script was refused. */
export class StepRefused extends Error {
  override readonly name = "StepRefused";
  readonly shown: ShownError;

  constructor(shown: ShownError) {
    super(`${shown.code} ${shown.name}`);
    this.shown = shown;
  }
}

const nanosPerMilli = 1e6;
/** ms: `consumer_timeout` and `channel_tick_interval`. */
const timeoutDefault = 1_800_000;
const tickDefault = 60_000;
/** A channel that is closed answers nothing. */
const channelGone: ShownError = { code: 0, name: "CHANNEL_GONE" };
const verdicts = { ack: Verdict.ack, reject: Verdict.reject, requeue: Verdict.requeue };

/** The channel that asks for queue depths; what it is refused is nobody's event. */
export const probeChannel = "_admin";

/** The clients of a script: what they have opened, what they hold, and what they were told. */
export class ScriptClients {
  events: ScenarioEvent[] = [];
  /** How many there were in all. */
  told = 0;
  /** By the number of the publish; undefined where no confirm is shown. */
  readonly published: (string | undefined)[] = [];
  readonly consumers = new Map<string, ScriptConsumer>();
  private readonly scenario: Scenario;
  private readonly script: ScriptBroker;
  private readonly open = new Map<string, ScriptChannel>();
  /** All that were ever opened by the script. */
  private readonly opened = new Set<string>();
  private readonly connections = new Set<string>();

  constructor(scenario: Scenario, script: ScriptBroker) {
    this.scenario = scenario;
    this.script = script;
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
  channel(name: string, confirms = false, on?: string): ScriptChannel {
    const existing = this.open.get(name);
    if (existing !== undefined) return existing;
    const connection = on ?? this.connectionOf(name) ?? "main";
    this.connections.add(connection);
    this.opened.add(name);
    const channel = this.script.open(connection, this.listener(name));
    const asked = confirms || this.scenario.channels?.[name]?.confirm === true;
    const opened = { name, channel, connection, confirms: asked };
    this.open.set(name, opened);
    this.watch(opened);
    return opened;
  }

  /** The broker looks from time to time whether a channel has been left without acks for too long. */
  private watch(at: ScriptChannel): void {
    const { consumer_timeout: timeout = timeoutDefault, channel_tick_interval: tick = tickDefault } =
      this.scenario.settings ?? {};
    this.script.every(tick * nanosPerMilli, () => {
      if (at.channel.open && at.channel.isOverdue(timeout * nanosPerMilli))
        this.refuse(at, preconditionFailed);
      return !at.channel.open;
    });
  }

  /** An answer to a call: a refusal closes what it has to, and fails the step. */
  call(at: ScriptChannel, refusal: Refusal | undefined): void {
    if (refusal === undefined) return;
    const { code, name, scope } = refusal;
    this.refuse(at, refusal);
    throw new StepRefused({ code, name, ...(scope !== undefined && { scope }) });
  }

  /** What the broker makes of a frame that has no answer: the client is told of the channel's end only. */
  refuse(at: ScriptChannel, refusal: Refusal | undefined): void {
    if (refusal === undefined) return;
    const { code, name, scope } = refusal;
    if (scope === "connection") {
      this.tell({ ev: "connection-error", connection: at.connection, error: { code, name } });
      this.disconnect(at.connection, at.channel);
      return;
    }
    if (at.name !== probeChannel) this.tell({ ev: "channel-error", channel: at.name, error: { code, name } });
    this.end(at);
  }

  closeChannel(name: string): void {
    const at = this.open.get(name);
    if (at !== undefined) this.end(at);
    else if (this.opened.has(name)) throw new StepRefused(channelGone);
    else throw new RangeError(`channel '${name}' was never opened, so it cannot be closed`);
  }

  closeConnection(name: string): void {
    if (!this.connections.has(name))
      throw new RangeError(`connection '${name}' is not open, so it cannot be closed`);
    this.disconnect(name);
  }

  /** All connections end, and every client forgets what it held. */
  disconnectAll(): void {
    for (const connection of this.script.inEndingOrder(this.connections)) this.disconnect(connection);
    this.consumers.clear();
  }

  consume(step: ScenarioConsume): void {
    const at = this.channel(step.channel ?? `ch-${step.consumer}`);
    const { channel } = at;
    if (step.prefetch !== undefined) this.call(at, channel.qos(step.prefetch, false));
    const { consumer, queue, noAck = false, exclusive = false, auto } = step;
    this.consumers.set(consumer, { at, queue, noAck, auto, held: [] });
    const priority = step.priority === undefined ? {} : { "x-priority": step.priority };
    const args = { ...step.args, ...priority };
    this.call(at, channel.consume(consumer, queue, { noAck, exclusive, arguments: args }));
  }

  cancel(consumer: string): void {
    const { at } = this.consumer(consumer);
    if (!at.channel.open) throw new StepRefused(channelGone);
    at.channel.cancel(consumer);
  }

  /** All frames are sent before any of them has an effect. */
  settle(step: ScenarioSettlement): void {
    const consumer = this.consumer(step.consumer);
    const frames: Held[] = [];
    const { multiple = false, requeue = true } = step;
    const ids = step.ids ?? (step.id === undefined ? consumer.held.map(({ id }) => id) : [step.id]);
    for (const id of ids) {
      const held = consumer.held.findLast((one) => one.id === id);
      if (held === undefined) {
        this.tell({ ev: "no-such-outstanding", consumer: step.consumer, id });
        continue;
      }
      frames.push(held);
      if (multiple) this.dropUpTo(held);
      else consumer.held = consumer.held.filter((one) => one !== held);
    }
    const verdict = step.op === "ack" ? Verdict.ack : requeue ? Verdict.requeue : Verdict.reject;
    const together = multiple && step.op !== "reject";
    for (const { at, tag } of frames)
      if (at.channel.open) this.refuse(at, at.channel.settle(tag, together, verdict));
  }

  ackRaw(name: string, tag: number): void {
    const consumer = this.consumer(name);
    if (!consumer.at.channel.open) throw new StepRefused(channelGone);
    consumer.held = [];
    this.refuse(consumer.at, consumer.at.channel.settle(tag, false, Verdict.ack));
  }

  recover(name: string): void {
    this.drop(name);
    const at = this.channel(name);
    this.call(at, at.channel.recover());
  }

  get(queue: string, as: string, noAck: boolean, on: string): void {
    const { broker } = this.script;
    const at = this.channel(on);
    const before = this.ready(queue);
    const got = at.channel.get(queue, noAck);
    if (got === undefined) {
      this.tell({ ev: "get-empty", consumer: as });
      return;
    }
    if ("code" in got) {
      this.call(at, got);
      return;
    }
    const message = outcomeMessage(broker, got.copy, true);
    // A quorum queue looks for expired messages when something is settled, as a message that is taken without acks is at once.
    const isQuorum = broker.queue(queue)?.rules.type === "quorum";
    const left = isQuorum && !noAck ? before - 1 : this.ready(queue);
    this.tell({ ev: "got", consumer: as, ...message, left });
    if (noAck) {
      at.channel.forget(got.copy);
      return;
    }
    let holder = this.consumers.get(as);
    if (holder === undefined)
      this.consumers.set(as, (holder = { at, queue, noAck, auto: undefined, held: [] }));
    holder.at = at;
    holder.held.push({ id: message.id, at, tag: got.tag, queue });
  }

  private ready(queue: string): number {
    const found = this.script.broker.queue(queue);
    return found !== undefined && "ready" in found ? found.ready.size : 0;
  }

  /** Held deliveries of a queue, counted at the clients. */
  unacked(queue: string): number {
    let count = 0;
    for (const { held } of this.consumers.values()) count += held.filter((one) => one.queue === queue).length;
    return count;
  }

  private listener(name: string): ChannelListener {
    return {
      delivered: (consumer, tag, copy) => this.delivered(consumer, tag, copy),
      returned: ({ id, exchange, routingKeys }) =>
        this.tell({
          ev: "return",
          channel: name,
          id,
          exchange,
          key: routingKeys[0]!,
          code: 312,
          text: "NO_ROUTE",
        }),
      confirmed: (number, result) => {
        const id = this.published[number];
        if (id !== undefined) this.tell({ ev: "confirm", channel: name, id, result });
      },
      cancelled: (consumer) => this.tell({ ev: "consumer-cancelled-by-broker", consumer }),
    };
  }

  /** While a connection ends, what one of its channels gives back may still go to another of them: nobody reads it. */
  private delivered(name: string, tag: number, copy: number): void {
    const consumer = this.consumer(name);
    if (this.open.get(consumer.at.name) !== consumer.at) return;
    const message = outcomeMessage(this.script.broker, copy, false);
    this.tell({ ev: "deliver", consumer: name, ...message });
    const { auto, at, queue, noAck } = consumer;
    if (noAck) return;
    if (auto === undefined) consumer.held.push({ id: message.id, at, tag, queue });
    else
      this.script.later(() => {
        if (at.channel.open) this.refuse(at, at.channel.settle(tag, false, verdicts[auto]));
      });
  }

  private consumer(name: string): ScriptConsumer {
    const consumer = this.consumers.get(name);
    if (consumer === undefined) throw new RangeError(`there is no consumer '${name}' at this step`);
    return consumer;
  }

  /**
   * `failed`: the channel that the broker ends it for. The client is told when all channels have ended, so that it may hear
   * what one of them gives back to another before. (`handle_exception` of `rabbit_reader`)
   */
  private disconnect(connection: string, failed?: Channel): void {
    this.connections.delete(connection);
    if (failed !== undefined && this.script.tellsLast) this.script.close(connection, failed);
    for (const at of [...this.open.values()]) if (at.connection === connection) this.forget(at);
    this.script.close(connection, failed);
  }

  private end(at: ScriptChannel): void {
    this.forget(at);
    this.script.end(at.channel);
  }

  private forget(at: ScriptChannel): void {
    if (this.open.get(at.name) === at) this.open.delete(at.name);
    this.drop(at.name);
  }

  private drop(channel: string): void {
    for (const consumer of this.consumers.values())
      consumer.held = consumer.held.filter(({ at }) => at.name !== channel);
  }

  private dropUpTo(last: Held): void {
    for (const consumer of this.consumers.values())
      consumer.held = consumer.held.filter(({ at, tag }) => at !== last.at || tag > last.tag);
  }
}
