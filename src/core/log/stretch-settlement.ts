import type { Member } from "./member.ts";
import type { WorkAhead } from "./work-ahead.ts";

/**
 * Settles at one go the records of a stretch that have ended by now, where nothing becomes of them but what they count
 * for. Stops before one of which more is to be asked.
 */
export function settleTogether(member: Member, ahead: WorkAhead, now: number): void {
  const { slice, handlers, commits, setup, context } = member;
  if (ahead.traced || setup.work.mayFail) return;
  if (context.world.lineage.kept || context.replication.lost.anyCopied) return;
  const { stats, instance } = setup;
  const { ended } = stats;
  let of = handlers.of[0]!;
  let takenUpAt = handlers.takenUpAt[0]!;
  let deliveredAt = handlers.deliveredAt[0]!;
  let sentAt = handlers.sentAt[0]!;
  let settled = false;
  for (let at = ahead.nextEnd; at <= now; at = ahead.nextEnd) {
    if (of.owner !== member || of.repeats.size > 0 || of.movedKeys !== undefined) break;
    ended.add(at, instance, deliveredAt, takenUpAt, sentAt);
    of.finished++;
    of.held--;
    commits.settled(of);
    slice.take();
    of = slice.of!;
    takenUpAt = at;
    deliveredAt = slice.polledAt;
    const { log } = of.partition;
    sentAt = log.sentAt[log.at(slice.offset)]!;
    ahead.settle();
    settled = true;
  }
  if (settled) handlers.goOn(0, of, slice.offset, deliveredAt, takenUpAt);
}
