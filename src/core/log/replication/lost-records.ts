import type { World } from "../../sim/world.ts";
import type { LossRule } from "../../stats/losses.ts";
import { Outcome, RequestState, type Batches } from "../batches.ts";
import type { Broker } from "../broker.ts";
import type { LogContext } from "../log-context.ts";
import { unheardBy } from "../loss-rules.ts";
import type { ProducerClient } from "../producer-client.ts";
import type { Partition } from "../partition.ts";

/** Counts the records that were confirmed and are gone, when what held them is cut off. */
export class LostRecords {
  count = 0;
  private readonly context: LogContext;
  /** Messages that a log holds more than once: how often. */
  private readonly copies = new Map<number, number>();
  /** Groups that have finished a copied message. */
  private readonly finished = new Map<number, Set<object>>();
  /** Messages in a log whose client gave up on them: nobody counts on those. */
  private readonly givenUp = new Set<number>();

  constructor(context: LogContext) {
    this.context = context;
  }

  /** Records of a batch that no log ever had, and whose client did not ask: `acks: 0`. */
  unheard(batch: number, by: Broker, client: ProducerClient): void {
    const { world, kernel, batches, messages } = this.context;
    const place = brokerPlace(world, by);
    const rule = unheardBy(batches.outcome[batch]! as Outcome);
    this.count += batches.count[batch]!;
    for (let m = batches.head[batch]!; m >= 0; m = messages.next[m]!)
      world.losses.add(kernel.now, messages.id[m]!, place, rule, [place, client.place]);
  }

  /** A log gets a message that it has already, at this offset: groups that are beyond it have finished it. */
  copied(id: number, { groups }: Partition, offset: number): void {
    this.copies.set(id, (this.copies.get(id) ?? 1) + 1);
    for (const of of groups) if (of.finishedAt(offset)) this.finishedBefore(of.group, id);
  }

  /** Whether any log has ever held a message twice. */
  get anyCopied(): boolean {
    return this.copies.size > 0;
  }

  gaveUp(id: number): void {
    this.givenUp.add(id);
  }

  /** Whether a group has finished one of several copies of the message; from now on it has. */
  finishedBefore(group: object, id: number): boolean {
    if (this.copies.size === 0 || !this.copies.has(id)) return false;
    let groups = this.finished.get(id);
    if (groups === undefined) this.finished.set(id, (groups = new Set()));
    const before = groups.has(group);
    groups.add(group);
    return before;
  }

  /**
   * The log loses its records from this offset on, by a rule, when another broker leads than the one `before`; returns how
   * many of them were confirmed.
   */
  cut({ log, place }: Partition, from: number, rule: LossRule, before: Broker): number {
    const { world, kernel } = this.context;
    const open = this.unconfirmed();
    const struck = [brokerPlace(world, before)];
    let lost = 0;
    for (let offset = from; offset < log.logEnd; offset++) {
      if (log.sparse && !log.holds(offset)) continue;
      const id = log.id[log.at(offset)]!;
      const copies = this.copies.get(id) ?? 1;
      if (copies > 1) this.copies.set(id, copies - 1);
      else if (!open.has(id) && !this.givenUp.has(id)) {
        lost++;
        world.losses.add(kernel.now, id, place, rule, struck);
      }
    }
    this.count += lost;
    return lost;
  }

  /** Messages that clients still hold: their producers do not count on them. */
  private unconfirmed(): Set<number> {
    const { batches, messages } = this.context;
    const open = new Set<number>();
    for (const client of this.context.clients)
      for (const batch of unanswered(client, batches))
        for (let m = batches.head[batch]!; m >= 0; m = messages.next[m]!) open.add(messages.id[m]!);
    return open;
  }
}

/** Batches in a log that the client does not know to be there. */
function* unanswered(client: ProducerClient, batches: Batches): Iterable<number> {
  for (const { first } of client.accumulators)
    for (let batch = first; batch >= 0; batch = batches.next[batch]!)
      if (batches.placed[batch]! >= 0) yield batch;
  for (const { requests } of client.allConnections())
    for (const first of requests)
      for (let batch = first; batch >= 0; batch = batches.next[batch]!)
        if (batches.state[first] !== RequestState.answered || batches.outcome[batch] !== Outcome.ok)
          yield batch;
}

function brokerPlace({ places }: World, { number }: Broker): number {
  return places.add("broker", "", number);
}
