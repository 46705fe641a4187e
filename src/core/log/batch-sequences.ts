import type { Accumulator } from "./accumulator.ts";
import type { LogContext } from "./log-context.ts";

/** The accumulator's batches that its client has sent and has no answer for. */
export function* unanswered({ batches }: LogContext, { client, number }: Accumulator): Generator<number> {
  for (const { requests } of client.allConnections())
    for (const request of requests)
      for (let batch = request; batch >= 0; batch = batches.next[batch]!)
        if (batches.accumulator[batch] === number) yield batch;
}

/** Its client has done with the batch: what no log has of it will never come. */
export function doneWith(context: LogContext, batch: number): void {
  const { batches, accumulators } = context;
  const accumulator = accumulators[batches.accumulator[batch]!]!;
  const sequence = batches.sequence[batch]!;
  if (accumulator.client.settings.idempotence && sequence >= 0 && !isLogged(context, batch))
    accumulator.skip(sequence, batches.count[batch]!);
}

/**
 * The accumulator's partition has a new leader with a shorter log: that one knows of the client what its own
 * log says, and takes what it lacks in order. (ProducerStateManager)
 */
export function cutBack(context: LogContext, accumulator: Accumulator): void {
  if (!accumulator.client.settings.idempotence) return;
  const { batches } = context;
  const known = [...unanswered(context, accumulator)];
  for (let batch = accumulator.first; batch >= 0; batch = batches.next[batch]!) known.push(batch);
  const toCome = known
    .filter((batch) => batches.sequence[batch]! >= 0 && !isLogged(context, batch))
    .map((batch) => ({ sequence: batches.sequence[batch]!, count: batches.count[batch]! }));
  accumulator.expects(toCome.toSorted((a, b) => a.sequence - b.sequence));
}

function isLogged({ batches, accumulators }: LogContext, batch: number): boolean {
  if (batches.placed[batch]! < 0) return false;
  return accumulators[batches.accumulator[batch]!]!.partition.replicas?.has(batch) !== false;
}
