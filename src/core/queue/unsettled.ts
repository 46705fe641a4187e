const initialCapacity = 16;

/** The deliveries that a consumer holds, the oldest first, and since when it holds each. Times in ns. */
export class Unsettled {
  /** Rings of equal length, a power of two. */
  private copies = new Int32Array(initialCapacity);
  private times = new Float64Array(initialCapacity);
  private head = 0;
  private length = 0;
  /** Those in the line that were settled before an older one. */
  private readonly settledEarly = new Set<number>();
  /** Counts up each time that one of the channel's consumers comes to hold something. */
  began = 0;

  get empty(): boolean {
    return this.length === 0;
  }

  /** When the oldest went out; Infinity without one. */
  get since(): number {
    return this.length === 0 ? Infinity : this.times[this.head]!;
  }

  add(copy: number, now: number): void {
    if (this.length === this.copies.length) this.grow();
    const { copies, settledEarly } = this;
    if (settledEarly.size > 0 && settledEarly.has(copy)) this.forget(copy);
    const at = (this.head + this.length++) & (copies.length - 1);
    copies[at] = copy;
    this.times[at] = now;
  }

  settle(copy: number): void {
    if (this.length === 0) return;
    if (this.copies[this.head] === copy) this.settleOldest();
    else this.settledEarly.add(copy);
  }

  settleOldest(): void {
    if (this.length === 0) return;
    this.shift();
    const { copies, settledEarly } = this;
    while (settledEarly.size > 0 && this.length > 0 && settledEarly.delete(copies[this.head]!)) this.shift();
  }

  private shift(): void {
    this.head = (this.head + 1) & (this.copies.length - 1);
    this.length--;
  }

  /** It is delivered again, while the line still has its settled delivery. */
  private forget(copy: number): void {
    const { copies, times, head, length } = this;
    const mask = copies.length - 1;
    this.settledEarly.delete(copy);
    this.length = 0;
    for (let i = 0; i < length; i++) {
      const from = (head + i) & mask;
      if (copies[from] === copy) continue;
      const to = (head + this.length++) & mask;
      copies[to] = copies[from]!;
      times[to] = times[from]!;
    }
  }

  private grow(): void {
    const { copies, times, head, length } = this;
    this.copies = new Int32Array(2 * length);
    this.times = new Float64Array(2 * length);
    for (let i = 0; i < length; i++) {
      const from = (head + i) & (length - 1);
      this.copies[i] = copies[from]!;
      this.times[i] = times[from]!;
    }
    this.head = 0;
  }
}
