import { describe, expect, it } from "vitest";
import { play } from "./played.ts";

const put = (key: string | null, value: string | null = "1") => ({ op: "append", key, value });
const roll = { op: "roll" };
const check = { op: "retentionCheck" };
const clean = { op: "clean" };
const sleep = (ms: number) => ({ op: "sleep", ms });
const txn = (producerId: number, baseSequence: number, count = 1) => ({
  ...{ op: "appendTxn", producerId, epoch: 0, baseSequence, count },
});
const end = (producerId: number, type: "COMMIT" | "ABORT", epoch = 0) => ({
  ...{ op: "endTransaction", producerId, epoch, type },
});
const readCommitted = (fromOffset = 0) => ({ op: "read", fromOffset, isolation: "TXN_COMMITTED" });

describe("retention", () => {
  it("by size deletes the oldest segments while the log without them holds the limit", () => {
    const fill = { op: "appendMany", count: 4, valueBytes: 400_000 };
    const [, after] = play({ "segment.bytes": "500000", "retention.bytes": "900000" }, [fill, check]);
    expect(after).toMatchObject({ segmentsDeleted: 1, after: { logStartOffset: 1, sizeBytes: 3 * 400_072 } });
  });

  it("deletes what lies before the log start, whatever the policy", () => {
    const steps = [put("a"), roll, put("b"), { op: "deleteRecordsBefore", offset: 1 }, check];
    const played = play({ "cleanup.policy": "compact" }, steps);
    expect(played[3]!.after).toMatchObject({ logStartOffset: 1, sizeBytes: 140 });
    expect(played[4]).toMatchObject({ segmentsDeleted: 1, after: { logStartOffset: 1, sizeBytes: 70 } });
  });

  it("leaves a compacted log alone, unless it deletes as well", () => {
    const steps = [put("a"), roll, sleep(5000), check];
    const config = { "retention.ms": "1000" };
    expect(play({ ...config, "cleanup.policy": "compact" }, steps)[3]).toMatchObject({ segmentsDeleted: 0 });
    expect(play({ ...config, "cleanup.policy": "compact,delete" }, steps)[3]).toMatchObject({
      segmentsDeleted: 1,
    });
  });

  it("-1 keeps everything", () => {
    expect(play({ "retention.ms": "-1" }, [put("a"), roll, sleep(1e12), check])[3]).toMatchObject({
      segmentsDeleted: 0,
    });
  });
});

describe("records are deleted", () => {
  it("at once for readers, up to the high watermark", () => {
    const [, , deleted, below, beyond] = play({}, [
      ...[put("a"), put("b"), { op: "deleteRecordsBefore", offset: 2 }],
      ...[
        { op: "read", fromOffset: 0 },
        { op: "deleteRecordsBefore", offset: 3 },
      ],
    ]);
    expect(deleted!.after.logStartOffset).toBe(2);
    expect(below).toMatchObject({ error: "OffsetOutOfRangeException" });
    expect(beyond).toMatchObject({ error: "OffsetOutOfRangeException", after: { logStartOffset: 2 } });
  });
});

describe("appends are refused", () => {
  it.each([
    [
      "without a key in a compacted topic",
      { "cleanup.policy": "compact" },
      put(null),
      "RecordValidationException",
    ],
    [
      "above max.message.bytes",
      { "max.message.bytes": "100" },
      { ...put("a"), batchBytes: 101 },
      "RecordTooLargeException",
    ],
    [
      "above segment.bytes",
      { "segment.bytes": "100" },
      { ...put("a"), batchBytes: 101 },
      "RecordBatchTooLargeException",
    ],
    [
      "with a time too far ahead",
      { "message.timestamp.after.max.ms": "10" },
      { ...put("a"), timestampMs: 11 },
      "RecordValidationException",
    ],
  ])("%s", (_, config, step, error) => {
    expect(play(config, [step])[0]).toMatchObject({ error, after: { logEndOffset: 0, sizeBytes: 0 } });
  });
});

