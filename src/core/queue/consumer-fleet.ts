import { assert } from "../sim/invariant.ts";
import { LimitReached } from "../sim/limit.ts";
import type { Onward, Work } from "../sim/world.ts";
import type { ConsumerStats } from "../stats/consumer-stats.ts";
import type { BrokerQueue } from "./broker.ts";
import { AckLooks, AckTimeout } from "./ack-timeout.ts";
import { ConsumerInstance } from "./consumer-instance.ts";
import type { QueueContext } from "./queue-context.ts";
import { ClientEvent } from "./queue-event.ts";
import type { QueueConsumer } from "./queue-model.ts";
import { ChannelLimit, Subscription } from "./rotation.ts";
import { streamFilterOf } from "./stream-filter.ts";

/** A copy holds the number of its queue or subscription in 16 bits. */
const numbersMax = 65_536;

/** One instance of a consumer, whether it runs or not; each time that it starts it opens a connection of its own. */
interface Post {
  readonly consumer: QueueConsumer;
  readonly instance: number;
  readonly stats: ConsumerStats;
  readonly work: Work;
  readonly onward: Onward | undefined;
  readonly place: number;
  running: boolean;
  connection: ConsumerInstance | undefined;
}

/** All instances of all consumers, and every connection that they have had. */
export class ConsumerFleet {
  readonly connections: ConsumerInstance[] = [];
  /** By number. */
  readonly subscriptions: Subscription[];
  /** The connection of each subscription of a consumer. */
  readonly holders: ConsumerInstance[] = [];
  private readonly context: QueueContext;
  private readonly queues: readonly BrokerQueue[];
  private readonly queueNumber: (name: string) => number | undefined;
  private readonly posts: Post[] = [];
  private readonly byName = new Map<string, Post[]>();
  private readonly sizes = new Map<string, number>();
  private looks: AckLooks | undefined = undefined;

  constructor(
    context: QueueContext,
    subscriptions: Subscription[],
    queues: readonly BrokerQueue[],
    queueNumber: (name: string) => number | undefined,
  ) {
    this.context = context;
    this.subscriptions = subscriptions;
    this.queues = queues;
    this.queueNumber = queueNumber;
  }

  /**
   * `works` has an entry for each instance that there may be during the run, and so has `onward`, unless they send nothing
   * on.
   */
  add(
    consumer: QueueConsumer,
    stats: ConsumerStats,
    works: readonly Work[],
    onward: readonly Onward[],
  ): void {
    const { places } = this.context.world;
    const name = consumer.name.text;
    const posts = works.map((work, instance): Post => {
      const place = places.add("consumer", name, instance + 1);
      const running = { running: false, connection: undefined };
      return { consumer, instance, stats, work, onward: onward[instance], place, ...running };
    });
    for (const post of posts.slice(0, consumer.instances)) post.connection = this.connect(post);
    this.posts.push(...posts);
    this.byName.set(name, [...(this.byName.get(name) ?? []), ...posts]);
    this.sizes.set(name, consumer.instances);
  }

  /** Consumers that start at 0 have subscribed before the run begins. */
  begin(): void {
    const { world, base } = this.context;
    for (const [number, post] of this.posts.entries()) {
      const { consumer, instance } = post;
      const { startsAt, stopsAt, instances } = consumer;
      if (instance >= instances) continue;
      if (startsAt <= 0) {
        if (!this.takesTurns(post)) this.start(number);
        else if (instance === 0) this.startInTurns(this.posts.slice(number, number + instances));
      } else if (startsAt < Infinity) world.kernel.at(startsAt, base | ClientEvent.starts, number, 0);
      if (stopsAt < Infinity) world.kernel.at(stopsAt, base | ClientEvent.stops, number, 0);
    }
  }

  /** Whether its instances share out queues that have one active consumer each. */
  private takesTurns({ consumer: { instances, from } }: Post): boolean {
    return (
      instances > 1 &&
      from.queues.length > 1 &&
      from.queues.every(({ text }) => this.queues[this.queueNumber(text)!]!.rules.singleActiveConsumer)
    );
  }

  /**
   * Each instance subscribes to its part of the queues first, then to the others, all at the same pace: so each becomes the
   * active one of its part, and stands by for the rest. One that subscribed to everything first would be active everywhere.
   */
  private startInTurns(posts: readonly Post[]): void {
    const joined = posts.filter((post) => {
      post.running = true;
      post.connection ??= this.connect(post);
      return post.connection.join();
    });
    const queues = posts[0]!.consumer.from.queues.length;
    for (let turn = 0; turn < queues; turn++)
      for (const { instance, connection } of joined) {
        const own = Math.floor((instance * queues) / posts.length);
        connection!.subscribe(connection!.subscriptions[(own + turn) % queues]!, true);
      }
  }

