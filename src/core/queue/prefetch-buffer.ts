import { assert } from "../sim/invariant.ts";

/** What a consumer instance holds for its handlers, in the order in which it came: a ring that grows by doubling. */
export class PrefetchBuffer {
  length = 0;
  private first = 0;
  private copies = new Int32Array(8);
  private times = new Float64Array(8);

  push(copy: number, receivedAt: number): void {
    if (this.length === this.copies.length) this.grow();
    const at = (this.first + this.length++) & (this.copies.length - 1);
    this.copies[at] = copy;
    this.times[at] = receivedAt;
  }

  /** When the first one came, ns. */
  get firstReceivedAt(): number {
    return this.times[this.first]!;
  }

  shift(): number {
    assert(this.length > 0, "a copy is taken from a buffer that has one");
    const copy = this.copies[this.first]!;
    this.first = (this.first + 1) & (this.copies.length - 1);
    this.length--;
    return copy;
  }

  /** Takes out those that are meant. */
  extract(meant: (copy: number) => boolean): number[] {
    const taken: number[] = [];
    for (let left = this.length; left > 0; left--) {
      const { firstReceivedAt } = this;
      const copy = this.shift();
      if (meant(copy)) taken.push(copy);
      else this.push(copy, firstReceivedAt);
    }
    return taken;
  }

  private grow(): void {
    const { first, copies, times } = this;
    this.copies = new Int32Array(2 * copies.length);
    this.times = new Float64Array(2 * times.length);
    this.copies.set(copies.subarray(first));
    this.copies.set(copies.subarray(0, first), copies.length - first);
    this.times.set(times.subarray(first));
    this.times.set(times.subarray(0, first), times.length - first);
    this.first = 0;
  }
}
