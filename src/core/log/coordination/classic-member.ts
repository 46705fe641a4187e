import { zero } from "../../sim/zero.ts";
import { nameOf, type Subscriber, type TopicPartition } from "../assignment/assignment.ts";
import type { ClassicClient } from "./classic-client.ts";

/** What the coordinator keeps of a member of a classic group. */
export class ClassicMember {
  client: ClassicClient;
  /** Its subscription and what it owned, as it said when it joined last. */
  claim: Subscriber;
  /** Its JoinGroup or SyncGroup waits for an answer. */
  awaitsJoin = false;
  awaitsSync = false;
  assignment: readonly TopicPartition[] = [];
  /** When its last request other than a heartbeat came or was answered. */
  requestedAt = zero;

  constructor(client: ClassicClient, claim: Subscriber) {
    this.client = client;
    this.claim = claim;
  }

  /** True when it waits for the coordinator, which then cannot miss its heartbeats. */
  get awaits(): boolean {
    return this.awaitsJoin || this.awaitsSync;
  }

  /** Its session lasts until then if nothing more is heard of it. */
  get expiresAt(): number {
    return Math.max(this.requestedAt, this.client.heardAt()) + this.client.sessionTimeout;
  }

  /** Whether it would join with something else than it did. */
  changes(claim: Subscriber): boolean {
    return written(claim) !== written(this.claim);
  }
}

function written({ topics, owned = [] }: Subscriber): string {
  return `${topics.toSorted().join()} ${owned.map(nameOf).sort().join()}`;
}
