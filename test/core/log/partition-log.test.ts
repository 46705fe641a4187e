import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PartitionLog } from "../../../src/core/log/partition-log.ts";
import { Messages } from "../../../src/core/sim/messages.ts";

interface Batch {
  readonly count: number;
  readonly bytes: number;
}

/** Appends a batch of messages whose ids go on from the log end. */
function append(log: PartitionLog, messages: Messages, { count, bytes }: Batch): void {
  let head = -1;
  for (let id = log.logEnd + count - 1; id >= log.logEnd; id--) {
    const message = messages.allocate();
    messages.id[message] = id;
    messages.key[message] = id % 7;
    messages.sentAt[message] = 10 * id;
    messages.source[message] = id % 3;
    messages.next[message] = head;
    head = message;
  }
  log.append(messages, head, count, bytes);
  while (head >= 0) {
    const next = messages.next[head]!;
    messages.release(head);
    head = next;
  }
}

describe("a partition's log", () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ count: fc.integer({ min: 1, max: 300 }), bytes: fc.nat(16_384) }) },
    { weight: 1, arbitrary: fc.record({ forgotten: fc.double({ min: 0, max: 1, noNaN: true }) }) },
  );

  it("holds what a plain array would, whatever is appended and forgotten", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (all) => {
        const messages = new Messages();
        const log = new PartitionLog("t", 0);
        const batches: (Batch & { readonly next: number })[] = [];
        let forgotten = 0;
        for (const one of all)
          if ("count" in one) {
            append(log, messages, one);
            batches.push({ ...one, next: log.logEnd });
          } else {
            forgotten = Math.max(forgotten, Math.floor(one.forgotten * log.logEnd));
            log.forget(forgotten);
          }
        expect(log.kept).toBe(forgotten);
        expect(log.logEnd).toBe(batches.reduce((sum, { count }) => sum + count, 0));
        expect(log.bytes).toBe(batches.reduce((sum, { bytes }) => sum + bytes, 0));
        for (let offset = forgotten; offset < log.logEnd; offset++) {
          const at = log.at(offset);
          expect([log.id[at], log.key[at], log.sentAt[at], log.source[at]]).toEqual([
            offset,
            offset % 7,
            10 * offset,
            offset % 3,
          ]);
          const batch = log.batchOf(offset);
          expect(batch).toBe(batches.findIndex(({ next }) => offset < next));
          expect([log.nextOffset(batch), log.bytesOf(batch)]).toEqual([
            batches[batch]!.next,
            batches[batch]!.bytes,
          ]);
        }
        expect(log.batchOf(log.logEnd)).toBe(batches.length);
      }),
      { numRuns: 60 },
    );
  });

  it("does not grow while what is appended is forgotten at once", () => {
    const messages = new Messages();
    const log = new PartitionLog("t", 0);
    for (let i = 0; i < 10_000; i++) {
      append(log, messages, { count: 20, bytes: 2000 });
      log.forget(log.logEnd);
    }
    expect(log.logEnd).toBe(200_000);
    expect(log.sentAt).toHaveLength(32);
  });
});
