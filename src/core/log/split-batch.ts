import type { LogContext } from "./log-context.ts";
import { batchOverhead } from "./record-size.ts";

/**
 * A batch that is too large for its topic becomes several, of half its bytes or of its largest record; each is as much
 * tried as it was. Answers with them, in order. (ProducerBatch.split)
 */
export function splitBatch(
  { batches, messages, accumulators }: LogContext,
  batch: number,
  bytesOf: (message: number, offsetDelta: number) => number,
): number[] {
  const accumulator = accumulators[batches.accumulator[batch]!]!;
  let largest = 0;
  for (let m = batches.head[batch]!; m >= 0; m = messages.next[m]!)
    largest = Math.max(largest, bytesOf(m, 0));
  const factor = accumulator.estimate?.factor;
  const bytesMax = Math.max(batchOverhead + largest, batches.bytes[batch]! / 2);
  const parts: number[] = [];
  let part = -1;
  let sequence = batches.sequence[batch]!;
  for (let m = batches.head[batch]!; m >= 0;) {
    const next = messages.next[m]!;
    let bytes = part < 0 ? 0 : bytesOf(m, batches.count[part]!);
    if (part < 0 || batches.estimated(part) + bytes > bytesMax) {
      part = batches.open(accumulator.number, batchOverhead, batches.openedAt[batch]!, factor);
      batches.attempts[part] = batches.attempts[batch]!;
      batches.sequence[part] = sequence;
      parts.push(part);
      bytes = bytesOf(m, 0);
    }
    batches.add(part, m, bytes, messages);
    sequence++;
    m = next;
  }
  batches.release(batch);
  return parts;
}
