import type { FieldTable } from "../model/topology.ts";
import { Messages } from "../sim/messages.ts";
import { Copies, CopyState } from "./copies.ts";
import { ReadyOrder } from "./ready-order.ts";
import { preconditionFailed, type Refusal } from "./refusal.ts";
import { route } from "./routing.ts";
import { VirtualHost, type QueueSettings } from "./virtual-host.ts";

export interface PublishedMessage {
  readonly id: string;
  readonly exchange: string;
  readonly routingKey: string;
  readonly headers: FieldTable;
}

export interface ReadyMessage extends PublishedMessage {
  readonly redelivered: boolean;
}

/** The broker without time: each operation has its whole effect at once. Declarations, routing and queue order are those of the engine. */
export class UntimedBroker {
  readonly host = new VirtualHost();
  private readonly copies = new Copies(new Messages());
  /** By slot. */
  private readonly contents: PublishedMessage[] = [];
  private readonly queues = new Map<string, ReadyOrder>();
  private published = 0;

  declareQueue(settings: QueueSettings): Refusal | undefined {
    const refusal = this.host.declareQueue(settings);
    if (refusal === undefined && !this.queues.has(settings.name))
      this.queues.set(settings.name, new ReadyOrder(this.copies));
    return refusal;
  }

  /** Answers how many messages went with it. */
  deleteQueue(name: string, ifEmpty: boolean): number | Refusal {
    const ready = this.queues.get(name);
    if (ready === undefined) return 0;
    if (ifEmpty && ready.size > 0) return preconditionFailed;
    const count = this.drain(name).length;
    this.queues.delete(name);
    this.host.deleteQueue(name);
    return count;
  }

  /** Answers in how many queues it is. */
  publish(message: PublishedMessage): number | Refusal {
    const refusal = this.host.publishRefusal(message.exchange);
    if (refusal !== undefined) return refusal;
    const exchange = this.host.exchange(message.exchange)!;
    const { queues } = route(this.host, exchange.handle, message.routingKey, message.headers);
    for (const handle of queues) this.enqueue(this.queues.get(this.host.queues[handle]!.name)!, message);
    return queues.length;
  }

  /** Ready messages; undefined for no such queue. */
  depth(queue: string): number | undefined {
    return this.queues.get(queue)?.size;
  }

  /** Takes all ready messages out, in the queue's order. */
  drain(queue: string): ReadyMessage[] {
    const ready = this.queues.get(queue);
    if (ready === undefined) return [];
    const messages: ReadyMessage[] = [];
    while (ready.size > 0) {
      const copy = ready.take();
      messages.push({ ...this.contents[copy]!, redelivered: this.copies.redelivered[copy] === 1 });
      this.copies.end(copy, CopyState.finished);
    }
    return messages;
  }

  private enqueue(ready: ReadyOrder, message: PublishedMessage): void {
    const copy = this.copies.messages.allocate();
    this.copies.enter(copy, CopyState.ready);
    this.copies.sequence[copy] = this.published++;
    this.contents[copy] = message;
    ready.push(copy);
  }
}
