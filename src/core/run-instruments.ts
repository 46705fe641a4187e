import { readingsOf } from "./model/readings.ts";
import { instancesMax } from "./model/timeline.ts";
import type { Consumer, Flow, Producer, Topology } from "./model/topology.ts";
import { Kernel } from "./sim/kernel.ts";
import { Keys } from "./sim/keys.ts";
import { Lineage } from "./sim/lineage.ts";
import { Messages } from "./sim/messages.ts";
import { Places, type World } from "./sim/world.ts";
import { zero } from "./sim/zero.ts";
import { sameRange, type Measured } from "./expect/expect.ts";
import type { ConsumerFigures } from "./stats/consumer-figures.ts";
import { ConsumerStats } from "./stats/consumer-stats.ts";
import type { TimeRange } from "./stats/level-series.ts";
import { ChangelogStats } from "./stats/changelog-stats.ts";
import { JoinStats } from "./stats/join-stats.ts";
import { Losses } from "./stats/losses.ts";
import { Occurrences } from "./stats/occurrences.ts";
import { ProducerStats } from "./stats/producer-stats.ts";
import { RequestStats, type RequestFigures } from "./stats/request-stats.ts";
import type { ConsumerSummary, ProducerSummary, Series, Totals } from "./stats/result.ts";
import { inMillis, summarize } from "./stats/summary.ts";
import { Trace } from "./stats/trace.ts";
import { WindowStats } from "./stats/window-stats.ts";
import type { SimulationOptions } from "./simulation.ts";
import type { FlowBudget } from "./workload/source.ts";

const nanosPerSecond = 1e9;

interface ProducerInstruments {
  readonly stats: ProducerStats;
  readonly place: number;
}

interface ConsumerInstruments {
  readonly stats: ConsumerStats;
  /** Of what it sends on. */
  readonly sends: ProducerStats | undefined;
  readonly windows: WindowStats | undefined;
  readonly join: JoinStats | undefined;
  readonly changelog: ChangelogStats | undefined;
  readonly deadLetters: boolean;
  readonly places: readonly number[];
}

/**
 * A class and no literal: with the second evaluation of a literal V8 forgets what kinds of objects its fields hold, and
 * throws away all code that relied on them. The second run of a process would begin slowly.
 */
class RunWorld implements World {
  readonly kernel: Kernel;
  readonly messages = new Messages();
  readonly keys = new Keys();
  readonly lineage = new Lineage();
  readonly trace: Trace;
  readonly places = new Places();
  readonly losses: Losses;
  readonly occurrences = new Occurrences();
  readonly window: TimeRange;
  readonly ranges: readonly TimeRange[];
  readonly horizon: number;

  constructor({ run, expect }: Topology, options: SimulationOptions) {
    this.kernel = new Kernel(options.seed ?? run.seed);
    this.trace = new Trace(this.kernel, options.trace ?? run.trace, run.duration);
    this.losses = new Losses(this.trace);
    this.window = { from: run.warmup, to: run.duration };
    this.ranges = rangesOf(expect);
    this.horizon = zero + run.duration;
  }
}

/** The world of one run and all that measures it. */
export class Instruments {
  readonly world: World;
  private readonly producers = new Map<string, ProducerInstruments>();
  private readonly consumers = new Map<string, ConsumerInstruments>();
  private readonly budgets = new Map<Flow, FlowBudget>();
  private readonly timeline: Topology["timeline"];

  constructor(topology: Topology, options: SimulationOptions) {
    this.timeline = topology.timeline;
    this.world = new RunWorld(topology, options);
  }

  producer(producer: Producer): ProducerInstruments {
    const name = producer.name.text;
    let instruments = this.producers.get(name);
    if (instruments === undefined) {
      const { window, horizon, places, ranges } = this.world;
      instruments = {
        stats: new ProducerStats(window.from, horizon, ranges),
        place: places.add("producer", name, null),
      };
      if (producer.flows.some(({ requests }) => requests !== undefined))
        instruments.stats.requests = new RequestStats(window.from, ranges);
      this.producers.set(name, instruments);
    }
    return instruments;
  }

