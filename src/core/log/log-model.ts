import type { Costs } from "../model/calibration.ts";
import type { ClusterSettings } from "../model/kafka-cluster.ts";
import type { LogConfig } from "../model/log-config.ts";
import type { Consumer, Flow, Kafka, Source, Topic as TopicModel } from "../model/topology.ts";
import { assert, assertNever } from "../sim/invariant.ts";
import type { Process } from "../sim/kernel.ts";
import type { Applications, Outlet, World } from "../sim/world.ts";
import { MovedBytes } from "../stats/moved-bytes.ts";
import type { ProducerStats } from "../stats/producer-stats.ts";
import { Broker } from "./broker.ts";
import { CoordinatorLog } from "./coordination/coordinator-log.ts";
import { coordinatorsOf } from "./coordination/coordinators.ts";
import { Group } from "./group.ts";
import { LogContext } from "./log-context.ts";
import { LogEvent } from "./log-event.ts";
import { LogOutlet } from "./log-outlet.ts";
import type { Member } from "./member.ts";
import { MemberFleet, type FleetEntry } from "./member-fleet.ts";
import { Partition } from "./partition.ts";
import { PartitionLog } from "./partition-log.ts";
import { PartitionGrowth } from "./partition-growth.ts";
import { Preload, type PreloadDraw } from "./preload.ts";
import { ProducerClient } from "./producer-client.ts";
import { Cluster } from "./replication/cluster.ts";
import { ReplicaPlacer } from "./replication/replica-placer.ts";
import { StoredLog } from "./storage/stored-log.ts";
import { PartitionTransactions } from "./transactions/partition-transactions.ts";
import { TransactionalOutlet } from "./transactions/transactional-outlet.ts";
import { HeldBytes } from "./storage/held-bytes.ts";
import { ShareGroup } from "./share/share-group.ts";
import { Topic } from "./topic.ts";

/** `num.io.threads`. */
const defaultIoThreads = 8;

export type LogConsumer = Consumer & { readonly from: Extract<Source, { kind: "log" }> };

/** Kafka in one run: topics, producer clients, groups. It owns every record from `send()` to the end of the run. */
export class LogModel implements Process {
  readonly topics = new Map<string, Topic>();
  readonly groups = new Map<string, Group>();
  readonly shareGroups = new Map<string, ShareGroup>();
  readonly members: readonly Member[];
  readonly fleet: MemberFleet;
  readonly clients: readonly ProducerClient[];
  readonly context: LogContext;
  /** By source. */
  readonly outlets: readonly LogOutlet[];
  private readonly brokers: readonly Broker[];
  private readonly cluster: ClusterSettings;
  /** In the order of the file. */
  readonly everyGroup: (Group | ShareGroup)[] = [];
  readonly growth: PartitionGrowth;
  private readonly preloads = new Map<string, PreloadDraw>();
  private readonly logConfigs = new Map<string, LogConfig>();

  /** `transactional`: topics into which something is sent in transactions. `grown`: how many partitions a topic will have in the end. */
  constructor(
    world: World,
    kafka: Kafka,
    costs: Costs,
    applications: Applications,
    transactional: ReadonlySet<string> = new Set(),
    grown: ReadonlyMap<string, number> = new Map(),
  ) {
    this.brokers = Array.from({ length: kafka.brokers }, (_, i) => {
      const { racks, cluster } = kafka;
      // Where cores are without number, so are threads that nobody counts.
      const threads = cluster.ioThreads ?? (costs.brokerCores === Infinity ? Infinity : defaultIoThreads);
      return new Broker(i + 1, costs, racks[i % racks.length], threads);
    });
    this.context = new LogContext(this, world, costs, kafka, applications);
    this.members = this.context.members;
    this.clients = this.context.clients;
    this.outlets = this.context.outlets;
    this.context.cluster = new Cluster(this.context, kafka, this.brokers, this.topics, this.everyGroup);
    this.cluster = kafka.cluster;
    this.fleet = new MemberFleet(this.context);
    this.growth = new PartitionGrowth(this.context, this.everyGroup);
    this.createTopics(kafka, world, transactional, grown);
  }

