/** What a group's coordinator has of the broker around it. Times in ns. */
export interface CoordinatorHost {
  readonly now: number;
  /** Calls the group's `expire(alarm)` then; a later call for the same alarm makes the earlier one void, Infinity ends it. */
  wake(alarm: number, time: number): void;
  /** A rebalance begins, or a target is to be computed anew. */
  rebalances(reason: RebalanceReason): void;
  /** Each member has what it is to have. */
  stable(generation: number): void;
}

/** Why a group rebalances or a member is removed, for people; the setting where it is one. */
export type RebalanceReason =
  | "a member joined"
  | "a member joined again"
  | "a member gave partitions up"
  | "a member left"
  | "session.timeout.ms"
  | "max.poll.interval.ms"
  | "group.share.session.timeout.ms"
  | "partitions were added";

/** The alarm that no member has: a join's end, or the time by which all must have their assignment. */
export const groupAlarm = 0;

/** Why nobody lets a member join, in Kafka's names: its client throws. */
export type JoinRefusal =
  "GROUP_MAX_SIZE_REACHED" | "INVALID_SESSION_TIMEOUT" | "UNSUPPORTED_ASSIGNOR" | "UNSUPPORTED_VERSION";

/** Why a member's request is refused, in Kafka's names. */
export type GroupError = "REBALANCE_IN_PROGRESS" | "UNKNOWN_MEMBER_ID" | "ILLEGAL_GENERATION";