  /** For as many instances as there may be during the run. */
  consumer(consumer: Consumer): ConsumerInstruments {
    const { instances, concurrency, window: rule, join, changelog } = consumer;
    const { text } = consumer.name;
    const known = this.consumers.get(text);
    if (known !== undefined) return known;
    const { window, horizon, places, ranges } = this.world;
    const sends = readingsOf(consumer).flatMap((reading) => reading.sends);
    const most = instancesMax(text, instances, this.timeline);
    const stats = new ConsumerStats(most, concurrency, window.from, horizon, ranges);
    const numbers = Array.from({ length: most }, (_, i) => places.add("consumer", text, i + 1));
    const instruments = {
      stats,
      sends: sends.length === 0 ? undefined : new ProducerStats(window.from, horizon, ranges),
      windows: rule && sends.length > 0 ? new WindowStats(window.from) : undefined,
      join: join && sends.length > 0 ? new JoinStats(window.from) : undefined,
      changelog: changelog && new ChangelogStats(window.from),
      deadLetters: sends.some(({ when }) => when === "givenUp"),
      places: numbers,
    };
    this.consumers.set(text, instruments);
    return instruments;
  }

  budget(flow: Flow): FlowBudget {
    let budget = this.budgets.get(flow);
    if (budget === undefined) this.budgets.set(flow, (budget = { left: flow.messages }));
    return budget;
  }

  producerSummaries(): Record<string, ProducerSummary> {
    return Object.fromEntries([...this.producers].map(([name, { stats }]) => [name, producerSummary(stats)]));
  }

  consumerSummaries(now: number): Record<string, ConsumerSummary> {
    const time = Math.max(now - this.world.window.from, 0);
    return Object.fromEntries(
      [...this.consumers].map(([name, { stats, sends, windows, join, changelog, deadLetters }]) => [
        name,
        {
          ...consumerSummary(stats, now, time),
          ...(sends === undefined ? {} : { sends: producerSummary(sends) }),
          ...(windows === undefined ? {} : { windows: windows.summary }),
          ...(join === undefined ? {} : { join: join.summary }),
          ...(changelog === undefined ? {} : { changelog: changelog.summary }),
          ...(deadLetters ? { deadLettered: { failed: stats.deadLettered } } : {}),
        },
      ]),
    );
  }

  totals(of: {
    readonly dropped: number;
    readonly unfinished: number;
    readonly lostByBrokers: number;
    readonly elections: number;
  }): Totals {
    const sends = [...this.consumers.values()].flatMap((one) => one.sends ?? []);
    const producers = [...[...this.producers.values()].map(({ stats }) => stats), ...sends];
    const consumers = [...this.consumers.values()].map(({ stats }) => stats);
    return {
      sent: sum(producers, (one) => one.sent),
      accepted: sum(producers, (one) => one.accepted),
      refused: sum(producers, (one) => one.refused),
      unroutable: sum(producers, (one) => one.unroutable),
      timedOut: sum(producers, (one) => one.timedOut),
      delivered: sum(consumers, (one) => one.delivered),
      redelivered: sum(consumers, (one) => one.redelivered),
      processed: sum(consumers, (one) => one.processed),
      duplicates: sum(consumers, (one) => one.duplicates),
      skipped: sum(consumers, (one) => one.skipped),
      dropped: of.dropped,
      lost: { broker: of.lostByBrokers, consumer: sum(consumers, (one) => one.lost) },
      elections: of.elections,
      unfinished: of.unfinished,
    };
  }

  /** What the range of this number comes to. */
  part(number: number, now: number): Pick<Measured, "producers" | "consumers" | "totals"> {
    const { from, to } = this.world.ranges[number]!;
    const time = Math.max(Math.min(now, to) - from, 0);
    const producers = [...this.producers].map(
      ([name, { stats }]) =>
        [name, { ...stats.parts[number]!, ...roundTrips(stats.requests?.parts[number]) }] as const,
    );
    const consumers = [...this.consumers].map(([name, { stats, sends: onward }]) => {
      const figures = figuresOf(stats.parts[number]!, now, time);
      return [name, onward === undefined ? figures : { ...figures, sends: onward.parts[number]! }] as const;
    });
    const sends = [...this.consumers].flatMap(([name, of]) =>
      of.sends === undefined ? [] : [[name, of.sends.parts[number]!] as const],
    );
    const total = (figure: string) =>
      [...producers, ...sends, ...consumers].reduce(
        (sum, [, figures]) =>
          sum + (((figures as Readonly<Record<string, unknown>>)[figure] as number | undefined) ?? 0),
        0,
      );
    return {
      producers: Object.fromEntries(producers),
      consumers: Object.fromEntries(consumers),
      totals: Object.fromEntries(counted.map((figure) => [figure, total(figure)])),
    };
  }

  /** Counts what consumers have put off. */
  count(): void {
    for (const { stats } of this.consumers.values()) stats.count();
  }

