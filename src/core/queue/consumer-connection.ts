import type { QueueConsumerSettings } from "../model/topology.ts";
import type { Onward, Work } from "../sim/world.ts";
import type { ConsumerStats } from "../stats/consumer-stats.ts";
import type { Subscription } from "./rotation.ts";

/** What a connection of an instance of a consumer is given. */
export interface ConsumerConnection {
  readonly number: number;
  readonly instance: number;
  readonly settings: QueueConsumerSettings;
  readonly concurrency: number;
  readonly stats: ConsumerStats;
  readonly work: Work;
  readonly onward: Onward | undefined;
  readonly place: number;
  readonly queueNumbers: readonly number[];
  /** A further consumer of a queue on this connection. */
  readonly subscription: (queue: number) => Subscription;
}
