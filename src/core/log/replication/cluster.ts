import type { Kafka } from "../../model/topology.ts";
import type { OccurrenceKind } from "../../stats/occurrence-kinds.ts";
import type { Broker } from "../broker.ts";
import type { LogContext } from "../log-context.ts";
import { LogEvent } from "../log-event.ts";
import type { Topic } from "../topic.ts";
import { BrokerSessions } from "./broker-sessions.ts";
import { Controllers, restartTime } from "./controllers.ts";
import { Network } from "./network.ts";
import type { ReplicaSet } from "./replica-set.ts";

/** A group has a coordinator among the brokers. */
interface Coordinated {
  /** Brokers have been fenced, or may lead again. */
  electCoordinator(): void;
}

/** The brokers and their controllers: who runs, who may lead, who reaches whom. */
export class Cluster {
  readonly brokers: readonly Broker[];
  readonly controllers: Controllers;
  readonly network = new Network();
  private readonly context: LogContext;
  private readonly kafka: Kafka;
  private readonly sessions: BrokerSessions;
  /** Brokers whose process ended without a controlled shutdown. */
  private readonly unclean = new Set<Broker>();
  private readonly restarting = new Set<Broker>();
  /** Brokers whose controlled shutdown is under way; true for those that are to start again after it. */
  private readonly stopping = new Map<Broker, boolean>();
  /** Brokers that run and have not registered yet. */
  private readonly starting = new Set<Broker>();
  readonly topics: ReadonlyMap<string, Topic>;
  private readonly groups: readonly Coordinated[];
  private faulty = false;

  constructor(
    context: LogContext,
    kafka: Kafka,
    brokers: readonly Broker[],
    topics: ReadonlyMap<string, Topic>,
    groups: readonly Coordinated[],
  ) {
    this.groups = groups;
    this.context = context;
    this.kafka = kafka;
    this.brokers = brokers;
    this.topics = topics;
    this.controllers = new Controllers(context, kafka.controllers, kafka.cluster, this.network, () =>
      this.controllerIsActive(),
    );
    this.sessions = new BrokerSessions(context, this, kafka.cluster);
  }

  /** Whether followers there can fetch from leaders here. */
  replicates(leader: Broker, follower: Broker): boolean {
    return leader.alive && follower.alive && this.network.reaches(leader, follower);
  }

  /** Its heartbeats arrive at the active controller. */
  heard(broker: Broker): boolean {
    const { active } = this.controllers;
    return broker.alive && active !== undefined && this.network.reaches(broker, active);
  }

  /** The process ends at once; its host answers for its connections. */
  crash(broker: Broker): void {
    this.prepare();
    if (!broker.alive) return;
    this.unclean.add(broker);
    this.ends(broker);
  }

  /** The process runs, registers with the controllers, and may lead when these let it. */
  start(broker: Broker): void {
    this.prepare();
    this.restarting.delete(broker);
    if (this.stopping.has(broker)) this.stopping.set(broker, true);
    if (broker.alive) return;
    broker.alive = true;
    this.starting.add(broker);
    this.context.housekeeper.brokerStarts(broker);
    this.sessions.review(broker);
    this.reviewNetwork();
    this.controllers.commit(() => this.registers(broker));
  }

  /** A controlled shutdown: the controllers move its leaders away, then the process ends. */
  stop(broker: Broker): void {
    this.prepare();
    if (!broker.alive) return;
    if (!this.kafka.cluster.controlledShutdown) {
      this.crash(broker);
      if (this.restarting.has(broker)) this.startLater(broker);
      return;
    }
    if (this.stopping.has(broker)) return;
    this.stopping.set(broker, false);
    this.controllers.commit(() => {
      if (!this.stopping.has(broker)) return;
      this.fence(broker, "controlled.shutdown.enable");
      this.context.timer(
        this.context.kernel.now + this.context.costs.networkLatency,
        LogEvent.brokerStops,
        broker.number - 1,
        0,
      );
    });
  }

  /** The controlled shutdown is over. */
  stopped(broker: Broker): void {
    const startsAgain = this.stopping.get(broker);
    if (startsAgain === undefined) return;
    this.unclean.delete(broker);
    this.ends(broker);
    if (this.restarting.has(broker)) this.startLater(broker);
    else if (startsAgain) this.start(broker);
  }

  restart(broker: Broker): void {
    this.restarting.add(broker);
    if (broker.alive) this.stop(broker);
    else this.startLater(broker);
  }

  /** The time of a restart is over. */
  restarted(broker: Broker): void {
    if (this.restarting.has(broker)) this.start(broker);
  }

  cut(cause: object, inside: ReadonlySet<object>, outside: ReadonlySet<object> | undefined): void {
    this.prepare();
    this.network.cut(cause, inside, outside);
    this.reviewAll();
  }

  mend(cause: object): void {
    this.network.mend(cause);
    this.reviewAll();
  }

