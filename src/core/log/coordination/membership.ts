/** A member's part in its group: what the client does beside fetching and committing, by the group's protocol. */
export interface Membership {
  /** `poll()` has something to do for the group before it returns records. */
  readonly wantsPoll: boolean;
  /** Nothing can be taken up for the group: it waits for what `poll()` has to do first, or for its partitions, of which it has none. */
  readonly rebalancing: boolean;
  /** Within `poll()`; false while the poll loop has to wait for it. */
  poll(): boolean;
  /** Its member has just heard how many partitions topics have; only who assigns cares. */
  topicsRefreshed?(): void;
  /** It has been a member since before the run, and has its partitions. */
  begin(): void;
  /** The client starts. */
  join(): void;
  /** It has closed: all is committed and given up. */
  leave(): void;
  /** The process is gone without a word. */
  crash(): void;
  /** It has not polled for `max.poll.interval.ms`. */
  pollTimedOut(): void;
  /** Brokers or the network have changed: it may have lost its coordinator, or may find it again. */
  reviewCoordinator(): void;
  /** A step of the protocol that was scheduled for the member. */
  step(step: number): void;
}

/** Steps of a member in the protocol of its group, each after the network's latency or at its next heartbeat. */
export const MemberStep = {
  /** Its request reaches the coordinator. */
  requestArrives: 0,
  /** The coordinator's answer reaches it. */
  answerArrives: 1,
  /** Its next heartbeat has been answered, with news. */
  heartbeatAnswered: 2,
  /** It knows where to read the partitions that it got. */
  positionsKnown: 3,
  /** It left for good. */
  leaveArrives: 4,
  /** It has found its coordinator again. */
  coordinatorFound: 5,
} as const;
export type MemberStep = (typeof MemberStep)[keyof typeof MemberStep];