describe("the cleaner", () => {
  it("counts max.compaction.lag.ms as an age for rolling, too", () => {
    const steps = [put("a"), sleep(1001), put("a")];
    const config = { "cleanup.policy": "compact", "max.compaction.lag.ms": "1000" };
    expect(play(config, steps)[2]!.after.segments).toHaveLength(2);
  });

  it("stops before an open transaction", () => {
    const steps = [put("k"), roll, put("k"), roll, { ...txn(7, 0) }, put("k"), roll, clean];
    const cleaned = play({ "cleanup.policy": "compact" }, steps).at(-1)!;
    expect(cleaned).toMatchObject({ firstUncleanableOffset: 2, cleanedUpTo: 2 });
    expect(cleaned.after.records.map(({ offset }) => offset)).toEqual([1, 2, 3]);
  });

  it("merges segments as far as one holds them", () => {
    const fill = (key: string) => [{ op: "append", key, value: "1", batchBytes: 400 }, roll];
    const steps = ["a", "b", "c", "d", "e"].flatMap(fill);
    const { after } = play({ "cleanup.policy": "compact", "segment.bytes": "1000" }, [...steps, clean]).at(
      -1,
    )!;
    expect(after.segments.map(({ baseOffset }) => baseOffset)).toEqual([0, 2, 4, 5]);
  });

  it("removes a tombstone that is alone in its batch, and all of its key", () => {
    const config = { "cleanup.policy": "compact", "delete.retention.ms": "10" };
    const steps = [put("k"), put("k", null), put("z"), roll, clean, sleep(10), put("z"), roll, clean];
    expect(play(config, steps).at(-1)!.after.records).toEqual([{ offset: 3, key: "z", value: "1" }]);
  });
});

describe("transactions", () => {
  it("hold a committed reader at the first of the oldest open one", () => {
    const steps = [
      txn(1, 0),
      txn(2, 0),
      put("a"),
      end(1, "COMMIT"),
      readCommitted(),
      end(2, "COMMIT"),
      readCommitted(),
    ];
    const played = play({}, steps);
    expect(played.map(({ after }) => after.lastStableOffset)).toEqual([0, 0, 0, 1, 1, 5, 5]);
    expect(played[4]).toMatchObject({ offsets: [0] });
    expect(played[6]).toMatchObject({ offsets: [0, 1, 2, 3, 4], abortedTransactions: [] });
  });

  it("name the aborted ones that a reader has to leave out", () => {
    const steps = [
      txn(1, 0, 2),
      put("a"),
      end(1, "ABORT"),
      txn(1, 2),
      end(1, "COMMIT"),
      readCommitted(),
      readCommitted(4),
    ];
    const played = play({}, steps);
    expect(played[5]).toMatchObject({ abortedTransactions: [{ producerId: 1, firstOffset: 0 }] });
    expect(played[6]).toMatchObject({ abortedTransactions: [] });
  });

  it("fence an older epoch, and start a newer one at sequence 0", () => {
    const played = play({}, [
      txn(1, 0),
      end(1, "ABORT", 1),
      txn(1, 1),
      { ...txn(1, 1), epoch: 1 },
      { ...txn(1, 0), epoch: 1 },
    ]);
    expect(played.slice(2)).toMatchObject([
      { error: "InvalidProducerEpochException" },
      { error: "OutOfOrderSequenceException" },
      { firstOffset: 2 },
    ]);
  });

  it("are forgotten with what a truncation cuts off", () => {
    const cut = { op: "truncateTo", offset: 1 };
    const played = play({}, [
      put("a"),
      txn(1, 0),
      end(1, "ABORT"),
      cut,
      put("b"),
      txn(1, 0),
      readCommitted(),
    ]);
    expect(played[3]!.after).toMatchObject({ logEndOffset: 1, lastStableOffset: 1 });
    expect(played[5]).toMatchObject({ firstOffset: 2, after: { lastStableOffset: 2 } });
    expect(played[6]).toMatchObject({ offsets: [0, 1], abortedTransactions: [] });
  });
});
