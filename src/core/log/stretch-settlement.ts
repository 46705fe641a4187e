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
  const { ended } = ahead;
  let count = 0;
  for (let at = ahead.nextEnd; at <= now; at = ahead.nextEnd) {
    const of = handlers.of[0]!;
    if (of.owner !== member || of.repeats.size > 0 || of.movedKeys !== undefined) break;
    ended.endedAt[count] = at;
    ended.takenUpAt[count] = handlers.takenUpAt[0]!;
    ended.deliveredAt[count] = handlers.deliveredAt[0]!;
    ended.sentAt[count++] = handlers.sentAt[0]!;
    of.finished++;
    of.held--;
    commits.settled(of);
    slice.take();
    handlers.goOn(0, slice.of!, slice.offset, slice.polledAt, at);
    ahead.settle();
  }
  ended.count = count;
  setup.stats.finishAll(ended, setup.instance);
}
