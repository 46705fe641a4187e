import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { presets } from "../../../src/core/model/calibration.ts";
import { Broker } from "../../../src/core/log/broker.ts";
import type { Group } from "../../../src/core/log/group.ts";
import { GroupPartition } from "../../../src/core/log/group-partition.ts";
import { SliceByKey, SliceByPartition } from "../../../src/core/log/ordered-slice.ts";
import { PartitionLog } from "../../../src/core/log/partition-log.ts";
import { Partition } from "../../../src/core/log/partition.ts";
import { HeldBytes } from "../../../src/core/log/storage/held-bytes.ts";
import { Slice } from "../../../src/core/log/slice.ts";
import { Messages } from "../../../src/core/sim/messages.ts";
import { MovedBytes } from "../../../src/core/stats/moved-bytes.ts";

const broker = new Broker(1, presets.ideal);

/** A partition whose record at each offset has the key given there. */
function partition(number: number, keys: readonly number[]): GroupPartition {
  const of = new Partition(
    new PartitionLog("t", number),
    broker,
    0,
    new HeldBytes(1e9, 0),
    new MovedBytes(0),
  );
  const messages = new Messages();
  let head = -1;
  for (const key of keys.toReversed()) {
    const message = messages.allocate();
    messages.key[message] = key;
    messages.next[message] = head;
    head = message;
  }
  of.append(messages, head, keys.length, 100, 0);
  const group = { viewOf: ({ log }: Partition) => log, oldest: { enter: () => 0 } } as unknown as Group;
  return new GroupPartition(`t-${number}`, of, group, 0, 1e9, 0);
}

function takeAll(slice: Slice): string[] {
  const taken: string[] = [];
  while (slice.take()) taken.push(`${slice.of!.partition.log.partition}:${slice.offset}`);
  return taken;
}

describe("what poll() returned", () => {
  it("is taken in its order, with the time of its poll", () => {
    const [a, b] = [partition(0, [0, 0, 0]), partition(1, [0, 0])];
    const slice = new Slice();
    slice.add(a, 0, 2, 10);
    slice.add(b, 0, 2, 10);
    slice.add(a, 2, 3, 20);
    expect([slice.held, slice.countOf(a), slice.lowest(a), slice.lowest(b)]).toEqual([5, 3, 0, 0]);
    expect(takeAll(slice)).toEqual(["0:0", "0:1", "1:0", "1:1", "0:2"]);
    expect([slice.polledAt, slice.held, slice.countOf(a), slice.lowest(a)]).toEqual([20, 0, 0, Infinity]);
  });

  it("keeps its order however much is added between", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.nat(9)), { maxLength: 80 }),
        (rounds) => {
          const of = partition(0, [0]);
          const slice = new Slice();
          let added = 0;
          let taken = 0;
          for (const [more, less] of rounds) {
            slice.add(of, added, (added += more), 0);
            for (let i = 0; i < less && taken < added; i++) {
              expect(slice.take()).toBe(true);
              expect(slice.offset).toBe(taken++);
            }
            expect([slice.held, slice.countOf(of)]).toEqual([added - taken, added - taken]);
            expect(slice.lowest(of)).toBe(taken < added ? taken : Infinity);
          }
        },
      ),
    );
  });

  it("by partition gives one record of each until it is released", () => {
    const [a, b] = [partition(0, [0, 0, 0]), partition(1, [0, 0])];
    const slice = new SliceByPartition();
    slice.add(a, 0, 3, 0);
    slice.add(b, 0, 2, 0);
    expect(takeAll(slice)).toEqual(["0:0", "1:0"]);
    slice.released(b);
    expect(takeAll(slice)).toEqual(["1:1"]);
    slice.released(b);
    expect(takeAll(slice)).toEqual([]);
    slice.released(a);
    slice.add(b, 2, 3, 0);
    expect(takeAll(slice)).toEqual(["0:1", "1:2"]);
    expect([slice.held, slice.countOf(a), slice.lowest(a)]).toEqual([1, 1, 2]);
  });

  it("by key passes over records whose key is in work, and gives them their turn", () => {
    const of = partition(0, [1, 1, 2, 1, 3]);
    const working = new Set<number>();
    const slice = new SliceByKey((_, key) => working.has(key));
    const take = () => {
      if (!slice.take()) return undefined;
      working.add(of.partition.log.key[of.partition.log.at(slice.offset)]!);
      return slice.offset;
    };
    const release = (key: number) => {
      working.delete(key);
      slice.released();
    };
    slice.add(of, 0, 5, 0);
    expect([take(), take(), take(), take()]).toEqual([0, 2, 4, undefined]);
    expect([slice.held, slice.lowest(of), slice.countOf(of)]).toEqual([2, 1, 2]);
    release(1);
    expect([take(), take()]).toEqual([1, undefined]);
    release(1);
    expect([take(), take()]).toEqual([3, undefined]);
    expect(slice.held).toBe(0);
  });
});
