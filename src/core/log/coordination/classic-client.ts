import type { Subscriber, TopicPartition } from "../assignment/assignment.ts";
import type { GroupError, JoinRefusal, RebalanceReason } from "./coordinator-host.ts";

/** A member as the coordinator of a classic group knows it: what it says of itself, and where answers go. */
export interface ClassicClient {
  readonly id: string;
  /** `group.instance.id` of a static member. */
  readonly instanceId: string | undefined;
  /** Its alarm, from 1; each member of a group has one of its own. */
  readonly alarm: number;
  /** `session.timeout.ms`, ns. */
  readonly sessionTimeout: number;
  /** `max.poll.interval.ms`, ns: for how long the others wait until it has joined again. */
  readonly rebalanceTimeout: number;
  /** Names of its assignors, the one it prefers first. */
  readonly strategies: readonly string[];
  /** When its last heartbeat reached the coordinator, ns. Nothing happens for each of them. */
  heardAt(): number;
  joinAnswered(answer: JoinAnswer | JoinRefusal): void;
  /** What it gets, or why it has to join again. */
  syncAnswered(partitions: readonly TopicPartition[] | GroupError): void;
  /** Its heartbeats are answered with REBALANCE_IN_PROGRESS from now on. */
  rebalances(): void;
  /** The coordinator does not know it any more: its partitions are others', its heartbeats fail with UNKNOWN_MEMBER_ID. */
  removed(reason: RebalanceReason): void;
}

export interface JoinAnswer {
  readonly generation: number;
  readonly strategy: string;
  /** All members, for the leader, who assigns; undefined for the others. */
  readonly members: readonly Subscriber[] | undefined;
}
