import type { GroupPartition } from "./group-partition.ts";

/** A session's partitions with batches that were not fetched; those that were served last are at the end. */
export class UnreadLine {
  first: GroupPartition | undefined = undefined;
  last: GroupPartition | undefined = undefined;

  enter(of: GroupPartition): void {
    of.unread = true;
    of.followingUnread = undefined;
    if (this.last === undefined) this.first = of;
    else this.last.followingUnread = of;
    this.last = of;
  }

  /** The first one leaves it. */
  shift(): void {
    const of = this.first!;
    this.first = of.followingUnread;
    if (this.first === undefined) this.last = undefined;
    of.unread = false;
  }

  withdraw(of: GroupPartition): void {
    of.unread = false;
    let before: GroupPartition | undefined;
    for (let one = this.first; one !== of; one = one!.followingUnread) before = one;
    if (before === undefined) this.first = of.followingUnread;
    else before.followingUnread = of.followingUnread;
    if (this.last === of) this.last = before;
  }
}
