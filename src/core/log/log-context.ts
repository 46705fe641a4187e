import type { Costs } from "../model/calibration.ts";
import type { Kafka } from "../model/topology.ts";
import type { Kernel, Process } from "../sim/kernel.ts";
import type { Messages } from "../sim/messages.ts";
import type { Applications, World } from "../sim/world.ts";
import type { Trace } from "../stats/trace.ts";
import type { Accumulator } from "./accumulator.ts";
import { Batches } from "./batches.ts";
import { BatchDecompression } from "./batch-decompression.ts";
import type { CoordinatorLog } from "./coordination/coordinator-log.ts";
import type { ClientMetadata } from "./client-metadata.ts";
import type { Connection } from "./connection.ts";
import type { FetchSession } from "./fetch-session.ts";
import { KeyHash } from "./key-hash.ts";
import type { LogEvent } from "./log-event.ts";
import type { LogOutlet } from "./log-outlet.ts";
import type { Member } from "./member.ts";
import { ProduceRequests } from "./produce-requests.ts";
import { ProducerIds } from "./producer-ids.ts";
import type { ProducerClient } from "./producer-client.ts";
import type { Cluster } from "./replication/cluster.ts";
import { Quotas } from "./quotas.ts";
import { Replication } from "./replication/replication.ts";
import type { ShareMember } from "./share/share-member.ts";
import type { SharePartition } from "./share/share-partition.ts";
import type { ShareSession } from "./share/share-session.ts";
import { TransactionCoordinator } from "./transactions/transaction-coordinator.ts";
import { Housekeeper } from "./storage/housekeeper.ts";

/** What the parts of the log model share, and how they let things happen. */
export class LogContext {
  readonly world: World;
  readonly kernel: Kernel;
  readonly messages: Messages;
  readonly trace: Trace;
  readonly costs: Costs;
  readonly applications: Applications;
  readonly batches = new Batches();
  readonly keyHash: KeyHash;
  readonly requests: ProduceRequests;
  readonly replication: Replication;
  readonly housekeeper: Housekeeper;
  /** Undefined where no application has one. */
  readonly quotas: Quotas | undefined;
  /** Undefined where partitions forget no producer before the end of the run. */
  readonly producerIds: ProducerIds | undefined;
  readonly coordinator: TransactionCoordinator;
  /** Undefined where nothing is compressed, or it costs nothing. */
  decompression: BatchDecompression | undefined = undefined;
  readonly coordinatorLogs: CoordinatorLog[] = [];
  /** A topic has its logs flushed while it is written. */
  flushes = false;
  /** Set by the model, once it has its brokers. */
  cluster!: Cluster;
  readonly clients: ProducerClient[] = [];
  readonly members: Member[] = [];
  /** By source. */
  readonly outlets: LogOutlet[] = [];
  readonly connections: Connection[] = [];
  readonly metadata: ClientMetadata[] = [];
  /** Events name accumulators and sessions by their places in these lists. */
  readonly accumulators: Accumulator[] = [];
  readonly sessions: FetchSession[] = [];
  /** As these, of share groups. */
  readonly shareMembers: ShareMember[] = [];
  readonly shareSessions: ShareSession[] = [];
  readonly sharePartitions: SharePartition[] = [];
  /** Whether each message of this source has a key of its own, so that no order can be broken. */
  readonly uniqueKeys: boolean[] = [];
  /** Whether the messages of this source have no value. */
  readonly tombstones: boolean[] = [];
  private readonly base: number;
  private readonly backgroundBase: number;
  private readonly latencyLane: number;

  constructor(
    process: Process,
    world: World,
    costs: Costs,
    { cluster, quotas }: Kafka,
    applications: Applications,
  ) {
    this.world = world;
    this.kernel = world.kernel;
    this.messages = world.messages;
    this.trace = world.trace;
    this.costs = costs;
    this.applications = applications;
    this.keyHash = new KeyHash(world.keys);
    if (quotas.size > 0) this.quotas = new Quotas(world, quotas, cluster.quotaWindows);
    if (cluster.producerIds.expiration < world.horizon)
      this.producerIds = new ProducerIds(cluster.producerIds);
    this.requests = new ProduceRequests(this, this.producerIds);
    this.replication = new Replication(this, cluster);
    this.housekeeper = new Housekeeper(this, cluster.housekeeping);
    this.coordinator = new TransactionCoordinator(this, cluster);
    this.base = world.kernel.register(process);
    this.backgroundBase = world.kernel.registerBackground(process);
    this.latencyLane = world.kernel.lane();
  }

  /** A producer, or a topic, compresses. */
  expectCompression(): void {
    if (this.costs.codecWork > 0) this.decompression ??= new BatchDecompression(this);
  }

  /** The process of a producer client has crashed: answers with the client that comes next. */
  replace(client: ProducerClient): ProducerClient {
    const next = client.crash();
    this.clients.push(next);
    // The list has no entries for sources that send to the other broker.
    this.outlets.forEach((outlet) => {
      if (outlet.client === client) outlet.continueWith(next);
    });
    // A broker that does not run refuses its connection at once.
    for (const broker of this.cluster.brokers) if (!broker.alive) next.disconnected(broker);
    next.reviewNetwork();
    return next;
  }

  /**
   * Schedules an event that lies in the future; false when `time` is now, and the caller goes on in this very instant.
   * The times of a lane only grow.
   */
  defers(time: number, lane: number, kind: LogEvent, a: number, b = 0): boolean {
    return time > this.kernel.now && this.timerInLane(time, lane, kind, a, b);
  }

  /** As `defers`, by the network's latency. */
  defersHop(kind: LogEvent, a: number): boolean {
    const { networkLatency } = this.costs;
    return (
      networkLatency > 0 && this.timerInLane(this.kernel.now + networkLatency, this.latencyLane, kind, a, 0)
    );
  }

  /** As `defers`, for times in any order. */
  defersAnyTime(time: number, kind: LogEvent, a: number): boolean {
    if (time <= this.kernel.now) return false;
    this.kernel.at(time, this.base | kind, a, 0);
    return true;
  }

  /** An event of its own, even if `time` is now: the end of a handler, a timer. */
  timer(time: number, kind: LogEvent, a: number, b: number): void {
    this.kernel.at(time, this.base | kind, a, b);
  }

  /** A timer that keeps no run going: one that waits for nothing else is over. */
  background(time: number, kind: LogEvent, a = 0): void {
    this.kernel.inBackground(time, this.backgroundBase | kind, a, 0);
  }

  /** A timer whose times only grow: true, as what it stands for comes later. */
  timerInLane(time: number, lane: number, kind: LogEvent, a: number, b: number): true {
    this.kernel.atLane(lane, time, this.base | kind, a, b);
    return true;
  }
}
