import type { BrokerQueue } from "./broker.ts";
import { CopyState } from "./copies.ts";
import type { QueueContext } from "./queue-context.ts";
import { StreamQueue } from "./stream-queue.ts";

/**
 * Messages that a handler goes on with although the broker has taken them back: a slot of its own stands for each, and
 * remembers the copy that is in the queue again.
 */
export class Orphans {
  private readonly context: QueueContext;

  constructor(context: QueueContext) {
    this.context = context;
  }

  /** What the consumer's handlers have in work of a subscription is taken from it. */
  take(consumer: number, subscription: number): void {
    const { copies, handlers, doubles } = this.context;
    for (const handler of handlers) {
      const copy = handlers.copy[handler]!;
      if (handlers.consumer[handler] !== consumer || copies.at[copy] !== subscription || this.has(copy))
        continue;
      const orphan = copies.cloneAs(copy, CopyState.orphaned);
      copies.earlier[orphan] = copy;
      copies.at[orphan] = subscription;
      doubles.add(copies.messages.id[copy]!);
      handlers.copy[handler] = orphan;
      copies.move(copy, CopyState.returning);
    }
  }

  has(copy: number): boolean {
    return this.context.copies.state[copy] === CopyState.orphaned;
  }

  /** Its handler has finished it: the copy that is in the queue need not be any more; answers whether that breaks the order. */
  finish(orphan: number, queue: BrokerQueue): boolean {
    const { copies } = this.context;
    const { id } = copies.messages;
    const original = copies.earlier[orphan]!;
    const there = id[original] === id[orphan] && copies.state[original] !== CopyState.none;
    if (!there || queue instanceof StreamQueue || copies.redelivered[original] !== 1) return false;
    const breaks = queue.finish(original);
    copies.redelivered[original] = 3;
    return breaks;
  }

  /** Nobody hears what has become of it. */
  end(orphan: number): void {
    this.context.copies.end(orphan);
  }
}
