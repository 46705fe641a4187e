import { Station } from "../stats/trace.ts";
import type { Content } from "./content.ts";
import { CopyState } from "./copies.ts";
import type { BoundExchange } from "./exchange.ts";
import type { QueueContext } from "./queue-context.ts";
import { QueueEvent } from "./queue-event.ts";
import { routeContent } from "./routing.ts";
import type { VirtualHost } from "./virtual-host.ts";

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

  /** Where one goes whose delay is over: its client has had its confirm, and hears no more of it. */
  queuesOf(message: number, host: VirtualHost): Iterable<number> & ArrayLike<number> {
    const { context } = this;
    const { routes } = context.publishers[context.copies.messages.source[message]!]!;
    if (routes === undefined) {
      const content = context.contentOf(message);
      const exchange = host.exchange(content.exchange);
      return exchange === undefined ? [] : routeContent(host, exchange.handle, content).queues;
    }
    const { queues } = routes.lookup(message);
    context.stamp(message, Station.routed, routes.place, queues.length);
    if (queues.length === 0) context.stamp(message, Station.unroutable, routes.place, 0);
    return queues;
  }

  delay(message: number, delay: number): void {
    const { copies, world, base } = this.context;
    copies.move(message, CopyState.delayed);
    world.kernel.at(world.kernel.now + delay, base | QueueEvent.delayed, message, 0);
  }
}