  /** The client of one instance (from 0); flows with the same settings share it. */
  client(
    settings: Flow["kafka"],
    stats: ProducerStats,
    place: number,
    name: string,
    instance = 0,
  ): ProducerClient {
    const client = new ProducerClient(this.context, settings, stats, place, name, instance);
    this.context.clients.push(client);
    return client;
  }

  /**
   * The way of a flow instance into its topic; `source` is what its messages carry. `given`: they bring the number of their
   * partition along.
   */
  outlet(client: ProducerClient, flow: Flow, source: number, streamName: string, given = false): Outlet {
    const topic = this.topics.get(flow.to.name.text);
    assert(topic !== undefined, "a producer's topic exists");
    const Outlet = client.transactions === undefined ? LogOutlet : TransactionalOutlet;
    const outlet = new Outlet(this.context, client, topic, streamName, given);
    this.context.outlets[source] = outlet;
    if (flow.arrivals.kind === "closed") client.closedLoop = true;
    this.context.uniqueKeys[source] = flow.key.kind === "unique";
    this.context.tombstones[source] = flow.tombstone;
    return outlet;
  }

  /** Its instances become members of its group. */
  consumer(entry: FleetEntry): void {
    const group = this.groupOf(entry.consumer);
    this.fleet.add(entry, group);
  }

  /** Records of the topic will be deleted by the timeline. */
  expectDeletions(topic: string): void {
    for (const partition of this.topics.get(topic)!.partitions)
      this.context.housekeeper.keep(partition, this.logConfigs.get(topic)!);
  }

  /** Members may read the topic back at any time: it keeps all that brokers do. */
  expectRestores(topic: string): void {
    for (const partition of this.topics.get(topic)!.partitions) partition.awaited++;
  }

  /** Members of a group will be told to read the topic again: it keeps all that they may want. */
  expectReplay(topic: string): void {
    for (const partition of this.topics.get(topic)!.partitions) partition.awaited++;
  }

  /** What a topic holds when the run starts. */
  preload(topic: string, draw: PreloadDraw): void {
    this.preloads.set(topic, draw);
  }

  /** Records of the partition before the offset are deleted. */
  deleteRecords(topic: string, partition: number, before: number): void {
    this.context.housekeeper.deleteRecords(this.topics.get(topic)!.partitions[partition]!, before);
  }

  start(): void {
    const { housekeeper } = this.context;
    for (const group of this.everyGroup) group.prepare();
    for (const [name, draw] of this.preloads)
      new Preload(this.context, this.topics.get(name)!).append(draw, (partition, time) =>
        housekeeper.loaded(partition, time),
      );
    for (const { held } of this.topics.values()) held.note(0);
    housekeeper.start();
    this.fleet.start();
    this.context.replication.start();
  }