  /** By consumer, when it first finished a message out of order, ns. */
  disorder(): ReadonlyMap<string, number> {
    const all = [...this.consumers].filter(([, { stats }]) => stats.violations > 0);
    return new Map(all.map(([name, { stats }]) => [name, stats.firstViolation]));
  }

  /** `now`: when the run ended, ns. */
  series(now: number): Series[] {
    const all: Series[] = [];
    for (const [name, { stats }] of this.producers)
      all.push({ of: "producer", name, metric: "sent", ...stats.sentSeries.columns() });
    for (const [name, { stats }] of this.consumers) {
      const of = "consumer";
      all.push({ of, name, metric: "latency", ...inMillis(stats.latencySeries.columns()) });
      for (const [part, share] of percentiles)
        all.push({
          of,
          name,
          metric: "percentile",
          part,
          ...inMillis(stats.percentileSeries.columns(share)),
        });
      all.push({ of, name, metric: "throughput", ...stats.throughputSeries.columns() });
      all.push({ of, name, metric: "utilization", ...stats.utilizationSeries.columns(now) });
      if (stats.redelivered > 0)
        all.push({ of, name, metric: "redelivered", ...stats.redeliveredSeries.columns() });
    }
    return all;
  }
}

const percentiles = [
  ["p50", 0.5],
  ["p99", 0.99],
] as const;

/** Figures of the whole run that are sums over its applications. */
const counted = [
  "sent",
  "accepted",
  "refused",
  "unroutable",
  "delivered",
  "redelivered",
  "processed",
  "duplicates",
  "skipped",
];

function producerSummary(stats: ProducerStats): ProducerSummary {
  const { sent, accepted, refused, unroutable, timedOut, underWay, returned } = stats;
  const counts = { sent, accepted, refused, unroutable, timedOut, underWay, returned };
  return { ...counts, ...roundTrips(stats.requests) };
}

/** Nothing of one that asks for no replies. */
function roundTrips(requests: RequestFigures | undefined) {
  if (requests === undefined) return {};
  const { answered, unanswered, lateReplies, roundTrip } = requests;
  return { answered, unanswered, lateReplies, roundTrip: summarize(roundTrip) };
}

/** `time`: ns of the window. */
function consumerSummary(stats: ConsumerStats, now: number, time: number): ConsumerSummary {
  const unfinished = stats.unfinishedShare;
  return {
    ...figuresOf(stats, now, time),
    order: { violations: stats.violations },
    unfinished,
    lowerBounds: unfinished > 0.01,
  };
}

type Figures = Omit<ConsumerSummary, "order" | "unfinished" | "lowerBounds">;

function figuresOf(stats: ConsumerFigures, now: number, time: number): Figures {
  const { processedBy, busyBy, blockedBy, rebalancingBy, concurrency } = stats;
  const aliveBy = busyBy.map((_, instance) => stats.alive(now, instance));
  const whole = sum(aliveBy, Number) * concurrency;
  const shareOf = (by: Float64Array): number => (whole > 0 ? sum(by, Number) / whole : 0);
  const shareAt = (by: Float64Array, i: number): number =>
    aliveBy[i]! > 0 ? by[i]! / (aliveBy[i]! * concurrency) : 0;
  return {
    delivered: stats.delivered,
    redelivered: stats.redelivered,
    processed: stats.processed,
    duplicates: stats.duplicates,
    replayed: stats.replayed,
    failed: stats.failed,
    skipped: stats.skipped,
    wait: summarize(stats.wait),
    latency: summarize(stats.latency),
    endToEnd: summarize(stats.endToEnd ?? stats.latency),
    attemptLatency: summarize(stats.attemptLatency),
    throughput: time > 0 ? (stats.processed * nanosPerSecond) / time : 0,
    utilization: shareOf(busyBy),
    blocked: shareOf(blockedBy),
    rebalancing: shareOf(rebalancingBy),
    instances: Array.from(processedBy, (processed, i) => ({
      instance: i + 1,
      processed,
      utilization: shareAt(busyBy, i),
      blocked: shareAt(blockedBy, i),
      rebalancing: shareAt(rebalancingBy, i),
    })),
  };
}

/** Each part of the run that an expectation speaks of, once. */
function rangesOf(expectations: Topology["expect"]): TimeRange[] {
  const ranges: TimeRange[] = [];
  for (const { during } of expectations)
    if (during !== undefined && !ranges.some((range) => sameRange(range, during))) ranges.push(during);
  return ranges;
}

function sum<T>(things: Iterable<T>, of: (thing: T) => number): number {
  let total = 0;
  for (const thing of things) total += of(thing);
  return total;
}
