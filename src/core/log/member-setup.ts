import type { KafkaConsumerSettings } from "../model/topology.ts";
import type { Onward, Work } from "../sim/world.ts";
import type { ConsumerStats } from "../stats/consumer-stats.ts";
import type { ProducerClient } from "./producer-client.ts";

/** What a member is from its start on. Members read it with each record: as for `RunWorld`, a class. */
export class MemberSetup {
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
  /** What it sends on, and with what; undefined where it only reads. */
  readonly sender: Sender | undefined;

  constructor(number: number, of: InstanceSetup) {
    this.number = number;
    this.instance = of.instance;
    this.topics = of.topics;
    this.concurrency = of.concurrency;
    this.settings = of.settings;
    this.stats = of.stats;
    this.work = of.work;
    this.place = of.place;
    this.instanceId = of.instanceId;
    this.sender = of.sender;
  }
}

/** What the members of one instance of a consumer are, one after the other. */
export type InstanceSetup = Omit<MemberSetup, "number">;

/** The producer of an instance that reads as well. */
export interface Sender {
  readonly client: ProducerClient;
  readonly onward: Onward;
}
