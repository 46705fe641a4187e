import type { LossRule } from "../stats/losses.ts";
import { Station } from "../stats/trace.ts";
import type { Group } from "./group.ts";
import type { GroupPartition } from "./group-partition.ts";
import { cleanedUnread, deletedUnread, failedAndCommitted } from "./loss-rules.ts";
import type { Member } from "./member.ts";
import type { Partition } from "./partition.ts";
import type { ShareGroup } from "./share/share-group.ts";

/** A record that the group will not read again is lost at this member. `struck`: where a fault may be behind it. */
export function loseRecord(
  { context, setup }: Member,
  of: GroupPartition,
  offset: number,
  rule: LossRule,
  struck: readonly number[] = [],
  at = context.kernel.now,
): void {
  of.lost++;
  setup.stats.lost++;
  const id = of.partition.log.messageAt(offset);
  if (id !== undefined) context.world.losses.add(at, id, setup.place, rule, struck);
}

/** A member that leaves has failed on the record, and its commit says that it is done with it. */
export function loseFailed(member: Member, of: GroupPartition, offset: number, at: number): void {
  const { place, settings } = member.setup;
  loseRecord(member, of, offset, failedAndCommitted(settings), [place], at);
}

/** The member passes over a record without having read it. */
export function passOverRecord({ context, setup }: Member, of: GroupPartition, offset: number): void {
  const { kernel, trace } = context;
  const id = of.partition.log.messageAt(offset);
  of.skipped++;
  setup.stats.skip(kernel.now);
  if (id !== undefined && trace.wants(id)) trace.add(id, Station.skipped, setup.place, offset);
}

/** The broker has deleted a record that the group had not read. */
export function stampDeleted(group: Group | ShareGroup, partition: Partition, offset: number): void {
  stampGone(group, partition, offset, deletedUnread(partition.deletedBy));
}

/** A group will never finish the record: `why`, in words. */
export function stampGone(
  { context, coordinator }: Group | ShareGroup,
  { log }: Partition,
  offset: number,
  why: string,
  id = log.messageAt(offset),
): void {
  const { trace, world } = context;
  if (id !== undefined && trace.wants(id))
    trace.add(id, Station.dropped, coordinator.place, world.keys.idOf(why));
}

/** What was in hand is let go, and read again from this offset on: there is no more of it where the cleaner has taken it. */
export function letGoCleaned(of: GroupPartition, inHand: readonly number[], to: number): void {
  const { log } = of.partition;
  for (const offset of inHand)
    if (offset >= Math.max(to, log.logStart) && !log.holds(offset) && !of.repeats.has(offset))
      stampCleaned(of.group, of.partition, offset);
}

/** The cleaner has taken a record that the group will not finish. */
export function stampCleaned(
  group: Group | ShareGroup,
  partition: Partition,
  offset: number,
  id?: number,
): void {
  stampGone(group, partition, offset, cleanedUnread, id);
}
