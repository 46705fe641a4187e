import { assert } from "../sim/invariant.ts";
import type { ExchangeSummary, QueueSummary, Series } from "../stats/result.ts";
import { CopyState } from "./copies.ts";
import { StreamQueue } from "./stream-queue.ts";
import { auditQueue } from "./queue-audit.ts";
import type { QueueModel } from "./queue-model.ts";
import type { RouteTable } from "./route-table.ts";
import type { VirtualHost } from "./virtual-host.ts";

export interface QueueSummaries {
  readonly queues: Readonly<Record<string, QueueSummary>>;
  readonly exchanges: Readonly<Record<string, ExchangeSummary>>;
  /** Inside the window, by any rule. */
  readonly dropped: number;
  /** Copies that have not ended. */
  readonly unfinished: number;
  /** Messages that were accepted and are gone, by no rule of the file. */
  readonly lost: number;
  /** How often a replicated queue got another leader. */
  readonly elections: number;
}

export function summarizeQueues({ host, queues, routes, context: { copies } }: QueueModel): QueueSummaries {
  return {
    queues: Object.fromEntries(queues.map((queue) => [queue.name, queue.summary()])),
    exchanges: exchangeSummaries(host, routes),
    dropped: queues.reduce((sum, queue) => sum + queue.departures.gone, 0),
    unfinished: copies.unfinished,
    lost: queues.reduce((sum, queue) => sum + queue.lost, 0),
    elections: queues.reduce((sum, queue) => sum + (queue.replicas?.elections ?? 0), 0),
  };
}

export function queueSeries({ queues }: QueueModel): Series[] {
  return queues.flatMap(({ name, depth, unacked }) => [
    { of: "queue" as const, name, metric: "depth" as const, ...depth.columns() },
    { of: "queue" as const, name, metric: "unacked" as const, ...unacked.columns() },
  ]);
}

/** Carries the levels to the end, books handlers at work, and what no consumer has finished. */
export function finishQueues(
  { context, queues, fleet: { connections: consumers } }: QueueModel,
  now: number,
): void {
  for (const queue of queues) queue.close(now);
  for (const handler of context.handlers) consumers[context.handlers.consumer[handler]!]!.bookOpen(handler);
  const unfinished = unfinishedByQueue(context, queues.length);
  const readers = new Set(consumers.map(({ stats }) => stats));
  for (const stats of readers) {
    const of = consumers.filter((one) => one.stats === stats).flatMap((one) => one.subscriptions);
    for (const queue of new Set(of.map((subscription) => subscription.queue)))
      stats.unfinished += unfinished[queue]!;
  }
}

function unfinishedByQueue({ copies, subscriptions }: QueueModel["context"], queues: number): Float64Array {
  const unfinished = new Float64Array(queues);
  for (let copy = 0; copy < copies.state.length; copy++) {
    const state = copies.state[copy]!;
    const at = copies.at[copy]!;
    if (state === CopyState.arriving || state === CopyState.ready) unfinished[at]!++;
    else if (state >= CopyState.delivering && state <= CopyState.rejecting && state !== CopyState.acking)
      unfinished[subscriptions[at]!.queue]!++;
  }
  return unfinished;
}

/**
 * Recounts every copy from the slots and from the structures that hold it: ready lists, prefetch buffers, handlers, and
 * the unacked of each subscription.
 */
export function auditQueues({ context, queues, fleet: { connections: consumers } }: QueueModel): void {
  const { copies, handlers, subscriptions } = context;
  const census = copies.audit();
  const unacked = new Float64Array(subscriptions.length);
  for (const copy of copies.unacked()) unacked[copies.at[copy]!]!++;
  for (const handler of handlers) {
    if (copies.state[handlers.copy[handler]!] === CopyState.orphaned) continue;
    const subscription = subscriptions[copies.at[handlers.copy[handler]!]!]!;
    const consumer = consumers[handlers.consumer[handler]!]!;
    assert(
      consumer.subscriptions.includes(subscription),
      "a handler works for the consumer that holds the message",
    );
    if (subscription.early) unacked[subscription.number]!--;
  }
  for (const queue of queues)
    auditQueue(queue, copies, (subscription) =>
      subscription.noAck ? 0 : unacked[subscription.number]! + subscription.acksUnderWay,
    );
  const held = consumers.reduce((sum, one) => sum + one.buffer.length, 0);
  assert(held === census[CopyState.buffered]!, "a buffered copy is in one buffer");
  const busy = consumers.reduce((sum, one) => sum + one.busy, 0);
  const inWork = census[CopyState.inWork]! + census[CopyState.orphaned]!;
  assert(busy === handlers.busy && busy === inWork, "a copy in work has one handler");
  let ready = 0;
  let stored = 0;
  for (const queue of queues)
    if (queue instanceof StreamQueue) stored += queue.length;
    else ready += queue.ready.size;
  assert(ready === census[CopyState.ready]!, "a ready copy is in one queue");
  assert(stored === census[CopyState.stored]!, "what a stream keeps is in one stream");
}

function exchangeSummaries(
  host: VirtualHost,
  tables: readonly RouteTable[],
): Record<string, ExchangeSummary> {
  const counts = host.exchanges.map(() => ({ published: 0, unroutable: 0 }));
  for (const table of tables)
    for (const { queues, messages } of table.counted()) {
      const count = counts[table.exchange]!;
      count.published += messages;
      if (queues.length === 0) count.unroutable += messages;
    }
  const shown = host.exchanges.filter(
    ({ handle, isDeclared, isDefault }) =>
      isDeclared || (!isDefault && tables.some((table) => table.exchange === handle)),
  );
  return Object.fromEntries(shown.map(({ handle, settings: { name } }) => [name, counts[handle]!]));
}
