import { CopyState, none, type Copies } from "./copies.ts";

/** What a client would send again after the loss of its connection: messages that are not confirmed yet. */
export class Unconfirmed {
  private readonly copies: Copies;
  /** Slots by the messages' numbers, in the order of sending. */
  private readonly kept = new Map<number, number>();
  /** Those that wait for the next connection. */
  private readonly toSendAgain = new Set<number>();

  constructor(copies: Copies) {
    this.copies = copies;
  }

  has(id: number): boolean {
    return this.kept.has(id) || this.toSendAgain.has(id);
  }

  /** It goes out; answers whether it did before. */
  keep(message: number): boolean {
    const id = this.copies.messages.id[message]!;
    this.kept.set(id, this.copies.twin(message));
    return this.toSendAgain.delete(id);
  }

  /** It is confirmed. */
  forget(id: number): void {
    const slot = this.kept.get(id);
    if (slot === undefined) return;
    this.kept.delete(id);
    this.copies.messages.release(slot);
  }

  /** The process that remembered them is gone. */
  clear(): void {
    for (const slot of this.kept.values()) this.copies.messages.release(slot);
    this.kept.clear();
    this.toSendAgain.clear();
  }

  /** All that was kept waits to be sent again, linked by `next`; `each` hears of their numbers. */
  sendAgain(each: (id: number) => void): { readonly first: number; readonly last: number } {
    const { copies } = this;
    let [first, last] = [none, none];
    for (const [id, slot] of this.kept) {
      each(id);
      this.toSendAgain.add(id);
      copies.enter(slot, CopyState.blocked);
      if (last < 0) first = slot;
      else copies.messages.next[last] = slot;
      last = slot;
    }
    this.kept.clear();
    return { first, last };
  }
}