  start(post: number): void {
    this.startPost(this.posts[post]!);
  }

  stop(post: number): void {
    stop(this.posts[post]!);
  }

  /** `instance` from 1. */
  startInstance(consumer: string, instance: number): void {
    for (const post of this.postsOf(consumer, instance)) this.startPost(post);
  }

  stopInstance(consumer: string, instance: number): void {
    for (const post of this.postsOf(consumer, instance)) stop(post);
  }

  crashInstance(consumer: string, instance: number): void {
    for (const post of this.postsOf(consumer, instance)) {
      if (!post.running) continue;
      post.running = false;
      post.connection!.crash();
    }
  }

  /** Instances with the highest numbers leave cleanly, or new ones come; one that is down stays down. */
  scale(consumer: string, instances: number): void {
    const posts = this.byName.get(consumer) ?? [];
    const before = this.sizes.get(consumer) ?? 0;
    this.sizes.set(consumer, instances);
    for (const post of posts)
      if (post.instance >= before && post.instance < instances) this.startPost(post);
      else if (post.instance >= instances && post.instance < before) stop(post);
  }

  /** Those of one instance (from 1), for each input. */
  private postsOf(consumer: string, instance: number): readonly Post[] {
    return (this.byName.get(consumer) ?? []).filter((post) => post.instance === instance - 1);
  }

  private startPost(post: Post): void {
    if (post.running) return;
    post.running = true;
    post.connection = post.connection?.fresh === true ? post.connection : this.connect(post);
    post.connection.start();
  }

  private connect({ consumer, instance, stats, work, onward, place }: Post): ConsumerInstance {
    const { settings, queues } = consumer.from;
    const { channelPrefetch } = settings;
    const channel = channelPrefetch < Infinity ? new ChannelLimit(channelPrefetch) : undefined;
    const queueNumbers = queues.map(({ text }) => {
      const queue = this.queueNumber(text);
      assert(queue !== undefined, "a consumer's queue exists");
      return queue;
    });
    const connection: ConsumerInstance = new ConsumerInstance(this.context, this.queues, {
      number: this.connections.length,
      instance,
      settings,
      concurrency: consumer.concurrency,
      stats,
      work,
      onward,
      place,
      queueNumbers,
      subscription: (queue) => this.subscribe(connection, queue, consumer, channel),
    });
    connection.link.timeout = this.ackTimeout(connection.number, queueNumbers);
    this.connections.push(connection);
    for (const queue of queueNumbers) this.subscribe(connection, queue, consumer, channel);
    return connection;
  }

  /** The broker looks at what a consumer holds, and may lose its patience. */
  look(number: number): void {
    const connection = this.connections[number]!;
    const { timeout } = connection.link;
    connection.timedOut(timeout!.overdue());
    timeout!.looked();
  }

  /** undefined where the run is over before the broker loses its patience. */
  private ackTimeout(connection: number, queues: readonly number[]): AckTimeout | undefined {
    const { world, release } = this.context;
    const least = Math.min(...queues.map((queue) => this.queues[queue]!.rules.consumerTimeout));
    if (least >= world.horizon) return undefined;
    this.looks ??= new AckLooks(world.kernel, this);
    return new AckTimeout(this.looks, { kernel: world.kernel, connection, queues: this.queues, release });
  }

  private subscribe(
    connection: ConsumerInstance,
    queue: number,
    { from: { settings } }: QueueConsumer,
    channel: ChannelLimit | undefined,
  ): Subscription {
    if (this.subscriptions.length === numbersMax || this.queues.length > numbersMax)
      throw new LimitReached(
        "consumers",
        `A run can have ${numbersMax} queues, and as many consumers on them, each start of an instance counted; use fewer instances.`,
      );
    const noAck = settings.ack === "auto";
    const prefetch = noAck ? Infinity : settings.prefetch;
    const subscription = new Subscription(this.subscriptions.length, queue, connection, {
      prefetch,
      noAck,
      priority: settings.priority,
      channel,
      early: settings.ack === "early",
      filter: this.context.release.filtersStreams
        ? streamFilterOf(settings.streamFilter, settings.matchUnfiltered)
        : undefined,
    });
    this.subscriptions.push(subscription);
    this.holders[subscription.number] = connection;
    connection.subscriptions.push(subscription);
    this.queues[queue]!.subscriptions.push(subscription);
    return subscription;
  }
}

function stop(post: Post): void {
  if (!post.running) return;
  post.running = false;
  post.connection!.stop();
}
