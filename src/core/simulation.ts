import { evaluate, type MeasuredPart } from "./expect/expect.ts";
import { explain } from "./explain/explain.ts";
import { LogActions } from "./log/log-actions.ts";
import { auditLog } from "./log/log-audit.ts";
import {
  deliveredTo,
  droppedByShares,
  finishLog,
  groupSummaries,
  lagOver,
  logSeries,
  readEdges,
  topicSummaries,
  unfinishedOfLog,
} from "./log/log-report.ts";
import { LogModel, type LogConsumer } from "./log/log-model.ts";
import { readings } from "./model/readings.ts";
import { breaksConnections, faultTimes, mayReturn, slowed } from "./model/timeline.ts";
import type { Consumer, Producer, Topology } from "./model/topology.ts";
import { QueueActions } from "./queue/queue-actions.ts";
import { QueueModel, type QueueConsumer } from "./queue/queue-model.ts";
import { graphOf, memberEdge, sentEdges } from "./run-graph.ts";
import { Instruments } from "./run-instruments.ts";
import { sendersOf, type ConsumerSender } from "./run-senders.ts";
import { LimitReached } from "./sim/limit.ts";
import type { Evidence } from "./stats/finding.ts";
import { recoveryOf } from "./stats/recovery.ts";
import type { GraphEdge, Recorded, Result, RunProblem, Series, Summary } from "./stats/result.ts";
import { stations } from "./stats/trace.ts";
import { HandlerWork } from "./workload/handler-work.ts";
import { PreloadDraw } from "./workload/preload-draw.ts";
import { Source } from "./workload/source.ts";
import { Timeline } from "./workload/timeline.ts";
import { Workload } from "./workload/workload.ts";

export interface SimulationOptions {
  /** In place of the file's. */
  readonly seed?: number;
  /** In place of the file's `run.trace`. */
  readonly trace?: number;
  /** Recounts everything after so many events; a difference is an `InvariantError`. Always done once at the end. */
  readonly auditEvery?: number;
}

const nanosPerMilli = 1e6;
/** One run, advanced in slices so that its thread can stay responsive. */
export class Simulation {
  private readonly topology: Topology;
  readonly instruments: Instruments;
  readonly workload: Workload;
  readonly log: LogModel | undefined;
  readonly queue: QueueModel | undefined;
  private stopped: string | undefined = undefined;
  /** A limit was reached in the middle of an event: what that was about has no state yet. */
  private brokenOff = false;
  private readonly problems: RunProblem[] = [];

  constructor(topology: Topology, options: SimulationOptions = {}) {
    this.topology = topology;
    this.instruments = new Instruments(topology, options);
    const { world } = this.instruments;
    const { costs } = topology.run.calibration;
    this.workload = new Workload(world);
    if (topology.kafka !== undefined)
      this.log = new LogModel(
        world,
        topology.kafka,
        costs,
        this.workload,
        transactionalTopics(topology),
        grownTopics(topology),
      );
    if (topology.rabbitmq !== undefined)
      this.queue = new QueueModel(world, topology.rabbitmq, {
        costs,
        applications: this.workload,
        faulty: breaksConnections(topology.timeline),
      });
    for (const topic of topology.kafka?.topics.values() ?? [])
      if (topic.preload !== undefined)
        this.log!.preload(
          topic.name.text,
          new PreloadDraw(`preload of topic ${topic.name.text}`, topic.preload, world),
        );
    for (const { name, preload } of topology.rabbitmq?.queues.values() ?? [])
      if (preload !== undefined)
        this.queue!.preload(name.text, new PreloadDraw(`preload of queue ${name.text}`, preload, world));
    for (const { action } of topology.timeline)
      if (action.kind === "deleteRecords") this.log!.expectDeletions(action.topic.text);
      else if (action.kind === "replay") this.log!.expectReplay(action.topic.text);
    for (const producer of topology.producers.values()) this.addProducer(producer);
    const senders = new Map(readings(topology).map((consumer) => [consumer, sendersOf(consumer, this)]));
    const kinds = this.workload.sources.map(({ flow }) => flow.kind);
    for (const [consumer, of] of senders) this.addConsumer(consumer, of, kinds);
    if (options.auditEvery !== undefined) world.kernel.onAudit(options.auditEvery, () => this.audit());
    const sides = {
      applications: this.workload,
      log: this.log === undefined ? undefined : new LogActions(this.log),
      queue: this.queue === undefined ? undefined : new QueueActions(this.queue),
    };
    new Timeline(world, topology, sides).start();
    this.log?.start();
    this.queue?.start();
    this.workload.start();
  }