  handle(kind: number, a: number, b: number): void {
    const { accumulators, sessions, messages, requests } = this.context;
    const { members } = this;
    const event = kind as LogEvent;
    switch (event) {
      case LogEvent.clientDone:
        return this.outlets[messages.source[a]!]!.leftThread(a, b);
      case LogEvent.linger:
        return accumulators[a]!.client.lingered(accumulators[a]!, b);
      case LogEvent.requestPacked:
        return this.clients[b]!.sender.packed(a);
      case LogEvent.produceArrives:
        return requests.arrive(a);
      case LogEvent.produceDone:
        return requests.finish(a);
      case LogEvent.produceAnswered:
        return accumulators[this.context.batches.accumulator[a]!]!.client.answered(a);
      case LogEvent.fetchArrives:
        return sessions[a]!.arrives();
      case LogEvent.fetchWaited:
        return sessions[a]!.waited(b);
      case LogEvent.fetchAnswered:
        return sessions[a]!.answered();
      case LogEvent.handled:
        return members[a]!.handled(b);
      case LogEvent.commitArrives:
        return members[a]!.commits.arrives();
      case LogEvent.commitDone:
        return members[a]!.commits.done();
      case LogEvent.commitAnswered:
        return members[a]!.commits.answered();
      case LogEvent.autoCommit:
        return members[a]!.commits.interval();
      case LogEvent.retentionCheck:
        return this.context.housekeeper.checks(a);
      case LogEvent.cleanerWakes:
        return this.context.housekeeper.cleans();
      case LogEvent.replicaFetched:
      case LogEvent.replicaFetchArrives:
      case LogEvent.highWatermarkLearned:
        return this.context.replication.fetchers[a]!.handle(event, b);
      case LogEvent.metadataCommitted:
        return this.context.cluster.controllers.committed(a);
      case LogEvent.controllerElected:
        return this.context.cluster.controllers.elected();
      case LogEvent.brokerSessionEnds:
        return this.context.cluster.sessionEnds(this.brokers[a]!, b);
      case LogEvent.brokerStops:
        return this.context.cluster.stopped(this.brokers[a]!);
      case LogEvent.brokerRestarts:
        return this.context.cluster.restarted(this.brokers[a]!);
      case LogEvent.deliveryTimeout:
        return this.clients[a]!.deliveryTimeout.look();
      case LogEvent.controllerRestarts: {
        const { controllers } = this.context.cluster;
        return controllers.start(controllers.nodes[a]!);
      }
      case LogEvent.leaderImbalanceCheck:
        return this.context.cluster.rebalanceLeaders();
      case LogEvent.isrCheck:
        return this.context.replication.shrink();
      case LogEvent.readLeaseEnds:
        return members[a]!.pump();
      case LogEvent.metadataArrives:
        return this.context.metadata[a]!.arrives();
      case LogEvent.retry:
        return accumulators[a]!.client.recovery.retry(accumulators[a]!);
      case LogEvent.requestTimeout: {
        const connection = this.context.connections[a]!;
        return connection.client.recovery.timedOut(connection);
      }
      case LogEvent.replicaFetchWaited:
        return this.context.replication.fetchers[a]!.waited(b);
      case LogEvent.instanceStarts:
        return this.fleet.starts(a);
      case LogEvent.instanceStops:
        return this.fleet.stops(a);
      case LogEvent.restoreAsks:
        return members[a]!.ownership.restoration.asksAgain();
      case LogEvent.restoreArrives:
        return members[a]!.ownership.restoration.arrives(b);
      case LogEvent.restoreAnswered:
        return members[a]!.ownership.restoration.answered(b);
      case LogEvent.memberStep:
        return members[a]!.step(b);
      case LogEvent.groupAlarm:
        return this.everyGroup[a]!.coordinator.ring(b);
      case LogEvent.pollTimesOut:
        return members[a]!.pollTimedOut();
      case LogEvent.workedOn:
        return members[a]!.workedOn(b);
      case LogEvent.retried:
        return members[a]!.retried(b);
      case LogEvent.transactionArrives:
        return this.context.coordinator.producers[a]!.arrives();
      case LogEvent.transactionAnswered:
        return this.context.coordinator.producers[a]!.answered();
      case LogEvent.markerArrives:
        return this.context.coordinator.markerArrives(a);
      case LogEvent.transactionComplete:
        return this.context.coordinator.complete(a);
      case LogEvent.transactionTimeouts:
        return this.context.coordinator.checkTimeouts();
      case LogEvent.gapLeft:
        return this.clients[a]!.recovery.startAnew();
      case LogEvent.coordinatorsReviewed:
        return this.context.cluster.reviewCoordinators();
      case LogEvent.commitTimesOut:
        return members[a]!.commits.timesOut(b);
      case LogEvent.transactionalIdsExpire:
        return this.context.coordinator.expire();
      case LogEvent.flushed:
        return this.clients[a]!.flushing.sends();
      case LogEvent.unmuted: {
        const connection = this.context.connections[a]!;
        return connection.client.recovery.unmute(connection);
      }
      case LogEvent.memoryFreed:
        return this.clients[a]!.pool.goOn();
      case LogEvent.blockedTooLong:
        return this.clients[a]!.pool.timedOut();
      case LogEvent.shareFetchArrives:
        return this.context.shareSessions[a]!.arrives();
      case LogEvent.shareFetchWaited:
        return this.context.shareSessions[a]!.waited(b);
      case LogEvent.shareFetchAnswered:
        return this.context.shareSessions[a]!.answered();
      case LogEvent.shareAcknowledgeArrives:
        return this.context.shareSessions[a]!.acknowledgeArrives();
      case LogEvent.shareWritten:
        return this.context.shareSessions[a]!.written();
      case LogEvent.shareSessionCloses:
        return this.context.shareSessions[a]!.closesAtBroker();
      case LogEvent.shareLocksEnd:
        return this.context.sharePartitions[a]!.locksEnd();
      case LogEvent.shareHandled:
        return this.context.shareMembers[a]!.handled(b);
      case LogEvent.shareRetried:
        return this.context.shareMembers[a]!.retried(b);
      case LogEvent.shareStep:
        return this.context.shareMembers[a]!.step(b);
      case LogEvent.sharePollTimesOut:
        return this.context.shareMembers[a]!.pollTimedOut();
      default:
        return assertNever(event);
    }
  }

