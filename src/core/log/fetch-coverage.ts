import type { FetchSession } from "./fetch-session.ts";
import type { GroupPartition } from "./group-partition.ts";

/**
 * How the fetch that is under way differs from what its session reads by now: partitions came and went, or are read on
 * from elsewhere, after it was sent. The broker goes by the request (DelayedFetch); the client has no use for what it
 * gets beyond its own positions, and says where it reads with the next.
 */
export class FetchCoverage {
  private readonly session: FetchSession;
  /** Those that it does not ask for, or not from where they are read; since when, ns. */
  private readonly lacking = new Map<GroupPartition, number>();
  /** Those that it asks for in vain: from which offset, and since when, ns. */
  private readonly surplus = new Map<GroupPartition, { readonly offset: number; readonly since: number }>();

  constructor(session: FetchSession) {
    this.session = session;
  }

  /** It asks for just what the session reads. */
  get exact(): boolean {
    return this.lacking.size === 0 && this.surplus.size === 0;
  }

  lacks(of: GroupPartition): boolean {
    return this.lacking.has(of);
  }

  /** The session reads the partition from its position on. */
  added(of: GroupPartition, now: number): void {
    if (this.surplus.get(of)?.offset === of.fetched) this.forget(of);
    else this.lacking.set(of, now);
  }

  /** The session does not read it, or not from there, any more; its broker leads it still. */
  dropped(of: GroupPartition, now: number): void {
    if (this.lacking.delete(of)) return;
    this.surplus.set(of, { offset: of.fetched, since: now });
    of.askedInVain.add(this.session);
  }

  /** A request has been sent at this time: it takes up what had changed by then. */
  sent(at: number): void {
    if (this.exact) return;
    for (const [of, since] of this.lacking) if (since < at) this.lacking.delete(of);
    for (const [of, { since }] of this.surplus) if (since < at) this.forget(of);
  }

  clear(): void {
    if (this.exact) return;
    this.lacking.clear();
    for (const of of this.surplus.keys()) this.forget(of);
  }

  /** Bytes that the broker has for it and the client will drop, so many of each partition at most; `movedAt`: when they are sent. */
  wasted(most: number, movedAt?: number): number {
    let bytes = 0;
    for (const [of, { offset }] of this.surplus) {
      const { log } = of.partition;
      let own = 0;
      for (let batch = log.batchOf(offset); batch < of.view.readableBatches && own < most; batch++)
        own += log.bytesOf(batch);
      const moved = Math.min(own, most);
      if (movedAt !== undefined) of.partition.network.add(movedAt, moved);
      bytes += moved;
    }
    return bytes;
  }

  private forget(of: GroupPartition): void {
    this.surplus.delete(of);
    of.askedInVain.delete(this.session);
  }
}
