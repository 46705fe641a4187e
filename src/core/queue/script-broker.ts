import { presets } from "../model/calibration.ts";
import { Kernel } from "../sim/kernel.ts";
import { Keys } from "../sim/keys.ts";
import { Lineage } from "../sim/lineage.ts";
import { Messages } from "../sim/messages.ts";
import { Places, type World } from "../sim/world.ts";
import { Occurrences } from "../stats/occurrences.ts";
import { Losses } from "../stats/losses.ts";
import { Trace } from "../stats/trace.ts";
import { Broker, type Hop } from "./broker.ts";
import { Channel, type ChannelListener } from "./channel.ts";
import type { RuleCounts } from "./coverage.ts";
import { releaseOf } from "./release.ts";
import { auditQueue } from "./queue-audit.ts";
import type { Subscription } from "./rotation.ts";
import { VirtualHost } from "./virtual-host.ts";

/** How many events may come before the broker comes to rest. */
const eventsMax = 50_000;

/**
 * What takes its time on a real server in an order that nobody promises, ns. A script whose outcome depends on it has none
 * that could be compared.
 */
export interface Timing {
  readonly hop: Hop;
  /** Between what a client hears and what it does. */
  readonly answer: number;
  /** Between messages that are sent together. */
  readonly gap: number;
  /** Whether the newest of a connection's channels ends first, and of all connections the newest. */
  readonly newestEndsFirst: boolean;
  /** Between the ends of a connection's channels, and between the queues that hear of a channel's end. */
  readonly endGap: number;
  /** Whether a client still hears what happens while the broker ends its connection. */
  readonly tellsLast: boolean;
}

const noTime: Omit<Timing, "hop"> = {
  answer: 0,
  gap: 0,
  newestEndsFirst: false,
  endGap: 0,
  tellsLast: false,
};

/** A broker whose costs are nothing, and the connections and channels of a script's clients on it. */
export class ScriptBroker {
  readonly broker: Broker;
  readonly kernel = new Kernel(1);
  private readonly base: number;
  private readonly subscriptions: Subscription[] = [];
  private readonly tasks: (() => void)[] = [];
  private readonly repeated: { readonly nanos: number; readonly task: () => boolean }[] = [];
  private readonly channels: Channel[] = [];
  private readonly timing: Omit<Timing, "hop">;
  /** Time cannot pass within a task. */
  private atTask = false;

  constructor(version: string, rules: RuleCounts | undefined, timing: Timing | undefined) {
    this.timing = timing ?? noTime;
    const { kernel } = this;
    const trace = new Trace(kernel, 0);
    const world: World = {
      kernel,
      messages: new Messages(),
      keys: new Keys(),
      lineage: new Lineage(),
      trace,
      places: new Places(),
      losses: new Losses(trace),
      window: { from: 0, to: Infinity },
      ranges: [],
      horizon: Infinity,
      occurrences: new Occurrences(),
    };
    const draw = (exchange: string) => (count: number) => kernel.stream(`exchange ${exchange}`).below(count);
    this.base = kernel.register({
      handle: (kind, number) => (kind === 1 ? this.repeat(number) : this.doTask()),
    });
    const base = kernel.register({ handle: (kind, a, b) => this.broker.handle(kind, a, b) });
    this.broker = new Broker(world, new VirtualHost(releaseOf(version), draw), {
      costs: presets.ideal,
      applications: { settled: () => undefined, replied: () => undefined },
      base,
      publishers: this.channels,
      subscriptions: this.subscriptions,
      rules,
      hop: timing?.hop,
    });
    this.broker.expectExpirations();
    this.broker.onCancel = (subscription) => {
      for (const channel of this.channels) channel.cancelled(subscription);
    };
  }

  open(connection: string, listener: ChannelListener): Channel {
    const { broker, subscriptions, channels } = this;
    const channel = new Channel(broker, { number: channels.length, connection, subscriptions, listener });
    channels.push(channel);
    return channel;
  }

  /** Whether a client still hears what happens while the broker ends its connection. */
  get tellsLast(): boolean {
    return this.timing.tellsLast;
  }

  /** Those that end together, in the order in which they do. */
  inEndingOrder<T>(some: Iterable<T>): T[] {
    return this.timing.newestEndsFirst ? [...some].reverse() : [...some];
  }

  /**
   * Its channels go, then the queues that are its own. A channel that the broker ends the connection for has ended by itself
   * before; all others are told to end at once, and do so when they come to it. (`terminate_channels` of `rabbit_reader`)
   */
  close(connection: string, failed?: Channel): void {
    if (failed !== undefined) this.end(failed);
    const channels = this.channels.filter((channel) => channel.connection === connection && channel.open);
    for (const channel of this.inEndingOrder(channels)) {
      this.betweenEnds();
      this.end(channel);
    }
    for (const [number, { owner }] of this.broker.host.queues.entries())
      if (owner === connection) this.broker.deleteQueue(number);
  }

  /** Each queue hears of it when the broker comes to that. */
  end(channel: Channel): void {
    channel.close((queues, lose) => {
      for (const queue of this.inEndingOrder(queues)) {
        lose(queue);
        this.betweenEnds();
      }
    });
  }

  private betweenEnds(): void {
    if (this.timing.endGap > 0 && !this.atTask) this.pass(this.timing.endGap);
  }

  /** Counts again what is counted at every move. */
  audit(): void {
    const { copies } = this.broker.context;
    copies.audit();
    const unacked = new Float64Array(this.subscriptions.length);
    for (const copy of copies.unacked()) unacked[copies.at[copy]!]!++;
    for (const queue of this.broker.queues) auditQueue(queue, copies, ({ number }) => unacked[number]!);
  }

  /** Does this again and again, after so many ns each time, until it answers that it has ended. */
  every(nanos: number, task: () => boolean): void {
    const number = this.repeated.push({ nanos, task }) - 1;
    this.kernel.at(this.kernel.now + nanos, this.base | 1, number, 0);
  }

  private repeat(number: number): void {
    const { nanos, task } = this.repeated[number]!;
    this.atTask = true;
    if (!task()) this.kernel.at(this.kernel.now + nanos, this.base | 1, number, 0);
    this.atTask = false;
  }

  private doTask(): void {
    this.atTask = true;
    this.tasks.shift()!();
    this.atTask = false;
  }

  /** What a client does when it hears of something: after all that is under way at this instant. */
  later(task: () => void): void {
    this.tasks.push(task);
    this.kernel.at(this.kernel.now + this.timing.answer, this.base, 0, 0);
  }

  /** Between two messages that are sent together. */
  betweenSends(): void {
    if (this.timing.gap > 0) this.pass(this.timing.gap);
  }

  /** Lets so much time pass, ns; at least what happens now. */
  pass(nanos: number): void {
    if (this.kernel.advance(eventsMax, this.kernel.now + nanos) === "events")
      throw new RangeError(`the broker does not come to rest: ${eventsMax} events have passed`);
  }
}
