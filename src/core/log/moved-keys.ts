import { noKey } from "../sim/messages.ts";
import type { GroupPartition } from "./group-partition.ts";
import type { Handlers } from "./handlers.ts";

/** The record of a key that was sent last among those finished. */
interface Latest {
  readonly of: GroupPartition;
  readonly sentAt: number;
  readonly finishedAt: number;
}

/**
 * What a group has finished of each key of a topic to which partitions were added: from then on a key may have records
 * in two partitions, and nothing keeps their order.
 */
export class MovedKeys {
  private readonly latest = new Map<number, Latest>();

  /** A record is finished; true where it and the latest one of its key, of another partition, end in the wrong order. */
  overtakes(handlers: Handlers, handler: number, finishedAt: number): boolean {
    const key = handlers.key[handler]!;
    if (key === noKey) return false;
    const of = handlers.of[handler]!;
    const sentAt = handlers.sentAt[handler]!;
    const latest = this.latest.get(key);
    if (latest === undefined || sentAt >= latest.sentAt) this.latest.set(key, { of, sentAt, finishedAt });
    if (latest === undefined || latest.of === of) return false;
    return (sentAt - latest.sentAt) * (finishedAt - latest.finishedAt) < 0;
  }
}
