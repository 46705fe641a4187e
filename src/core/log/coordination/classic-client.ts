import type { Subscriber, TopicPartition } from "../assignment/assignment.ts";
import type { GroupError } from "./coordinator-host.ts";

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
  joinAnswered(answer: JoinAnswer): void;
  /** What it gets, or why it has to join again. */
  syncAnswered(partitions: readonly TopicPartition[] | GroupError): void;
  /** The coordinator answers its heartbeats with this error from now on. */
  heartbeatsFail(error: GroupError): void;
}

export interface JoinAnswer {
  readonly generation: number;
  readonly strategy: string;
  /** All members, for the leader, who assigns; undefined for the others. */
  readonly members: readonly Subscriber[] | undefined;
}
