import { zero } from "../../sim/zero.ts";
import type { TopicPartition } from "../assignment/assignment.ts";
import type { ConsumerClient } from "./consumer-client.ts";

/** What the coordinator keeps of a member of a KIP-848 group; partitions by their names. */
export class ConsumerMember {
  client: ConsumerClient;
  epoch = 0;
  /** What it is to have in the end. */
  target: readonly TopicPartition[] = [];
  /** What it may have now. */
  readonly assigned = new Set<string>();
  /** What it had and has not confirmed to have given up, and since when. */
  readonly revoking = new Set<string>();
  revokingSince: number | undefined = undefined;
  /** Some of its target still belong to others. */
  waits = false;
  heardAt = zero;

  constructor(client: ConsumerClient) {
    this.client = client;
  }

  /** It has given up what it had to. */
  release(): void {
    this.revoking.clear();
    this.revokingSince = undefined;
  }
}
