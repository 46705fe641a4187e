import { noKey } from "../sim/messages.ts";
import type { Outlet } from "../sim/world.ts";
import type { Accumulator } from "./accumulator.ts";
import type { LogContext } from "./log-context.ts";
import type { ProducerClient } from "./producer-client.ts";
import type { KeyPartitions } from "./key-partitions.ts";
import { keyRule, type Placed, type TimedPartitioner } from "./partitioning.ts";
import { StickyPartitioner } from "./sticky-partitioner.ts";
import type { Topic } from "./topic.ts";

/** One flow instance's way into its topic: its partitioner in front of the instance's client. */
export class LogOutlet implements Outlet {
  readonly topic: Topic;
  /** Records in the thread of its client. */
  inThread = 0;
  client: ProducerClient;
  private readonly context: LogContext;
  private readonly streamName: string;
  private accumulators: readonly Accumulator[];
  private sticky: StickyPartitioner | TimedPartitioner;
  private keys: KeyPartitions;
  /** Partitions that its client knows. */
  private known: number;
  private readonly placed: Placed;
  /** Whoever sends a record says to which partition it goes. */
  private readonly given: boolean;
  /** Records that were dealt in turn. */
  private turn = 0;

  /** `given`: records bring the number of their partition along. */
  constructor(context: LogContext, client: ProducerClient, topic: Topic, streamName: string, given = false) {
    this.context = context;
    this.given = given;
    this.client = client;
    this.topic = topic;
    this.streamName = streamName;
    this.accumulators = client.accumulatorsOf(topic);
    this.sticky = client.stickyOf(topic, streamName);
    this.known = topic.count;
    const { hashing, placed } = keyRule(client.settings);
    this.keys = topic.keysBy(hashing);
    this.placed = placed;
  }

  send(message: number): void {
    this.pass(message);
  }

  ends(): void {}

  /** To its client. */
  pass(message: number): void {
    this.inThread++;
    if (!this.client.keeps(message)) this.client.pool.accumulate(this, message);
  }

  /** Nobody waits in particular: each record tells its own outcome. */
  flush(): void {
    this.client.flush(() => undefined);
  }

  /** Its client has crashed, and this is the next one. */
  continueWith(client: ProducerClient): void {
    this.client = client;
    this.accumulators = client.accumulatorsOf(this.topic);
    this.sticky = client.stickyOf(this.topic, this.streamName);
    this.knows(this.topic.count);
  }

  /** Its client has just heard how things are. */
  refreshed(): void {
    const { topic, context } = this;
    if (topic.count === this.known) return;
    this.knows(topic.count);
    const { world, kernel } = context;
    const rule = this.placed === "none" ? "" : "keys";
    world.occurrences.add(kernel.now, "partitionsFound", this.client.place, topic.count, rule);
  }

  private knows(count: number): void {
    this.known = count;
    this.keys = this.topic.keysBy(keyRule(this.client.settings).hashing, count);
    this.sticky.spread(this.accumulators.slice(0, count));
  }

  /** The thread of the client of this number would be done with the record, if it has not crashed. */
  leftThread(message: number, client: number): void {
    if (client === this.client.number) this.client.pool.accumulate(this, message);
    else {
      this.inThread--;
      this.context.clients[client]!.forget(message);
    }
  }

  /** The client's thread is done with the record: it joins a batch. False where that takes memory that is not there. */
  joins(message: number): boolean {
    if (!this.places(message)) return false;
    this.inThread--;
    return true;
  }

  private places(message: number): boolean {
    const { messages } = this.context;
    const { client } = this;
    if (client.settings.roundRobin && !this.given) {
      const next = this.accumulators[this.turn % this.known]!;
      const joined = client.join(next, message);
      if (joined) this.turn++;
      return joined;
    }
    const placed = this.given
      ? messages.routing[message]! % this.known
      : this.placeOf(messages.key[message]!);
    const { sticky } = this;
    let accumulator = this.accumulators[placed < 0 ? sticky.partition() : placed]!;
    if (placed >= 0 || !(sticky instanceof StickyPartitioner)) return client.join(accumulator, message);
    let bytes = client.bytesIn(accumulator, message);
    let fits = client.fits(accumulator, bytes);
    if (!fits && !accumulator.full) {
      client.close(accumulator);
      accumulator = this.accumulators[sticky.partition()]!;
      bytes = client.bytesIn(accumulator, message);
      fits = client.fits(accumulator, bytes);
    }
    if (!client.append(accumulator, message, bytes, fits)) return false;
    sticky.appended(accumulator.appendedBytes);
    return true;
  }

  /** −1 where no key decides. */
  private placeOf(key: number): number {
    switch (this.placed) {
      case "keyed":
        return key === noKey ? -1 : this.keys.of(key);
      case "nonempty":
        return key === noKey || this.context.keyHash.bytes(key) === 0 ? -1 : this.keys.of(key);
      case "all":
        return key === noKey ? this.keys.ofNothing : this.keys.of(key);
      case "none":
        return -1;
    }
  }
}
