import { assert } from "../sim/invariant.ts";

/** Copies in the order in which they came: a ring that grows by doubling. */
export class CopyRing {
  length = 0;
  private first = 0;
  private ring = new Int32Array(8);

  push(copy: number): void {
    if (this.length === this.ring.length) this.grow();
    this.ring[(this.first + this.length++) & (this.ring.length - 1)] = copy;
  }

  /** The first; −1 when there is none. */
  peek(): number {
    return this.length === 0 ? -1 : this.ring[this.first]!;
  }

  shift(): number {
    assert(this.length > 0, "a copy is taken from a ring that has one");
    const copy = this.ring[this.first]!;
    this.first = (this.first + 1) & (this.ring.length - 1);
    this.length--;
    return copy;
  }

  /** Those behind the first so many go. */
  truncate(length: number): void {
    assert(length >= 0 && length <= this.length, "a ring is cut to less than it holds");
    this.length = length;
  }

  *[Symbol.iterator](): Iterable<number> & Iterator<number> {
    for (let i = 0; i < this.length; i++) yield this.ring[(this.first + i) & (this.ring.length - 1)]!;
  }

  private grow(): void {
    const larger = new Int32Array(2 * this.ring.length);
    larger.set(this.ring.subarray(this.first));
    larger.set(this.ring.subarray(0, this.first), this.ring.length - this.first);
    this.ring = larger;
    this.first = 0;
  }
}
