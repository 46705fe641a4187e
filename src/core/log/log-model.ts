import type { Costs } from "../model/calibration.ts";
import type { Consumer, Flow, Kafka, Source } from "../model/topology.ts";
import { assert, assertNever } from "../sim/invariant.ts";
import type { Process } from "../sim/kernel.ts";
import type { Applications, Outlet, Work, World } from "../sim/world.ts";
import type { ConsumerStats } from "../stats/consumer-stats.ts";
import type { ProducerStats } from "../stats/producer-stats.ts";
import { Station } from "../stats/trace.ts";
import type { Accumulator } from "./accumulator.ts";
import { Batches } from "./batches.ts";
import { Broker } from "./broker.ts";
import type { FetchSession } from "./fetch-session.ts";
import { coordinatorOf, Group } from "./group.ts";
import { KeyHash } from "./key-hash.ts";
import { LogEvent, type LogContext } from "./log-context.ts";
import { LogOutlet } from "./log-outlet.ts";
import { Member } from "./member.ts";
import { Partition } from "./partition.ts";
import { ProducerClient } from "./producer-client.ts";

export type LogConsumer = Consumer & { readonly from: Extract<Source, { kind: "log" }> };

/** Kafka in one run: topics, producer clients, groups. It owns every record from `send()` to the end of the run. */
export class LogModel implements Process {
  readonly topics = new Map<string, readonly Partition[]>();
  readonly groups = new Map<string, Group>();
  readonly members: Member[] = [];
  readonly clients: ProducerClient[] = [];
  private readonly brokers: readonly Broker[];
  private readonly context: LogContext;
  private readonly base: number;
  private readonly latencyLane: number;
  private readonly accumulators: { readonly accumulator: Accumulator; readonly client: ProducerClient }[] =
    [];
  private readonly outlets: LogOutlet[] = [];
  private readonly sessions: FetchSession[] = [];
  private readonly groupList: Group[] = [];

  constructor(world: World, kafka: Kafka, costs: Costs, applications: Applications) {
    const { kernel } = world;
    this.base = kernel.register(this);
    this.latencyLane = kernel.lane();
    this.brokers = Array.from({ length: kafka.brokers }, (_, i) => new Broker(i + 1, costs));
    this.context = {
      world,
      costs,
      applications,
      batches: new Batches(),
      keyHash: new KeyHash(world.keys),
      uniqueKeys: [],
      happen: (time, lane, kind, a, b) => {
        if (time > kernel.now) kernel.atLane(lane, time, this.base | kind, a, b);
        else this.handle(kind, a, b);
      },
      hop: (kind, a, b) =>
        this.context.happen(kernel.now + costs.networkLatency, this.latencyLane, kind, a, b),
      later: (time, kind, a, b) => {
        if (time > kernel.now) kernel.at(time, this.base | kind, a, b);
        else this.handle(kind, a, b);
      },
      timer: (time, kind, a, b) => kernel.at(time, this.base | kind, a, b),
    };
    this.createTopics(kafka, world);
  }

  /** The client of one instance; flows with the same settings share it. */
  client(settings: Flow["kafka"], stats: ProducerStats, place: number): ProducerClient {
    const client = new ProducerClient(this.context, settings, stats, place, this.accumulators);
    this.clients.push(client);
    return client;
  }

  /** The way of a flow instance into its topic; `source` is what its messages carry. */
  outlet(client: ProducerClient, flow: Flow, source: number, streamName: string, place: number): Outlet {
    const partitions = this.topics.get(flow.to.name.text);
    assert(partitions !== undefined, "a producer's topic exists");
    const outlet = new LogOutlet(this.context, client, partitions, flow, streamName, place);
    this.outlets[source] = outlet;
    this.context.uniqueKeys[source] = flow.key.kind === "unique";
    return outlet;
  }

  /** Its instances become members of its group; `works` and `places` have an entry for each. */
  consumer(
    consumer: LogConsumer,
    stats: ConsumerStats,
    works: readonly Work[],
    places: readonly number[],
  ): void {
    const { group: name, topics, settings } = consumer.from;
    const group = this.groupOf(consumer);
    const coordinator = coordinatorOf(name.text, this.brokers);
    for (let instance = 0; instance < consumer.instances; instance++) {
      const member = new Member(
        this.context,
        {
          number: this.members.length,
          instance,
          topics: topics.map(({ text }) => text),
          concurrency: consumer.concurrency,
          settings,
          stats,
          work: works[instance]!,
          place: places[instance]!,
        },
        coordinator,
      );
      this.members.push(member);
      group.members.push(member);
    }
  }

  start(): void {
    for (const group of this.groups.values()) group.schedule(this.sessions);
  }

