const initialCapacity = 1024;
/** Numbers of messages for which a root is known: what was sent longer ago is not told any more. 268 MB. */
const capacityMax = 33_554_432;

/**
 * Of messages that consumers sent on: when the message that it all began with was sent, by the number of the message in
 * the run. A ring, so that it stays bounded whatever the run's length.
 */
export class Lineage {
  /** Sources from this number on send on. */
  firstSource = Infinity;
  /** Whether the roots' numbers are asked for. */
  numbered = false;
  private roots = new Float64Array(0);
  private rootIds = new Int32Array(0);
  private newest = -1;

  /** Whether anything is sent on in this run. */
  get kept(): boolean {
    return this.firstSource < Infinity;
  }

  /** The next message that is sent on: ids only grow. */
  add(id: number, rootAt: number, rootId: number): void {
    if (id >= this.roots.length && this.roots.length < capacityMax) this.grow(id);
    this.newest = id;
    this.roots[id & (this.roots.length - 1)] = rootAt;
    if (this.numbered) this.rootIds[id & (this.roots.length - 1)] = rootId;
  }

  /** When the root of a message was sent, ns: itself, if nobody sent it on; NaN where that is forgotten. */
  rootOf(source: number, id: number, sentAt: number): number {
    if (source < this.firstSource || id > this.newest) return sentAt;
    return id > this.newest - this.roots.length ? this.roots[id & (this.roots.length - 1)]! : NaN;
  }

  /** The root's number in the run; −1 where it is forgotten. */
  rootIdOf(source: number, id: number): number {
    if (source < this.firstSource || id > this.newest) return id;
    return id > this.newest - this.roots.length ? this.rootIds[id & (this.roots.length - 1)]! : -1;
  }

  /** Below the largest capacity numbers are places. */
  private grow(id: number): void {
    let capacity = Math.max(this.roots.length, initialCapacity);
    while (capacity <= id && capacity < capacityMax) capacity *= 2;
    const roots = new Float64Array(capacity);
    roots.set(this.roots);
    this.roots = roots;
    if (!this.numbered) return;
    const rootIds = new Int32Array(capacity);
    rootIds.set(this.rootIds);
    this.rootIds = rootIds;
  }
}
