import { setTimeout as sleep } from "node:timers/promises";
import type {
  Depth,
  Depths,
  OutcomeMessage,
  ScenarioQueue,
  ShownError,
} from "../../../../src/core/queue/scenario.ts";
import { probeChannel, type LiveClients } from "./live-clients.ts";
import { seenMessage, shownError } from "./seen-message.ts";

interface DeclaredQueue {
  readonly stream: boolean;
  readonly exclusive: boolean;
  readonly channel: string | undefined;
}

/** How long a stream has been silent when all of it is read, ms. */
const streamSilence = 150;

/** How long the queues may take to be there again after a restart, and between two looks, ms. */
const backMax = 30_000;
const backEvery = 50;
/** A durable queue whose process does not run: a stream's starts after the broker has. */
const isDown = /home node .* of durable queue .* is down or inaccessible/;

/** What a script declares and looks at of queues on a real server. */
export class LiveQueues {
  private readonly clients: LiveClients;
  /** All that were ever declared. */
  private readonly declared = new Map<string, DeclaredQueue>();
  /** Those seen to be gone, until they are declared again: to ask for them costs a channel. */
  private readonly gone = new Set<string>();

  constructor(clients: LiveClients) {
    this.clients = clients;
  }

  async declare(queue: ScenarioQueue, on: string): Promise<{ ready: number; consumers: number }> {
    const { name, args = {}, exclusive = false, autoDelete = false } = queue;
    const channel = await this.clients.channel(queue.channel ?? on);
    const durable = queue.durable ?? Boolean(args["x-queue-type"]);
    const options = { durable, exclusive, autoDelete, arguments: args };
    const { messageCount, consumerCount } = await channel.assertQueue(name, options);
    this.declared.set(name, { stream: args["x-queue-type"] === "stream", exclusive, channel: queue.channel });
    this.gone.delete(name);
    return { ready: messageCount, consumers: consumerCount };
  }

  get names(): string[] {
    return [...this.declared.keys()].sort();
  }

  async depths(): Promise<Depths> {
    const depths: Record<string, Depth> = {};
    for (const name of this.names) depths[name] = await this.depth(name);
    return depths;
  }

  /** A passive declare, which counts as use. */
  async depth(name: string): Promise<Depth> {
    if (this.gone.has(name)) return null;
    const { exclusive = false, channel: declaredOn, stream = false } = this.declared.get(name) ?? {};
    const owner = this.clients.connectionOf(declaredOn);
    if (exclusive && owner !== undefined && !this.clients.isConnected(owner)) return null;
    const on = exclusive ? (owner ?? "main") : "main";
    try {
      const channel = await this.clients.channel(on === "main" ? probeChannel : `_probe_${on}`, false, on);
      const { messageCount, consumerCount } = await channel.checkQueue(name);
      return stream ? [] : [messageCount, this.clients.unacked(name), consumerCount];
    } catch (error) {
      const shown = shownError(error);
      if (shown.code !== 404) return { error: shown.name };
      this.gone.add(name);
      return null;
    }
  }

  /** After a restart: resolves when no queue that outlived it is down. */
  async whenBack(): Promise<void> {
    const end = performance.now() + backMax;
    for (const name of this.names)
      while (!this.gone.has(name) && (await this.isDown(name))) {
        if (performance.now() > end)
          throw new RangeError(`queue '${name}' is still down ${backMax / 1000} s after the restart`);
        await sleep(backEvery);
      }
  }

  private async isDown(name: string): Promise<boolean> {
    const channel = await this.clients.channel(probeChannel);
    return channel.checkQueue(name).then(
      () => false,
      (error: unknown) => error instanceof Error && isDown.test(error.message),
    );
  }

  /** Reads a queue empty, or a stream from its start. */
  async drain(name: string): Promise<OutcomeMessage[] | ShownError | null> {
    const info = this.declared.get(name);
    if (info === undefined) return null;
    const owner = info.exclusive ? this.clients.connectionOf(info.channel) : undefined;
    if (owner !== undefined && !this.clients.isConnected(owner)) return null;
    try {
      const on = owner ?? "main";
      const channel = await this.clients.channel(`_drain_${on}`, false, on);
      const messages: OutcomeMessage[] = [];
      if (info.stream) {
        await channel.prefetch(1000);
        const first = { consumerTag: "_drain", arguments: { "x-stream-offset": "first" } };
        await channel.consume(
          name,
          (message) => {
            if (message === null) return;
            messages.push(seenMessage(message));
            channel.ack(message);
          },
          first,
        );
        for (let read = -1; read !== messages.length; await sleep(streamSilence)) read = messages.length;
        await channel.cancel("_drain");
        return messages;
      }
      for (;;) {
        const message = await channel.get(name, { noAck: true });
        if (message === false) return messages;
        messages.push(seenMessage(message));
      }
    } catch (error) {
      const shown = shownError(error);
      return shown.code === 404 ? null : shown;
    }
  }
}
