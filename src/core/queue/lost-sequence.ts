import type { QueueRules } from "./queue-arguments.ts";
import type { QueueContext } from "./queue-context.ts";

/**
 * A queue of 3.10 counts its deliveries in the order of publishing, and says of what it has counted alone that it is
 * redelivered. Where a restart loses a message that had not gone out it stops for good: of no later one it is said. In a lazy
 * queue one such message is counted all the same, if it is the first that waits. (`next_deliver_seq_id` and
 * `betas_from_index_entries` of `rabbit_variable_queue`)
 */
export class LostSequence {
  private readonly context: QueueContext;
  private readonly rules: QueueRules;
  /** The sequence of the first message that is not counted, by priority: each counts for itself. */
  private readonly ends = new Map<number, number>();

  constructor(context: QueueContext, rules: QueueRules) {
    this.context = context;
    this.rules = rules;
  }

  tellsRedelivered(copy: number): boolean {
    const { context, rules, ends } = this;
    return context.copies.sequence[copy]! < (ends.get(context.priorityIn(rules, copy)) ?? Infinity);
  }

  /** The broker stops, and starts again. `ready`: in any order; `lazy`: of the queue now. */
  restarted(ready: Iterable<number>, lazy: boolean): void {
    const { context, rules } = this;
    const { copies } = context;
    const seen = new Set<number>();
    for (const copy of [...ready].sort((a, b) => copies.sequence[a]! - copies.sequence[b]!)) {
      const priority = context.priorityIn(rules, copy);
      if (copies.redelivered[copy] !== 0 || this.ends.has(priority)) continue;
      const isFirst = !seen.has(priority);
      seen.add(priority);
      if (context.contentOf(copy).persistent || (isFirst && lazy)) continue;
      this.ends.set(priority, copies.sequence[copy]!);
    }
  }
}
