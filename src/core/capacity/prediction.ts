import type { Processing } from "../model/consumer-work.ts";
import { readings, readingsOf } from "../model/readings.ts";
import type { Consumer, Topology } from "../model/topology.ts";
import { groupWork } from "./group-work.ts";
import { nanosPerSecond, offerOf, type Offer, type Pace } from "./pace.ts";
import { bounded, RateFlow } from "./streams.ts";
import { meanWait } from "./waiting.ts";

/** What a consumer is offered and what it can do, without running. Rates are messages per second. */
export interface ConsumerLoad extends Pick<Pace, "instancesMax"> {
  /** Deliveries, attempts again included. */
  readonly offered: number;
  /** What all its handlers together can do, with no more deliveries on the way to them than its prefetch allows. */
  readonly capacity: number;
  /** Of the time of all handlers, the share at work; 1 and above: they cannot keep up. */
  readonly utilization: number;
  /**
   * The busiest member of a group, where keys or partitions load them unevenly: its share of its own time. Of a queue's
   * consumer with the time in which its handlers wait for confirms.
   */
  readonly busiest: number;
  /** What keeps its handlers from work when it does all it can. */
  readonly idles: Offer["idles"];
  /** What it succeeds with: messages, each once. */
  readonly finished: number;
  /** Mean time in the queue, ns; undefined where no formula holds. */
  readonly wait: number | undefined;
  /** The overloaded consumers that what it is offered comes by, by name. */
  readonly behind: readonly string[];
}

/** Rates and loads that follow from the file alone. What theory does not tell is not in it. */
export interface Prediction {
  /** By name. */
  readonly queues: ReadonlyMap<string, number>;
  readonly topics: ReadonlyMap<string, number>;
  readonly groups: ReadonlyMap<string, number>;
  /** Of `queue:name` and `topic:name` the overloaded consumers that messages come by. */
  readonly behind: (place: string) => readonly string[];
  readonly consumers: ReadonlyMap<string, TotalLoad>;
  /** Of each source that a consumer reads, by handlers of its own. */
  readonly inputs: ReadonlyMap<Consumer, ConsumerLoad>;
}

/** All inputs of a consumer together: where it has one, that. */
export interface TotalLoad {
  readonly loads: readonly ConsumerLoad[];
  /** What it finishes. */
  readonly throughput: number;
  /** The mean over its inputs, which have as many handlers each. */
  readonly utilization: number;
}

/** The checks, the hints and the hovers of one text ask for the same. */
const known = new WeakMap<Topology, Prediction>();

export function predict(topology: Topology): Prediction {
  let prediction = known.get(topology);
  if (prediction === undefined) known.set(topology, (prediction = predicted(topology)));
  return prediction;
}

function predicted(topology: Topology): Prediction {
  const flow = new RateFlow(topology);
  const rates = (kind: string, names: Iterable<string>): Map<string, number> => {
    const known = new Map<string, number>();
    for (const name of names) {
      const rate = flow.rateTo(`${kind}:${name}`);
      if (!Number.isNaN(rate)) known.set(name, rate);
    }
    return known;
  };
  const topics = rates("topic", topology.kafka?.topics.keys() ?? []);
  const groups = new Map<string, number>();
  const consumers = new Map<string, TotalLoad>();
  const inputs = new Map<Consumer, ConsumerLoad>();
  for (const consumer of readings(topology)) {
    const { from } = consumer;
    if (from.kind === "log") {
      const rate = from.topics.reduce((sum, { text }) => sum + (topics.get(text) ?? NaN), 0);
      if (!Number.isNaN(rate)) groups.set(from.group.text, rate);
    }
    const pace = flow.paceOf(consumer);
    const load = pace && (from.kind === "log" ? logLoad : queueLoad)(topology, flow, pace);
    if (load !== undefined && Number.isFinite(load.utilization)) inputs.set(consumer, load);
  }
  for (const consumer of topology.consumers.values()) {
    const loads = readingsOf(consumer).map((reading) => inputs.get(reading));
    if (loads.every((load) => load !== undefined)) consumers.set(consumer.name.text, total(loads));
  }
  return {
    queues: rates("queue", topology.rabbitmq?.queues.keys() ?? []),
    topics,
    groups,
    behind: (place) => flow.behind(place),
    consumers,
    inputs,
  };
}

function total(loads: readonly ConsumerLoad[]): TotalLoad {
  const sum = (of: (load: ConsumerLoad) => number) => loads.reduce((all, load) => all + of(load), 0);
  return {
    loads,
    throughput: sum(({ finished }) => finished),
    utilization: sum(({ utilization }) => utilization) / loads.length,
  };
}

/** The squared coefficient of variation of a service time; undefined where the formulas have no use for it. */
function variationOf({ perMessage, perBatch, byKind, byKey }: Processing): number | undefined {
  if (perBatch !== undefined || byKind.size + byKey.size > 0) return undefined;
  if (perMessage.kind === "exponential") return 1;
  if (perMessage.kind === "constant") return 0;
  return perMessage.kind === "erlang" ? 1 / perMessage.shape : undefined;
}

function queueLoad({ rabbitmq }: Topology, flow: RateFlow, pace: Pace): ConsumerLoad {
  const { consumer, handlers, turn, confirming, places, alone, rules } = pace;
  const streams = flow.streamsFor(pace);
  const { offered, capacity, service, idles } = offerOf(pace, streams);
  const utilization = (offered * service) / (handlers * nanosPerSecond);
  const variation = variationOf(consumer.processing);
  const worked = service / (service + turn);
  const poisson =
    places.length === 1 &&
    alone &&
    consumer.from.kind === "queue" &&
    consumer.from.settings.prefetch === 1 &&
    confirming === 0 &&
    (turn === 0 || rabbitmq?.nodes === 1) &&
    !rules.some((rule) => rule.type === "stream" || bounded(rule)) &&
    streams.every((one) => one.flow.arrivals.kind === "poisson" && one.flow.rabbitmq.priority === undefined);
  return {
    offered,
    capacity,
    finished: (Math.min(offered, capacity) / pace.attempts) * pace.success,
    utilization,
    busiest: (offered * (service + confirming)) / (handlers * nanosPerSecond),
    idles,
    wait:
      poisson && variation !== undefined
        ? meanWait({
            utilization: offered / capacity,
            servers: handlers,
            service: service + turn,
            variation: variation * worked * worked,
          })
        : undefined,
    behind: behindOf(flow, pace),
    instancesMax: pace.instancesMax,
  };
}

function behindOf(flow: RateFlow, { places }: Pace): readonly string[] {
  return [...new Set(places.flatMap((place) => flow.behind(place)))];
}

function logLoad(topology: Topology, flow: RateFlow, pace: Pace): ConsumerLoad {
  const { consumer, attempts } = pace;
  const { offered, capacity, service } = offerOf(pace, flow.streamsFor(pace));
  const { busiest } = groupWork(topology, pace, (place) => flow.streamsTo(place));
  return {
    offered,
    capacity,
    finished: ((offered * flow.doneBy(consumer)) / attempts) * pace.success,
    // Members without partitions are alive as well, and do nothing.
    utilization: (offered * service) / (consumer.instances * consumer.concurrency * nanosPerSecond),
    busiest,
    idles: undefined,
    wait: undefined,
    behind: behindOf(flow, pace),
    instancesMax: pace.instancesMax,
  };
}
