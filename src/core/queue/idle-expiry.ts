import type { QueueContext } from "./queue-context.ts";
import { QueueEvent } from "./queue-event.ts";

/**
 * `x-expires`: a queue goes when it had no consumer and no use for so long. Declaring it, passively or not, and
 * `basic.get` are use, and so is the leave of a consumer; publishing is not. (Recorded from RabbitMQ 3.10)
 */
class IdleExpiry {
  private readonly context: QueueContext;
  private readonly queue: number;
  private readonly after: number;
  private deadline = 0;

  /** `after`: ns. */
  constructor(context: QueueContext, queue: number, after: number) {
    this.context = context;
    this.queue = queue;
    this.after = after;
    this.used();
  }

  used(): void {
    const { kernel } = this.context.world;
    this.deadline = kernel.now + this.after;
    kernel.at(this.deadline, this.context.base | QueueEvent.unused, this.queue, 0);
  }

  get over(): boolean {
    return this.context.world.kernel.now >= this.deadline;
  }
}

/** undefined where a queue stays without use as well; `after`: ns. */
export function idleExpiry(
  context: QueueContext,
  queue: number,
  after: number | undefined,
): IdleExpiry | undefined {
  return after === undefined ? undefined : new IdleExpiry(context, queue, after);
}

export type { IdleExpiry };
