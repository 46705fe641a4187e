import type { Flow } from "../model/topology.ts";
import type { Outlet } from "../sim/world.ts";
import { noKey } from "../sim/messages.ts";
import { Station } from "../stats/trace.ts";
import type { LogContext } from "./log-context.ts";
import { partitionForHash } from "./murmur2.ts";
import type { Partition } from "./partition.ts";
import type { ProducerClient } from "./producer-client.ts";
import { StickyPartitioner } from "./sticky-partitioner.ts";

/** Keys below it have their partition looked up; the table is 128 kB. */
const tabled = 65_536;

/** One flow instance's way into its topic: Java's default partitioner in front of the instance's client. */
export class LogOutlet implements Outlet {
  readonly client: ProducerClient;
  private readonly context: LogContext;
  private readonly partitions: readonly Partition[];
  private readonly sticky: StickyPartitioner;
  private readonly ignoreKeys: boolean;
  private readonly place: number;
  /** Partition + 1 by key id; 0 where not known yet. */
  private readonly partitionOfKey = new Uint16Array(tabled);
  private readonly waiting: (partition: number) => number;

  constructor(
    context: LogContext,
    client: ProducerClient,
    partitions: readonly Partition[],
    flow: Flow,
    streamName: string,
    place: number,
  ) {
    this.context = context;
    this.client = client;
    this.partitions = partitions;
    this.ignoreKeys = flow.kafka.ignoreKeys;
    this.place = place;
    const stream = context.world.kernel.stream(streamName);
    this.sticky = new StickyPartitioner(stream, partitions.length, flow.kafka.batchSize);
    this.waiting = (partition) => this.client.accumulator(this.partitions[partition]!).batches;
  }

  send(message: number): void {
    this.client.send(message);
  }

  /** The client's thread is done with the record: it joins a batch. */
  accumulate(message: number): void {
    const { messages, trace, kernel } = this.context.world;
    const id = messages.id[message]!;
    if (trace.wants(id)) trace.add(kernel.now, id, Station.clientDone, this.place, 0);
    const key = messages.key[message]!;
    if (key !== noKey && !this.ignoreKeys) {
      this.client.append(this.client.accumulator(this.partitions[this.partitionFor(key)]!), message);
      return;
    }
    const accumulator = this.client.accumulator(this.partitions[this.sticky.partition(this.waiting)]!);
    const full = this.client.append(accumulator, message);
    this.sticky.appended(accumulator.recordBytes, full);
  }

  private partitionFor(key: number): number {
    if (key >= tabled) return partitionForHash(this.context.keyHash.hash(key), this.partitions.length);
    let partition = this.partitionOfKey[key]! - 1;
    if (partition < 0) {
      partition = partitionForHash(this.context.keyHash.hash(key), this.partitions.length);
      this.partitionOfKey[key] = partition + 1;
    }
    return partition;
  }
}
