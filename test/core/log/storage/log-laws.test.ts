import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LogStep } from "../../../../src/core/log/conformance/log-scenario.ts";
import { play, type Played } from "./played.ts";

const producerId = fc.integer({ min: 1, max: 3 });
const key = fc.constantFrom("a", "b", "c", "d");
const value = fc.option(fc.constantFrom("1", "22", "333"), { nil: null });

/** What a producer does, its sequence numbers left open. */
const action = fc.oneof(
  { weight: 6, arbitrary: fc.record({ op: fc.constant("append"), key, value }) },
  {
    weight: 3,
    arbitrary: fc.record({
      op: fc.constant("appendTxn"),
      producerId,
      key,
      count: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constant("endTransaction"),
      producerId,
      type: fc.constantFrom("COMMIT", "ABORT"),
    }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant("sleep"), ms: fc.integer({ min: 1, max: 3000 }) }) },
  { weight: 2, arbitrary: fc.constant({ op: "roll" }) },
  { weight: 2, arbitrary: fc.constant({ op: "clean" }) },
  { weight: 1, arbitrary: fc.constant({ op: "retentionCheck" }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant("setHighWatermark"), highWatermark: fc.nat(60) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant("deleteRecordsBefore"), offset: fc.nat(30) }) },
);

/** Gives each producer its sequence numbers. */
function sequenced(actions: readonly LogStep[]): LogStep[] {
  const sequences = new Map<unknown, number>();
  return actions.map((one) => {
    if (one.op !== "appendTxn") return { ...one, epoch: 0 };
    const baseSequence = sequences.get(one["producerId"]) ?? 0;
    sequences.set(one["producerId"], baseSequence + Number(one["count"]));
    return { ...one, epoch: 0, baseSequence, value: `p${baseSequence}` };
  });
}

const steps = fc.array(action, { maxLength: 40 }).map(sequenced);

/** Offsets whose transaction was aborted, from what was asked of the log. */
function abortedOffsets(played: readonly Played[]): Set<number> {
  const open = new Map<unknown, number[]>();
  const aborted = new Set<number>();
  for (const { op, producerId, firstOffset, lastOffset, type, error } of played)
    if (error !== undefined) continue;
    else if (op === "appendTxn") {
      const offsets = open.get(producerId) ?? [];
      for (let at = Number(firstOffset); at <= Number(lastOffset); at++) offsets.push(at);
      open.set(producerId, offsets);
    } else if (op === "endTransaction") {
      if (type === "ABORT") for (const offset of open.get(producerId) ?? []) aborted.add(offset);
      open.delete(producerId);
    }
  return aborted;
}

describe("whatever happens to a log", () => {
  const configs = fc.constantFrom(
    { "cleanup.policy": "delete", "retention.ms": "2000" },
    { "cleanup.policy": "delete", "retention.bytes": "400" },
    { "cleanup.policy": "compact", "delete.retention.ms": "1000" },
    { "cleanup.policy": "compact,delete", "retention.ms": "3000", "min.compaction.lag.ms": "500" },
  );

  it("its offsets are dense and ordered, and its bytes are those of its segments", () => {
    fc.assert(
      fc.property(configs, steps, (config, all) => {
        let logEnd = 0;
        for (const { op, offset, firstOffset, lastOffset, markerOffset, error, after } of play(config, all)) {
          if (error === undefined && op === "append") expect(offset).toBe(logEnd);
          if (error === undefined && op === "appendTxn") expect(firstOffset).toBe(logEnd);
          if (op === "append" || op === "appendTxn" || op === "endTransaction")
            logEnd = Number(offset ?? lastOffset ?? markerOffset ?? logEnd - 1) + 1;
          expect(after.logEndOffset).toBe(logEnd);
          expect(after.logStartOffset).toBeLessThanOrEqual(after.highWatermark);
          expect(after.lastStableOffset).toBeLessThanOrEqual(after.highWatermark);
          expect(after.highWatermark).toBeLessThanOrEqual(logEnd);
          expect(after.segments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)).toBe(after.sizeBytes);
          expect(
            after.segments.every(
              ({ baseOffset }, i) => i === 0 || baseOffset > after.segments[i - 1]!.baseOffset,
            ),
          ).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("readers see whole batches below their bound, and a committed one nothing of an aborted transaction", () => {
    const isolation = fc.constantFrom("HIGH_WATERMARK", "TXN_COMMITTED");
    fc.assert(
      fc.property(
        configs,
        steps,
        isolation,
        fc.nat(40),
        fc.nat(300),
        (config, all, isolation, fromOffset, maxBytes) => {
          const played = play(config, [...all, { op: "read", isolation, fromOffset, maxBytes }]);
          const { offsets, abortedTransactions, error, after } = played.at(-1)!;
          if (error !== undefined) {
            expect(fromOffset < after.logStartOffset || fromOffset > after.logEndOffset).toBe(true);
            return;
          }
          const bound = isolation === "TXN_COMMITTED" ? after.lastStableOffset : after.highWatermark;
          const seen = offsets as readonly number[];
          for (const offset of seen) expect(offset).toBeLessThan(bound);
          if (isolation !== "TXN_COMMITTED") return;
          // The reader leaves out what the answer names: a producer's records from the first offset to its marker.
          const shown = new Map(after.records.map((record) => [record.offset, record]));
          const aborted = abortedOffsets(played);
          const named = abortedTransactions as readonly { producerId: number; firstOffset: number }[];
          for (const offset of seen) {
            if (!aborted.has(offset)) continue;
            const { producerId } = shown.get(offset) as unknown as { producerId: number };
            expect(named.some((one) => one.producerId === producerId && one.firstOffset <= offset)).toBe(
              true,
            );
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("a compacted log", () => {
  it("keeps the last committed value of each key, whatever is cleaned when", () => {
    const config = { "cleanup.policy": "compact", "delete.retention.ms": "1000" };
    const kept = steps.map((all) => all.filter(({ op }) => op !== "deleteRecordsBefore"));
    fc.assert(
      fc.property(kept, (all) => {
        const played = play(config, all);
        const uncleaned = play(
          config,
          all.filter(({ op }) => op !== "clean"),
        );
        expect(valuesOf(played)).toEqual(valuesOf(uncleaned));
      }),
      { numRuns: 1000 },
    );
  });

  it("never moves a record, and once clean holds one of each key below its end", () => {
    const config = { "cleanup.policy": "compact" };
    const plain = fc.array(fc.record({ op: fc.constant("append"), key, value }), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(plain, (all) => {
        const [before, cleaned] = play(config, [...all, { op: "roll" }, { op: "clean" }]).slice(-2);
        const { records } = cleaned!.after;
        const one = (wanted: number) => before!.after.records.find(({ offset }) => offset === wanted);
        for (const { offset, key, value } of records) expect(one(offset)).toMatchObject({ key, value });
        expect(records).toHaveLength(new Set(all.map(({ key }) => key)).size);
        expect(new Set(records.map(({ key }) => key))).toEqual(new Set(all.map(({ key }) => key)));
      }),
      { numRuns: 500 },
    );
  });
});

/** The state that a reader of everything builds: no aborted record, no key whose last word was a tombstone. */
function valuesOf(played: readonly Played[]): Map<string, string> {
  const aborted = abortedOffsets(played);
  const values = new Map<string, string>();
  for (const { offset, key, value } of played.at(-1)?.after.records ?? []) {
    if (key === null || key === undefined || aborted.has(offset)) continue;
    if (value === null) values.delete(key);
    else values.set(key, value);
  }
  return values;
}
