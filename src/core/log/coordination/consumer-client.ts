import type { RemoteAssignor } from "../../model/kafka-cluster.ts";
import type { Subscriber } from "../assignment/assignment.ts";
import type { RebalanceReason } from "./coordinator-host.ts";

/** A member as the coordinator of a KIP-848 group knows it. */
export interface ConsumerClient {
  readonly id: string;
  readonly instanceId: string | undefined;
  /** Its alarms: that of its session, and the next number for its revocation; each member has a pair of its own. */
  readonly alarm: number;
  /** `max.poll.interval.ms`, ns: for how long it may take to give partitions up. */
  readonly rebalanceTimeout: number;
  readonly subscription: Subscriber;
  /** `group.remote.assignor`. */
  readonly assignor?: RemoteAssignor | undefined;
  /** When its last heartbeat reached the coordinator, ns. Only those that can bring something happen. */
  heardAt(): number;
  /** Its next heartbeat brings something: it has to happen. */
  stirred(): void;
  /** The coordinator does not know it any more: its partitions are others', and it has to join anew. */
  removed(reason: RebalanceReason): void;
}

export interface ConsumerHeartbeat {
  /** 0 to join. */
  readonly epoch: number;
  /** Names of the partitions it has; undefined where that has not changed since its last heartbeat. */
  readonly owned: ReadonlySet<string> | undefined;
}

export interface ConsumerAnswer {
  readonly epoch: number;
  /** Names of the partitions it may have now; it confirms in a heartbeat when it has given up all others. */
  readonly assigned: ReadonlySet<string>;
}