  handle(kind: number, a: number, b: number): void {
    const event = kind as LogEvent;
    switch (event) {
      case LogEvent.clientDone:
        return this.outlets[this.context.world.messages.source[a]!]!.accumulate(a);
      case LogEvent.linger:
        return this.accumulators[a]!.client.lingered(this.accumulators[a]!.accumulator, b);
      case LogEvent.produceArrives:
        return this.produceArrives(a);
      case LogEvent.produceDone:
        return this.produceDone(a);
      case LogEvent.produceAnswered:
        return this.clientOf(a).answered(a);
      case LogEvent.fetchArrives:
        return this.sessions[a]!.arrives();
      case LogEvent.fetchWaited:
        return this.sessions[a]!.waited(b);
      case LogEvent.fetchAnswered:
        return this.sessions[a]!.answered();
      case LogEvent.handled:
        return this.members[a]!.handled(b);
      case LogEvent.commitArrives:
        return this.members[a]!.commits.arrives();
      case LogEvent.commitDone:
        return this.members[a]!.commits.done();
      case LogEvent.commitAnswered:
        return this.members[a]!.commits.answered();
      case LogEvent.autoCommit:
        return this.members[a]!.commits.interval();
      case LogEvent.groupStarts:
        return this.groupList[a]!.starts();
      case LogEvent.groupAssigned:
        return this.groupList[a]!.assigned(this.sessions);
      case LogEvent.groupStops:
        return this.groupList[a]!.stops();
      default:
        return assertNever(event);
    }
  }

  private createTopics(kafka: Kafka, world: World): void {
    let leader = 0;
    for (const topic of kafka.topics.values()) {
      const partitions = Array.from({ length: topic.partitions }, (_, p) => {
        const broker = this.brokers[leader++ % this.brokers.length]!;
        return new Partition(topic.name.text, p, broker, world.places.add("topic", topic.name.text, p));
      });
      this.topics.set(topic.name.text, partitions);
    }
  }

  private groupOf(consumer: LogConsumer): Group {
    const { group: name, topics, settings } = consumer.from;
    const existing = this.groups.get(name.text);
    const subscribed = new Map(existing?.setup.topics);
    for (const { text } of topics) subscribed.set(text, this.topics.get(text)!);
    if (existing !== undefined) {
      existing.setup.topics = subscribed;
      return existing;
    }
    const group = new Group(this.context, {
      number: this.groups.size,
      name: name.text,
      topics: subscribed,
      startsAt: consumer.startsAt,
      stopsAt: consumer.stopsAt,
      autoOffsetReset: settings.autoOffsetReset,
    });
    this.groups.set(name.text, group);
    this.groupList.push(group);
    return group;
  }

  private clientOf(firstBatch: number): ProducerClient {
    return this.accumulators[this.context.batches.accumulator[firstBatch]!]!.client;
  }

  private partitionOf(batch: number): Partition {
    return this.accumulators[this.context.batches.accumulator[batch]!]!.accumulator.partition;
  }

  /** A core handles the request; appends to a partition, and requests of a connection, follow one another. */
  private produceArrives(first: number): void {
    const { batches, costs, world } = this.context;
    const { now } = world.kernel;
    const client = this.clientOf(first);
    const { broker } = this.partitionOf(first);
    const connection = client.connectionTo(broker);
    let cost = costs.kafkaPerRequest;
    let earliest = Math.max(now, connection.handledUntil);
    for (let batch = first; batch >= 0; batch = batches.next[batch]!) {
      cost += costs.kafkaPerBatch + batches.bytes[batch]! * costs.brokerPerByte;
      earliest = Math.max(earliest, this.partitionOf(batch).appendedUntil);
      client.stamp(batch, Station.brokerReceived);
    }
    const done = broker.cores.serve(earliest, cost);
    connection.handledUntil = done;
    for (let batch = first; batch >= 0; batch = batches.next[batch]!)
      this.partitionOf(batch).appendedUntil = done;
    this.context.happen(done, connection.doneLane, LogEvent.produceDone, first, 0);
  }

  private produceDone(first: number): void {
    const { batches, world } = this.context;
    const client = this.clientOf(first);
    for (let batch = first; batch >= 0; batch = batches.next[batch]!) {
      const partition = this.partitionOf(batch);
      const count = batches.count[batch]!;
      const base = partition.append(world.messages, batches.head[batch]!, count, batches.bytes[batch]!);
      client.appended(count);
      this.stampAppended(batch, partition, base);
      if (partition.groups.length === 0) partition.forget();
      for (const of of partition.groups) of.group.appended(of, count);
    }
    if (client.awaitsAnswer) this.context.hop(LogEvent.produceAnswered, first, 0);
    else client.settle(first);
  }

  private stampAppended(batch: number, partition: Partition, base: number): void {
    const { trace, messages, kernel } = this.context.world;
    let offset = base;
    const head = this.context.batches.head[batch]!;
    for (let m = head; m >= 0 && trace.wants(messages.id[m]!); m = messages.next[m]!)
      trace.add(kernel.now, messages.id[m]!, Station.appended, partition.place, offset++);
  }
}