  /** Handles at most so many events; true when the run is over. */
  advance(maxEvents: number): boolean {
    if (this.stopped !== undefined) return true;
    const { kernel, horizon } = this.instruments.world;
    try {
      const end = kernel.advance(maxEvents, horizon);
      if (end === "events") return false;
      this.stopped = end === "empty" && horizon === Infinity ? "drained" : "duration";
    } catch (error) {
      if (!(error instanceof LimitReached)) throw error;
      this.brokenOff = true;
      this.stopped = `limit:${error.limit}`;
      this.problems.push({ code: `limit:${error.limit}`, message: error.message });
    }
    return true;
  }

  /** Part of the run that is done, 0 to 1; 0 while an unlimited one is under way. */
  get share(): number {
    const { kernel, horizon } = this.instruments.world;
    return this.stopped !== undefined ? 1 : horizon === Infinity ? 0 : kernel.now / horizon;
  }

  /** Simulated time, ms. */
  get nowMs(): number {
    return this.instruments.world.kernel.now / nanosPerMilli;
  }

  get events(): number {
    return this.instruments.world.kernel.events;
  }

  /** What the run has come to; final once `advance` has answered true. */
  result(): Result {
    const { topology, instruments, log, queue } = this;
    const { world } = instruments;
    const { now } = world.kernel;
    if (!this.brokenOff) this.audit();
    if (log !== undefined) finishLog(log, now);
    queue?.finish(now);
    instruments.count();
    const queues = queue?.summary();
    const unfinished = (log === undefined ? 0 : unfinishedOfLog(log)) + (queues?.unfinished ?? 0);
    const series = [
      ...(log === undefined ? [] : logSeries(log)),
      ...(queue?.series() ?? []),
      ...instruments.series(now),
    ];
    const summary = {
      format: 1 as const,
      name: topology.name,
      seed: world.kernel.seed,
      calibration: topology.run.calibration.preset,
      stopped: this.stopped ?? "cancelled",
      window: { from: world.window.from / nanosPerMilli, to: now / nanosPerMilli },
      producers: instruments.producerSummaries(),
      topics: log === undefined ? {} : topicSummaries(log),
      groups: this.recovering(log === undefined ? {} : groupSummaries(log), series, "lag"),
      exchanges: queues?.exchanges ?? {},
      queues: this.recovering(queues?.queues ?? {}, series, "depth"),
      consumers: instruments.consumerSummaries(now),
      totals: instruments.totals({
        dropped: (queues?.dropped ?? 0) + (log === undefined ? 0 : droppedByShares(log)),
        unfinished,
        lostByBrokers: (log?.context.replication.lost.count ?? 0) + (queues?.lost ?? 0),
        elections: (log?.context.replication.elections ?? 0) + (queues?.elections ?? 0),
      }),
      occurrences: world.occurrences.summary(world.places.list),
    };
    const whole: Summary = {
      ...summary,
      expect: evaluate(topology, summary, this.parts(now)),
      problems: this.problems,
    };
    const trace = {
      ...world.trace.columns(),
      places: world.places.list,
      stations,
      losses: world.losses.ways,
      texts: world.keys.texts,
    };
    const recorded: Recorded = {
      summary: whole,
      series,
      trace,
      occurrences: world.occurrences.columns(),
      graph: graphOf(topology, queue?.edges() ?? [], this.counted()),
      events: world.kernel.events,
    };
    return { ...recorded, findings: explain(recorded, this.evidence, topology) };
  }

  /** What went along the edges of the graph inside the window, but for those between exchanges and queues. */
  private *counted(): Iterable<GraphEdge> {
    const { topology, instruments, workload, log, queue } = this;
    yield* sentEdges(topology, workload.sources, instruments.world.places.list);
    for (const { name, from } of readings(topology))
      if (from.kind === "log")
        yield memberEdge(name.text, from.group.text, deliveredTo(log!, from.group.text, name.text));
    if (log !== undefined) yield* readEdges(log);
    if (queue !== undefined) yield* queue.departed();
  }

  /** For explanations. */
  get evidence(): Evidence {
    return {
      pauses: (this.log?.everyGroup ?? []).flatMap(({ unread, setup }) => unread.longestOf(setup.name)),
      disorder: this.instruments.disorder(),
    };
  }