  /** The controllers take it for gone: its leaders move, and it is in sync with nothing. */
  fence(broker: Broker, rule: string): void {
    if (broker.fenced) return;
    broker.fenced = true;
    this.tell("brokerFenced", broker, rule);
    for (const set of this.setsOn(broker)) {
      const replica = set.replicaOn(broker)!;
      set.leaves(replica, rule);
      if (set.leader === replica) set.elect();
    }
    this.electCoordinators();
    this.context.replication.wake();
  }

  sessionEnds(broker: Broker, silence: number): void {
    this.sessions.ends(broker, silence);
  }

  /** It may lead again. */
  unfence(broker: Broker): void {
    if (!broker.fenced || this.starting.has(broker) || !this.heard(broker)) return;
    broker.fenced = false;
    this.tell("brokerUnfenced", broker, "broker.heartbeat.interval.ms");
    for (const set of this.setsOn(broker)) set.elect();
    this.electCoordinators();
    this.context.replication.askAll();
    this.context.replication.wake();
  }

  /** Clients that can be told at once are: their fetches and requests there fail with the new leader's name. (KIP-951) */
  leaderMoved(set: ReplicaSet): void {
    for (const of of set.partition.groups) of.leaderMoved();
  }

  /** Preferred replicas lead again, where they can. */
  rebalanceLeaders(): void {
    this.scheduleRebalance();
    for (const set of this.context.replication.sets) set.electPreferred();
    this.context.replication.wake();
  }

  private ends(broker: Broker): void {
    broker.alive = false;
    this.stopping.delete(broker);
    this.sessions.review(broker);
    this.reviewNetwork();
    for (const client of this.context.clients) client.disconnected(broker);
    for (const member of this.context.members) member.sessions.disconnected(broker);
    for (const member of this.context.shareMembers) member.sessions.disconnected(broker);
    for (const of of this.context.sharePartitions)
      if (of.partition.broker === broker) of.releaseAll("the leader's process ended");
  }

  private registers(broker: Broker): void {
    if (!broker.alive) return;
    this.starting.delete(broker);
    this.fence(broker, "registration");
    if (this.unclean.delete(broker))
      for (const set of this.setsOn(broker)) set.leaves(set.replicaOn(broker)!, "unclean shutdown", false);
    this.controllers.commit(() => this.unfence(broker));
  }

  private startLater(broker: Broker): void {
    const { kernel } = this.context;
    this.context.timer(kernel.now + restartTime, LogEvent.brokerRestarts, broker.number - 1, 0);
  }

  private controllerIsActive(): void {
    for (const broker of this.brokers) this.sessions.begin(broker);
    this.context.replication.askAll();
    const { active } = this.controllers;
    const { occurrences, places, kernel } = this.context.world;
    occurrences.add(
      kernel.now,
      "controllerElected",
      places.add("controller", "", active!.number),
      0,
      "controller.quorum.fetch.timeout.ms",
    );
  }

  private reviewAll(): void {
    this.controllers.review();
    for (const broker of this.brokers) this.sessions.review(broker);
    this.reviewNetwork();
    this.context.replication.wake();
  }

  private reviewNetwork(): void {
    for (const fetcher of this.context.replication.fetchers)
      fetcher.review(this.replicates(fetcher.leader, fetcher.follower));
    for (const client of this.context.clients) client.reviewNetwork();
    for (const member of this.context.members) member.sessions.reviewNetwork();
    for (const member of this.context.shareMembers) member.sessions.reviewNetwork();
    this.reviewCoordinators();
    this.context.replication.askAll();
  }

  private electCoordinators(): void {
    for (const group of this.groups) group.electCoordinator();
    this.context.coordinator.elect();
    this.reviewCoordinators();
  }

  reviewCoordinators(): void {
    for (const log of this.context.coordinatorLogs) log.review();
    for (const { gone, membership } of this.context.members) if (!gone) membership.reviewCoordinator();
    for (const { gone, membership } of this.context.shareMembers) if (!gone) membership.reviewCoordinator();
  }

  private setsOn(broker: Broker): ReplicaSet[] {
    return this.context.replication.sets.filter((set) => set.replicaOn(broker) !== undefined);
  }

  /** From the first fault on every partition knows its replicas, also those that have one. */
  private prepare(): void {
    if (this.faulty) return;
    this.faulty = true;
    const { replication } = this.context;
    for (const [name, { partitions }] of this.topics)
      for (const partition of partitions)
        if (partition.replicas === undefined)
          replication.add(partition, [partition.broker], this.kafka.topics.get(name)!.replication);
    this.scheduleRebalance();
  }

  private scheduleRebalance(): void {
    const { autoLeaderRebalance, leaderImbalanceCheckInterval: interval } = this.kafka.cluster;
    const { now } = this.context.kernel;
    if (autoLeaderRebalance && interval > 0)
      this.context.background((Math.floor(now / interval) + 1) * interval, LogEvent.leaderImbalanceCheck);
  }

  private tell(kind: OccurrenceKind, broker: Broker, rule: string): void {
    const { occurrences, places, kernel } = this.context.world;
    occurrences.add(kernel.now, kind, places.add("broker", "", broker.number), 0, rule);
  }
}