  private createTopics(
    { topics }: Kafka,
    world: World,
    transactional: ReadonlySet<string>,
    grown: ReadonlyMap<string, number>,
  ): void {
    const { brokers } = this;
    const rackOf = brokers.map(({ rack }) => rack);
    const { housekeeper } = this.context;
    for (const topic of topics.values()) {
      const { name, partitions: count, replicas, replication } = topic;
      const held = new HeldBytes(world.horizon, world.window.from);
      const network = new MovedBytes(world.window.from);
      const placer = new ReplicaPlacer(rackOf, world.kernel.stream(`replicas of topic ${name.text}`));
      const added = new ReplicaPlacer(rackOf, world.kernel.stream(`added replicas of topic ${name.text}`));
      const partitions = Array.from({ length: grown.get(name.text) ?? count }, (_, p) => {
        const placed = (p < count ? placer : added).place(replicas).map((broker) => brokers[broker]!);
        const [leader] = placed;
        const inTransactions = transactional.has(name.text);
        const stored = topic.log.compact || inTransactions;
        const log = stored ? new StoredLog(name.text, p) : new PartitionLog(name.text, p);
        const place = world.places.add("topic", name.text, p);
        const partition = new Partition(log, leader!, place, held, network, inTransactions);
        partition.maxMessageBytes = topic.log.maxMessageBytes;
        partition.compression = topic.compression;
        partition.flushEvery = topic.log.flushMessages;
        if (topic.log.flushMessages < Infinity) this.context.flushes = true;
        if (topic.compression !== undefined) this.context.expectCompression();
        if (inTransactions) {
          housekeeper.store(partition, topic.log);
          partition.transactions = new PartitionTransactions(partition);
        }
        if (p >= count) this.growth.expect(partition, placed, replication);
        else if (placed.length > 1) this.context.replication.add(partition, placed, replication);
        if (expires(topic, world.horizon)) housekeeper.keep(partition, topic.log);
        return partition;
      });
      this.logConfigs.set(name.text, topic.log);
      this.topics.set(name.text, new Topic(name.text, partitions, held, network, world.keys, count));
    }
  }

  private groupOf(consumer: LogConsumer): Group | ShareGroup {
    const { group: name, topics, settings } = consumer.from;
    const { text } = name;
    let group = settings.share === undefined ? this.groups.get(text) : this.shareGroups.get(text);
    if (group === undefined) {
      const setup = {
        number: this.everyGroup.length,
        name: text,
        settings,
        cluster: this.cluster,
        log: new CoordinatorLog(
          this.context,
          coordinatorsOf(text, this.brokers, this.cluster.offsets),
          this.cluster.offsets.minInSync,
        ),
      };
      group =
        settings.share === undefined ? new Group(this.context, setup) : new ShareGroup(this.context, setup);
      if (group instanceof Group) this.groups.set(text, group);
      else this.shareGroups.set(text, group);
      this.everyGroup.push(group);
    }
    for (const { text } of topics) group.topics.set(text, this.topics.get(text)!);
    return group;
  }
}

/** Whether anything of the topic may go before the end of the run. */
function expires({ log, preload }: TopicModel, horizon: number): boolean {
  const over = preload?.over ?? 0;
  if (log.compact || log.remote) return true;
  return log.delete && (log.retentionBytes < Infinity || log.retentionTime < horizon + over);
}