  /** How long each of these took to recover from the faults of the timeline, where there are any. */
  private recovering<T extends object>(
    things: Readonly<Record<string, T>>,
    series: readonly Series[],
    metric: "lag" | "depth",
  ): Record<string, T & { readonly recovery?: number | null }> {
    const faults = faultTimes(this.topology.timeline).map((at) => at / nanosPerMilli);
    if (faults.length === 0) return { ...things };
    const from = this.instruments.world.window.from / nanosPerMilli;
    return Object.fromEntries(
      Object.entries(things).map(([name, thing]) => {
        const level = series.find((one) => one.metric === metric && one.name === name);
        return [name, level === undefined ? thing : { ...thing, recovery: recoveryOf(level, faults, from) }];
      }),
    );
  }

  /** What the parts of the run come to that expectations speak of. */
  private parts(now: number): MeasuredPart[] {
    const { instruments, log, queue } = this;
    return instruments.world.ranges.map((range, number) => ({
      ...range,
      summary: {
        ...instruments.part(number, now),
        topics: {},
        groups: Object.fromEntries(
          (log?.everyGroup ?? []).map((group) => [group.setup.name, { lag: lagOver(group, number) }]),
        ),
        exchanges: {},
        queues: Object.fromEntries(
          (queue?.queues ?? []).map(({ name, depth, unacked }) => [
            name,
            { depth: depth.over(number), unacked: unacked.over(number) },
          ]),
        ),
      },
    }));
  }

  private audit(): void {
    if (this.log !== undefined) auditLog(this.log);
    this.queue?.audit();
  }

  private addProducer(producer: Producer): void {
    const { world } = this.instruments;
    const { stats, place } = this.instruments.producer(producer);
    for (let instance = 0; instance < producer.instances; instance++) {
      const clients = new Map<string, ReturnType<LogModel["client"]>>();
      for (const flow of producer.flows) {
        const number = this.workload.sources.length;
        const streamName = `producer ${producer.name.text} ${flow.name.text} ${instance}`;
        const budget = this.instruments.budget(flow);
        const source = new Source(world, {
          number,
          flow,
          producer: producer.name.text,
          instance,
          instances: producer.instances,
          streamName,
          stats,
          place,
          budget,
        });
        this.workload.sources.push(source);
        if (flow.requests !== undefined) this.workload.expectReplies(source, stats.requests!, flow.requests);
        if (flow.to.kind === "topic") {
          const settings = JSON.stringify(flow.kafka);
          const client =
            clients.get(settings) ?? this.log!.client(flow.kafka, stats, place, streamName, instance);
          clients.set(settings, client);
          source.outlet = this.log!.outlet(client, flow, number, `${streamName} partitioner`);
        } else {
          const sender = this.queue!.sender("producer", producer.name.text, stats);
          source.outlet = this.queue!.outlet(sender, instance, flow, number, place);
        }
      }
    }
  }

  private addConsumer(
    consumer: Consumer,
    senders: readonly ConsumerSender[],
    kinds: readonly (string | undefined)[],
  ): void {
    const { world } = this.instruments;
    const { stats, places } = this.instruments.consumer(consumer);
    const steady = !slowed(consumer.name.text, this.topology.timeline);
    const works = places.map(
      (_, instance) => new HandlerWork(consumer, instance, world.kernel, world.keys, kinds, steady),
    );
    this.workload.takeOn(consumer.name.text, works);
    if (consumer.from.kind === "log")
      this.log!.consumer({
        consumer: consumer as LogConsumer,
        stats,
        works,
        senders: senders.flatMap(({ client, onward }) => (client === undefined ? [] : { client, onward })),
        places,
        mayReturn: mayReturn(consumer.name.text, this.topology.timeline),
      });
    else
      this.queue!.consumer(
        consumer as QueueConsumer,
        stats,
        works,
        senders.map(({ onward }) => onward),
      );
  }
}

/** How many partitions topics have in the end, by name. */
function grownTopics({ timeline }: Topology): Map<string, number> {
  const grown = new Map<string, number>();
  for (const { action } of timeline)
    if (action.kind === "partitions")
      grown.set(action.topic.text, Math.max(action.count, grown.get(action.topic.text) ?? 0));
  return grown;
}

/** Topics into which something is sent in transactions. */
function transactionalTopics({ producers, consumers }: Topology): Set<string> {
  const flows = [
    ...[...producers.values()].flatMap((producer) => producer.flows),
    ...readings({ consumers }).flatMap(({ sends }) => sends.map(({ flow }) => flow)),
    ...readings({ consumers }).flatMap(({ changelog }) => changelog ?? []),
  ];
  const inside = flows.filter(({ to, kafka }) => to.kind === "topic" && kafka.transactions !== undefined);
  return new Set(inside.map(({ to }) => to.name.text));
}
