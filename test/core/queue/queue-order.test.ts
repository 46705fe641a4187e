import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Copies, CopyState } from "../../../src/core/queue/copies.ts";
import { FinishOrder } from "../../../src/core/queue/finish-order.ts";
import { ReadyOrder } from "../../../src/core/queue/ready-order.ts";
import { Rotation, Subscription } from "../../../src/core/queue/rotation.ts";
import { Messages } from "../../../src/core/sim/messages.ts";

function copiesOf(keys: readonly number[]): { copies: Copies; all: readonly number[] } {
  const copies = new Copies(new Messages());
  const all = keys.map((key, sequence) => {
    const copy = copies.messages.allocate();
    copies.enter(copy, CopyState.ready);
    copies.messages.key[copy] = key;
    copies.sequence[copy] = sequence;
    return copy;
  });
  return { copies, all };
}

describe("the ready copies of a queue", () => {
  it("leave in the order of publishing, whatever returns meanwhile", () => {
    const step = fc.oneof(fc.constant("push" as const), fc.constant("take" as const), fc.nat());
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const { copies, all } = copiesOf(steps.map(() => 0));
        const ready = new ReadyOrder(copies);
        const model: number[] = [];
        const out: number[] = [];
        let published = 0;
        for (const step of steps) {
          if (step === "push") {
            const copy = all[published++]!;
            ready.push(copy);
            model.push(copy);
          } else if (step === "take") {
            if (model.length === 0) continue;
            model.sort((a, b) => copies.sequence[a]! - copies.sequence[b]!);
            const front = model.shift()!;
            expect(ready.take()).toBe(front);
            out.push(front);
          } else if (out.length > 0) {
            const [back] = out.splice(step % out.length, 1);
            ready.putBack(back!);
            model.push(back!);
          }
          expect(ready.size).toBe(model.length);
        }
        model.sort((a, b) => copies.sequence[a]! - copies.sequence[b]!);
        expect([...ready]).toEqual(model);
      }),
    );
  });
});

describe("the order of finishing", () => {
  it("is broken by whoever overtakes an unfinished one of the same key", () => {
    const finishes = fc.array(fc.nat(), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(
        finishes,
        fc.array(fc.constantFrom(-1, 0, 1, 2_000_000_000), { minLength: 60, maxLength: 60 }),
        (picks, keys) => {
          const { copies, all } = copiesOf(keys);
          const order = new FinishOrder(copies);
          const unfinished: number[] = [];
          let delivered = 0;
          for (const pick of picks) {
            for (let i = 0; i <= pick % 3 && delivered < all.length; i++) {
              order.append(all[delivered]!);
              unfinished.push(all[delivered++]!);
            }
            if (unfinished.length === 0) return;
            const [copy] = unfinished.splice(pick % unfinished.length, 1);
            const overtaken = unfinished.some(
              (one) =>
                copies.messages.key[one] === copies.messages.key[copy!] &&
                copies.sequence[one]! < copies.sequence[copy!]!,
            );
            expect(order.remove(copy!)).toBe(overtaken);
          }
        },
      ),
    );
  });
});

const receiver = { deliver: () => undefined };
const consumer = (number: number, prefetch: number, noAck = false) =>
  new Subscription(number, 0, receiver, { prefetch, noAck });
const credit = (rotation: Rotation, one: Subscription) => {
  one.release();
  rotation.enterAgain(one);
};

describe("consumers in rotation", () => {
  it("take turns, and one that was full comes last again", () => {
    const rotation = new Rotation();
    const [c1, c2] = [consumer(1, 1), consumer(2, 1)];
    rotation.enter(c1);
    rotation.enter(c2);
    expect(rotation.take()).toBe(c1);
    credit(rotation, c1);
    expect(rotation.take()).toBe(c2);
    credit(rotation, c2);
    expect([rotation.take(), rotation.take(), rotation.take()]).toEqual([c1, c2, undefined]);
    credit(rotation, c2);
    credit(rotation, c1);
    expect([rotation.take(), rotation.take()]).toEqual([c2, c1]);
  });

  it("ask no credit of one that acks nothing", () => {
    const rotation = new Rotation();
    const free = consumer(1, Infinity, true);
    rotation.enter(free);
    expect([rotation.take(), rotation.take(), rotation.take()]).toEqual([free, free, free]);
    expect(free.unacked).toBe(0);
  });

  it("never give one more than its prefetch, nor anything after a cancel, and nobody is left out", () => {
    const action = fc.tuple(fc.constantFrom("take", "credit", "cancel", "enter"), fc.nat({ max: 3 }));
    fc.assert(
      fc.property(
        fc.array(action, { maxLength: 150 }),
        fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 4, maxLength: 4 }),
        (actions, limits) => {
          const rotation = new Rotation();
          const all = limits.map((limit, number) => consumer(number, limit));
          for (const [what, which] of actions) {
            const one = all[which]!;
            if (what === "credit" && one.unacked > 0) credit(rotation, one);
            if (what === "cancel") rotation.cancel(one);
            if (what === "enter") rotation.enter(one);
            if (what !== "take") continue;
            const able = all.filter((each) => each.active && each.unacked < each.prefetch);
            const taken = rotation.take();
            if (able.length === 0) expect(taken).toBeUndefined();
            else expect(able).toContain(taken);
            for (const each of all) expect(each.unacked).toBeLessThanOrEqual(each.prefetch);
          }
        },
      ),
    );
  });
});
