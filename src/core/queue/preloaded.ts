import type { Messages } from "../sim/messages.ts";
import type { BrokerQueue } from "./broker.ts";
import type { BrokerNode } from "./cluster.ts";
import type { Content } from "./content.ts";
import { CopyState, none } from "./copies.ts";
import type { Publishing, QueueContext } from "./queue-context.ts";

/** What a queue holds when the run starts: how much, since when, and how keys and sizes are drawn. */
export interface PreloadDraw {
  readonly messages: number;
  /** Time before the start, ns. */
  readonly over: number;
  key(): number;
  bytes(): number;
}

/** Sources and numbers of messages are counted from the other end: no message of the run has them. */
const lastSource = 0xffff;
const lastId = 0x7fff_ffff;

/** Who published what a queue holds when the run starts: nobody who could hear of it any more. */
export class Preloaded implements Publishing {
  readonly source: number;
  readonly node: BrokerNode;
  /** It is on disk already. */
  readonly persistent = false;
  readonly confirms = false;
  readonly uniqueKeys = false;
  readonly credit = undefined;
  readonly priority = undefined;
  readonly lifetime = Infinity;
  private readonly queue: BrokerQueue;
  private readonly content: Content;

  constructor(queue: BrokerQueue, exchange: string, name: string) {
    this.queue = queue;
    this.source = lastSource - queue.number;
    this.node = queue.node;
    this.content = {
      id: "",
      exchange,
      routingKeys: [name],
      headers: new Map(),
      deaths: [],
      expiration: undefined,
      persistent: true,
      priority: undefined,
    };
  }

  /** The messages enter, evenly spread over the time before, as far as the queue takes them. `from`: numbers used. */
  fill(draw: PreloadDraw, { copies }: QueueContext, from: number): void {
    const { messages } = copies;
    const { messages: count, over } = draw;
    for (let i = 0; i < count; i++) {
      const message = this.message(messages, (i + 0.5) * (over / count) - over, lastId - from - i);
      messages.key[message] = draw.key();
      messages.bytes[message] = Math.round(draw.bytes());
      copies.enter(message, CopyState.arriving);
      copies.at[message] = this.queue.number;
      this.queue.admit(message, messages.sentAt[message]!);
    }
  }

  awaits(): boolean {
    return false;
  }

  stored(): void {
    // Nobody waits for it.
  }

  contentOf(): Content {
    return this.content;
  }

  private message(messages: Messages, sentAt: number, id: number): number {
    const message = messages.allocate();
    messages.sentAt[message] = sentAt;
    messages.id[message] = id;
    messages.source[message] = this.source;
    messages.next[message] = none;
    return message;
  }
}
