import { widened } from "../sim/messages.ts";
import type { ClassicQueue } from "./classic-queue.ts";
import type { QueueRules } from "./queue-arguments.ts";
import type { QueueContext } from "./queue-context.ts";
import { QueueEvent } from "./queue-event.ts";

/** When copies expire, by slot, ns; a column of its own, which only queues with a time to live fill. */
export class Deadlines {
  private at = new Float64Array(0);

  get(copy: number): number {
    return this.at[copy]!;
  }

  set(copy: number, deadline: number): void {
    if (copy >= this.at.length) this.at = widened(new Float64Array(Math.max(64, 2 * (copy + 1))), this.at);
    this.at[copy] = deadline;
  }
}

/** A publisher that was told to stop goes on when so much of the limit is left. */
const lowShare = 0.8;

/**
 * What may stay in a queue: its length and size limits, and the time to live of its messages. Only ready copies count,
 * and of these the bodies alone. An expired copy goes when it is at the head; behind one that lives longer it stays and
 * counts. (Recorded from RabbitMQ 3.10)
 */
export class Retention {
  private readonly context: QueueContext;
  private readonly queue: ClassicQueue;
  /** Whether messages have a time to live: the queue's, or one of their own. */
  private timed: boolean;
  private bytes = 0;
  /** Of a quorum queue's dead letters that are not confirmed: they are in nobody's way, but count. */
  private dying = 0;
  private dyingBytes = 0;
  private timer = Infinity;

  constructor(context: QueueContext, queue: ClassicQueue) {
    this.context = context;
    this.queue = queue;
    this.timed = queue.rules.messageTtl !== undefined;
  }

  private get rules(): QueueRules {
    return this.queue.rules;
  }

  /** Messages may have a time to live of their own; none has come yet. */
  expectExpirations(): void {
    this.timed = true;
  }

  /** Whether a publish of so many bytes is refused. */
  overflows(bytes: number): boolean {
    const { overflow, maxLength, maxBytes } = this.rules;
    return (
      overflow !== "drop-head" && (this.queue.ready.size + 1 > maxLength || this.bytes + bytes > maxBytes)
    );
  }

  /** Whether publishers of a quorum queue that were told to stop may go on. */
  get hasRoom(): boolean {
    const { maxLength, maxBytes } = this.rules;
    const limited = maxLength < Infinity || maxBytes < Infinity;
    const below = (held: number, limit: number): boolean => held <= Math.trunc(limit * lowShare);
    const { dying, dyingBytes } = this;
    return (
      limited && below(this.queue.ready.size + dying, maxLength) && below(this.bytes + dyingBytes, maxBytes)
    );
  }

  get exceeded(): boolean {
    const { dying, dyingBytes, rules } = this;
    return this.queue.ready.size + dying > rules.maxLength || this.bytes + dyingBytes > rules.maxBytes;
  }

  /** The smaller of the queue's time to live and the message's, from its entry on. */
  entered(copy: number, at: number): void {
    if (!this.timed) return;
    const { deadlines, rules } = this.context;
    const ttl = Math.min(this.context.lifetimeOf(copy), this.rules.messageTtl ?? Infinity);
    if (ttl < Infinity) rules?.count("X6");
    deadlines.set(copy, at + ttl);
  }

  /**
   * A classic queue whose messages live for no time, and leave nothing when they die, takes none in: those with a longer life
   * that wait stay, and are not pushed out. (`deliver_or_enqueue` of `rabbit_amqqueue_process`)
   */
  get keepsNothing(): boolean {
    const { type, messageTtl, deadLetters } = this.rules;
    return type === "classic" && messageTtl === 0 && deadLetters === undefined;
  }

  /** One that has died stays until its next queues have it, and leaves then. (`is_over_limit` of `rabbit_fifo`) */
  countDead(copy: number, by: 1 | -1): void {
    this.dying += by;
    this.dyingBytes += by * this.context.copies.messages.bytes[copy]!;
  }

  joined(copy: number): void {
    this.bytes += this.context.copies.messages.bytes[copy]!;
  }

  left(copy: number): void {
    this.bytes -= this.context.copies.messages.bytes[copy]!;
  }

  /** First the copies over the limit go, the head before others, then those at the head that have expired. */
  shed(): void {
    this.drop();
    this.expire();
  }

  /**
   * After a publish likewise; but whether a message that overtakes the head by its priority has expired is not looked at
   * before something else takes or drops a head.
   */
  shedAfterPublish(): void {
    const dropped = this.drop();
    if (dropped || this.queue.ready.size === 1) this.expire();
  }

  /**
   * A classic queue that is there again hears of its length before it hears what to do about more: what it had taken back over its
   * limit goes, whatever its overflow. Exchanges, bindings and the other classic queues are there by then.
   * (`process_args_policy` of `rabbit_amqqueue_process`, behind its `recovery_barrier`)
   */
  recovered(): void {
    this.timer = Infinity;
    if (this.rules.type === "classic") this.cut();
    this.expire();
  }

  private drop(): boolean {
    return this.rules.overflow === "drop-head" && this.cut();
  }

  /** Of several that one command pushes out of a quorum queue the last one dies first. (`drop_head` of `rabbit_fifo`) */
  private cut(): boolean {
    const { queue } = this;
    if (!this.exceeded) return false;
    const over: number[] = [];
    while (queue.ready.size > 0 && this.exceeded) over.push(queue.takeHead());
    if (this.rules.type === "quorum") over.reverse();
    for (const copy of over) {
      this.context.rules?.count("X7");
      queue.discard(copy, "maxlen");
    }
    return over.length > 0;
  }

  expire(): void {
    if (!this.timed) return;
    const { ready } = this.queue;
    const { deadlines, world } = this.context;
    const { now } = world.kernel;
    while (ready.size > 0) {
      const head = ready.peek();
      const deadline = deadlines.get(head);
      if (deadline > now) {
        this.arm(deadline);
        // Where it has returned it was in memory until it was looked at. (`rabbit_variable_queue:in_r`)
        if (this.rules.lazy === true) this.queue.toDisk(head);
        return;
      }
      this.context.rules?.count("X6");
      this.queue.discard(this.queue.takeHead(), "expired");
    }
  }

  /** The timer that was set for the head of that time. */
  rang(): void {
    this.timer = Infinity;
    this.expire();
  }

  /** One timer is under way at a time, for the earliest deadline that any head had. */
  private arm(deadline: number): void {
    if (deadline === Infinity || this.timer <= deadline) return;
    this.timer = deadline;
    const { world, base } = this.context;
    world.kernel.at(deadline, base | QueueEvent.expires, this.queue.number, 0);
  }
}

/** undefined where nothing but a consumer takes a message out of the queue. */
export function retentionOf(context: QueueContext, queue: ClassicQueue): Retention | undefined {
  const { messageTtl, maxLength, maxBytes } = queue.rules;
  const limited = maxLength < Infinity || maxBytes < Infinity;
  return messageTtl !== undefined || limited ? new Retention(context, queue) : undefined;
}
