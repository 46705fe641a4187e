import type { Content } from "./content.ts";
import { CopyState } from "./copies.ts";
import type { BoundExchange } from "./exchange.ts";
import type { QueueContext } from "./queue-context.ts";
import { QueueEvent } from "./queue-event.ts";

const nanosPerMilli = 1e6;

/** What `x-delayed-message` exchanges hold back: confirmed already, routed when the time of its `x-delay` header is over. */
export class DelayedMessages {
  private readonly context: QueueContext;

  constructor(context: QueueContext) {
    this.context = context;
  }

  /** ns; 0 passes at once. */
  delayOf({ settings }: BoundExchange, { headers }: Content): number {
    if (settings.type !== "x-delayed-message") return 0;
    const delay = headers.get("x-delay");
    return typeof delay === "number" && delay > 0 ? delay * nanosPerMilli : 0;
  }

  delay(message: number, delay: number): void {
    const { copies, world, base } = this.context;
    copies.move(message, CopyState.delayed);
    world.kernel.at(world.kernel.now + delay, base | QueueEvent.delayed, message, 0);
  }
}
