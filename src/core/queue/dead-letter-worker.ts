import { CopyRing } from "./copy-ring.ts";
import { CopyState } from "./copies.ts";
import type { PublishedDeath } from "./death-publish.ts";
import type { DeathReason } from "./death.ts";
import { Outcome } from "./publishes.ts";
import type { QueueContext } from "./queue-context.ts";
import { QueueEvent } from "./queue-event.ts";

/** Dead letters that are sent and not confirmed at a time. (Its prefetch in RabbitMQ) */
const unconfirmedMax = 32;
/** ns until a dead letter that was not taken is sent again. (The time that RabbitMQ waits for a confirm) */
const retryAfter = 180e9;

/** What the worker does for its queue. */
interface Owner {
  readonly number: number;
  /** Publishes the death; `publish` is told of each queue that it goes to. */
  publishDeath(copy: number, reason: DeathReason, publish: number): PublishedDeath;
  /** All queues behind the dead-letter exchange have it, by these ways. */
  dead(copy: number, reason: DeathReason, ways: PublishedDeath["ways"]): void;
}

interface Sent {
  readonly copy: number;
  readonly ways: PublishedDeath["ways"];
}

/**
 * Dead-lettering at least once: a message that dies stays in its queue until each queue behind the dead-letter exchange has
 * confirmed it. One that leads nowhere, or round an automatic cycle alone, or is refused, is sent again later.
 * (rabbit_fifo_dlx_worker)
 */
export class DeadLetterWorker {
  private readonly context: QueueContext;
  private readonly owner: Owner;
  private readonly waiting = new CopyRing();
  private readonly reasons = new Map<number, DeathReason>();
  /** Those that are sent, by their publish. */
  private readonly sent = new Map<number, Sent>();
  private unconfirmed = 0;

  constructor(context: QueueContext, owner: Owner) {
    this.context = context;
    this.owner = owner;
  }

  take(copy: number, reason: DeathReason): void {
    const { copies } = this.context;
    copies.move(copy, CopyState.dying);
    copies.at[copy] = this.owner.number;
    this.reasons.set(copy, reason);
    this.waiting.push(copy);
    this.work();
  }

  /** What has become of one. */
  told(publish: number): void {
    const { publishes } = this.context;
    const { copy, ways } = this.sent.get(publish)!;
    const taken = publishes.outcome[publish] === Outcome.stored;
    this.sent.delete(publish);
    publishes.release(publish);
    if (taken) this.end(copy, ways);
    else this.retryLater(copy);
  }

  send(copy: number): void {
    const { copies, publishes } = this.context;
    const { id } = copies.messages;
    const publish = publishes.allocate(-1 - this.owner.number, id[copy]!, 0, Outcome.stored, 0);
    const { copies: left, ways, returns } = this.owner.publishDeath(copy, this.reasons.get(copy)!, publish);
    if (left > 0) {
      // The worker takes its own queue's confirms for something else, and waits for ever. (`handle_cast` of 3.10)
      const deaf = returns && this.context.release.deafToOwnConfirms;
      publishes.left[publish] = left + (deaf ? 1 : 0);
      this.sent.set(publish, { copy, ways });
      return;
    }
    publishes.release(publish);
    this.retryLater(copy);
  }

  private work(): void {
    while (this.unconfirmed < unconfirmedMax && this.waiting.length > 0) {
      this.unconfirmed++;
      this.send(this.waiting.shift());
    }
  }

  private retryLater(copy: number): void {
    const { world, base } = this.context;
    world.kernel.at(world.kernel.now + retryAfter, base | QueueEvent.deathAgain, copy, this.owner.number);
  }

  private end(copy: number, ways: Sent["ways"]): void {
    const reason = this.reasons.get(copy)!;
    this.reasons.delete(copy);
    this.unconfirmed--;
    this.owner.dead(copy, reason, ways);
    this.work();
  }
}
