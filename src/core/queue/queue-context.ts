import type { Costs } from "../model/calibration.ts";
import type { Messages } from "../sim/messages.ts";
import type { Applications, World } from "../sim/world.ts";
import type { Station, Trace } from "../stats/trace.ts";
import type { Broker } from "./broker.ts";
import { Cluster, type BrokerNode } from "./cluster.ts";
import { lifetimeOf, type Content } from "./content.ts";
import { Copies } from "./copies.ts";
import type { RuleCounts } from "./coverage.ts";
import { Doubles } from "./doubles.ts";
import type { ChannelCredit } from "./flow-control.ts";
import { Handlers } from "./handlers.ts";
import { Lifelines } from "./lifeline.ts";
import { Publishes } from "./publishes.ts";
import type { QueueRules } from "./queue-arguments.ts";
import type { Release } from "./release.ts";
import { Deadlines } from "./retention.ts";
import type { RouteTable } from "./route-table.ts";
import type { Subscription } from "./rotation.ts";

/**
 * Bytes around a body on the wire: a method, a header and a body frame of 8 each, the method's and the header's own
 * fields, and about 40 for names, keys and properties.
 */
export const deliveryOverhead = 96;
/** ns after which a client that has lost its connection, or its queue, tries again. (Java's client) */
export const recoveryInterval = 5e9;
/** An ack, a nack or a confirm: one method frame. */
export const settlementBytes = 21;

/** The client that waits for what becomes of its publishes. */
export interface Publishing {
  /** The node that its channel is on. */
  readonly node: BrokerNode;
  readonly persistent: boolean;
  readonly confirms: boolean;
  /** Whether each message has a key of its own, so that no order can be broken. */
  readonly uniqueKeys: boolean;
  /** Whether its client still waits for this message's confirm, and would send it again. */
  awaits(id: number): boolean;
  /** What its channel may send before it has to wait; undefined where processes take no time. */
  readonly credit: ChannelCredit | undefined;
  /** Where routes are counted. */
  readonly routes?: Pick<RouteTable, "lookup" | "place">;
  /** All copies are safe in their queues. */
  stored(publish: number): void;
  /** Of its messages, unless a copy has a content of its own: priority, and ns in a queue before they expire. */
  readonly priority: number | undefined;
  readonly lifetime: number;
  /** What a copy of its messages carries, unless it has a content of its own. */
  contentOf(copy: number): Content;
}

/** The subscription that holds a copy. */
export function holderOf(context: QueueContext, copy: number): Subscription {
  return context.subscriptions[context.copies.at[copy]!]!;
}

/** One more of a publish's queues has its copy, or has refused it; a dead letter's publish is its queue's own. */
export function tell({ publishes, publishers, broker }: QueueContext, publish: number): void {
  if (--publishes.left[publish]! > 0) return;
  const source = publishes.source[publish]!;
  if (source < 0) broker.deathTold(-1 - source, publish);
  else publishers[source]!.stored(publish);
}

/** What drives the queue model, and how many nodes it has. */
export interface QueueSetting {
  readonly costs: Costs;
  readonly applications: Applications;
  /** The process that takes the model's events. */
  readonly base: number;
  /** By source. */
  readonly publishers: readonly Publishing[];
  /** By number; a delivered copy's `at`. */
  readonly subscriptions: readonly Subscription[];
  /** Counts what decided, for whoever asks. */
  readonly rules?: RuleCounts | undefined;
  readonly nodes?: number;
  /** Whether connections, queues or nodes may fail in this run. */
  readonly faulty?: boolean;
  /** ns */
  readonly heartbeat?: number;
}

/** What the parts of the queue model share. */
export class QueueContext {
  readonly broker: Broker;
  readonly world: World;
  readonly costs: Costs;
  readonly applications: Applications;
  readonly copies: Copies;
  readonly publishes = new Publishes();
  readonly handlers = new Handlers();
  readonly deadlines = new Deadlines();
  readonly doubles = new Doubles();
  readonly release: Release;
  readonly rules: RuleCounts | undefined;
  readonly publishers: readonly Publishing[];
  readonly subscriptions: readonly Subscription[];
  readonly cluster: Cluster;
  readonly faulty: boolean;
  /** Connections whose network may be cut in this run. */
  readonly lifelines: Lifelines | undefined;
  readonly base: number;
  private readonly trace: Trace;
  private readonly messages: Messages;

  constructor(broker: Broker, world: World, of: QueueSetting) {
    this.broker = broker;
    this.world = world;
    this.trace = world.trace;
    this.messages = world.messages;
    this.costs = of.costs;
    this.applications = of.applications;
    this.copies = new Copies(world.messages);
    this.release = broker.host.release;
    this.rules = of.rules;
    this.publishers = of.publishers;
    this.subscriptions = of.subscriptions;
    this.faulty = of.faulty ?? false;
    this.lifelines = this.faulty ? new Lifelines(world.kernel, of.heartbeat) : undefined;
    this.cluster = new Cluster({ world, base: of.base }, of.costs, of.nodes ?? 1);
    this.base = of.base;
  }

  stamp(copy: number, station: Station, place: number, detail: number): void {
    const id = this.messages.id[copy]!;
    if (this.trace.wants(id)) this.trace.add(id, station, place, detail);
  }

  contentOf(copy: number): Content {
    return this.copies.contents.get(copy) ?? this.publisherOf(copy).contentOf(copy);
  }

  /** Its `priority`. */
  priorityOf(copy: number): number | undefined {
    const own = this.copies.contents.get(copy);
    return own === undefined ? this.publisherOf(copy).priority : own.priority;
  }

  /** The one that counts in a classic queue with `x-max-priority`; 0 in one without. */
  priorityIn({ maxPriority }: QueueRules, copy: number): number {
    return Math.min(this.priorityOf(copy) ?? 0, maxPriority);
  }

  /** Its `expiration`, ns; Infinity without one. */
  lifetimeOf(copy: number): number {
    const own = this.copies.contents.get(copy);
    return own === undefined ? this.publisherOf(copy).lifetime : lifetimeOf(own);
  }

  private publisherOf(copy: number): Publishing {
    return this.publishers[this.messages.source[copy]!]!;
  }
}
