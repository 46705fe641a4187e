import type { KafkaConsumerSettings } from "../model/topology.ts";
import type { Work } from "../sim/world.ts";
import type { ConsumerStats } from "../stats/consumer-stats.ts";

/** What a member is from its start on. */
export interface MemberSetup {
  readonly number: number;
  readonly instance: number;
  readonly topics: readonly string[];
  readonly concurrency: number;
  readonly settings: KafkaConsumerSettings;
  readonly stats: ConsumerStats;
  readonly work: Work;
  readonly place: number;
  /** `group.instance.id` of a static member. */
  readonly instanceId: string | undefined;
}
