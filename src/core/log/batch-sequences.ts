import type { Accumulator } from "./accumulator.ts";
import type { LogContext } from "./log-context.ts";
import { LogEvent } from "./log-event.ts";

/** The accumulator's batches that its client has sent and has no answer for. */
export function* unanswered({ batches }: LogContext, { client, number }: Accumulator): Generator<number> {
  for (const { requests } of client.allConnections())
    for (const request of requests)
      for (let batch = request; batch >= 0; batch = batches.next[batch]!)
        if (batches.accumulator[batch] === number) yield batch;
}

/** Its batches without an outcome that were sent at least once. (TxnPartitionEntry.inflightBatchesBySequence) */
function* numbered(context: LogContext, accumulator: Accumulator): Generator<number> {
  yield* unanswered(context, accumulator);
  const { batches } = context;
  for (let batch = accumulator.first; batch >= 0; batch = batches.next[batch]!)
    if (batches.sequence[batch]! >= 0) yield batch;
}

/** Its client has done with the batch, and `gaveUp` on it, or not. */
export function doneWith(context: LogContext, batch: number, gaveUp: boolean): void {
  const { batches, accumulators } = context;
  const accumulator = accumulators[batches.accumulator[batch]!]!;
  const { client } = accumulator;
  if (!client.settings.idempotence || batches.sequence[batch]! < 0) return;
  if (isLogged(context, batch)) {
    const end = batches.placed[batch]! + batches.count[batch]!;
    if (end > accumulator.doneEnd) accumulator.doneEnd = end;
  }
  // What is in a transaction is aborted with it.
  if (gaveUp && !client.dead && client.transactions === undefined) accumulator.unresolved = true;
  if (accumulator.unresolved) resolve(context, accumulator);
}

/**
 * All that was sent has its outcome: what comes next begins a new epoch, since the partition may lack something before it.
 * (TransactionManager.maybeResolveSequences)
 */
function resolve(context: LogContext, accumulator: Accumulator): void {
  if (numbered(context, accumulator).next().done !== true) return;
  accumulator.unresolved = false;
  accumulator.memory.beginsEpoch(accumulator.sequence);
  context.timer(context.kernel.now, LogEvent.retry, accumulator.number, 0);
}

/**
 * A partition refused the batch for what is missing before it. Where nothing before it is still to come, the client begins a
 * new epoch with it; answers whether it does. (TransactionManager.canRetry)
 */
export function beginsEpoch(context: LogContext, batch: number): boolean {
  const { batches, accumulators } = context;
  const accumulator = accumulators[batches.accumulator[batch]!]!;
  const sequence = batches.sequence[batch]!;
  for (const other of numbered(context, accumulator)) if (batches.sequence[other]! < sequence) return false;
  accumulator.memory.beginsEpoch(sequence);
  accumulator.unresolved = false;
  return true;
}

/**
 * The accumulator's partition has a new leader, whose log ends at this offset: that one knows of the client what its own
 * log says, and takes what it lacks in order. (ProducerStateManager)
 */
export function cutBack(context: LogContext, accumulator: Accumulator, end: number): void {
  if (!accumulator.client.settings.idempotence) return;
  const { batches } = context;
  let next = accumulator.sequence;
  for (const batch of numbered(context, accumulator))
    if (!isLogged(context, batch)) next = Math.min(next, batches.sequence[batch]!);
  const gap = accumulator.doneEnd > end;
  accumulator.doneEnd = Math.min(accumulator.doneEnd, end);
  accumulator.memory.cutBack(gap ? next - 1 : next);
}

function isLogged({ batches, accumulators }: LogContext, batch: number): boolean {
  if (batches.placed[batch]! < 0) return false;
  return accumulators[batches.accumulator[batch]!]!.partition.replicas?.has(batch) !== false;
}
