import type { Name, Span } from "../text/span.ts";

/** One line of `timeline`. Entries stand in the order of the file; those of one time happen in that order. */
export interface TimelineEntry {
  /** Nanoseconds of simulated time. */
  readonly at: number;
  /** Nanoseconds after which it is undone; undefined where it stays. */
  readonly for: number | undefined;
  readonly action: TimelineAction;
  readonly span: Span;
}

export type TimelineAction =
  | { readonly kind: "crash" | "start" | "stop" | "restart"; readonly target: Target }
  /** Everything that it begins takes `factor` times as long as the file says. */
  | { readonly kind: "slow"; readonly target: Target; readonly factor: number }
  /** `targets` are of one kind; they reach nothing any more of `from`, or of everything else where it is undefined. */
  | {
      readonly kind: "isolate";
      readonly targets: readonly Target[];
      readonly from: readonly Target[] | undefined;
    }
  /** Messages per second are multiplied by `factor`, a multiple of what the file says. */
  | { readonly kind: "rate"; readonly producer: Name; readonly factor: number }
  | { readonly kind: "scale"; readonly consumer: Name; readonly instances: number }
  | { readonly kind: "replay"; readonly group: Name; readonly topic: Name; readonly to: ReplayPoint }
  | { readonly kind: "purge"; readonly queue: Name }
  | { readonly kind: "alarm"; readonly node: number; readonly resource: "memory" | "disk" }
  /** `count` is the new total. */
  | { readonly kind: "partitions"; readonly topic: Name; readonly count: number }
  /** `before` is the offset that becomes the log's start. */
  | {
      readonly kind: "deleteRecords";
      readonly topic: Name;
      readonly partition: number;
      readonly before: number;
    };

export type TimelineKind = TimelineAction["kind"];

/** Instances, brokers, nodes and controllers count from 1; instance 0 means all of them. */
export type Target =
  | { readonly kind: "consumer" | "producer"; readonly name: Name; readonly instance: number }
  | { readonly kind: "broker" | "node" | "controller"; readonly number: number }
  | { readonly kind: "queue"; readonly name: Name };

/** `time` is nanoseconds of the run. */
export type ReplayPoint =
  | { readonly kind: "earliest" | "latest" }
  | { readonly kind: "offset"; readonly offset: number }
  | { readonly kind: "time"; readonly time: number };

/** How many instances of a consumer there are at most during a run: the file's, or more where the timeline adds some. */
export function instancesMax(
  consumer: string,
  instances: number,
  timeline: readonly TimelineEntry[],
): number {
  let most = instances;
  for (const { action } of timeline)
    if (action.kind === "scale" && action.consumer.text === consumer) most = Math.max(most, action.instances);
  return most;
}

/** Whether the pace of a consumer changes during the run. */
export function slowed(consumer: string, timeline: readonly TimelineEntry[]): boolean {
  return timeline.some(
    ({ action }) =>
      action.kind === "slow" && action.target.kind === "consumer" && action.target.name.text === consumer,
  );
}

/** When something begins that may leave messages waiting, ns, in order: what only helps, or empties, is none. */
export function faultTimes(timeline: readonly TimelineEntry[]): number[] {
  const harms = ({ action }: TimelineEntry): boolean => {
    switch (action.kind) {
      case "crash":
      case "stop":
      case "restart":
      case "isolate":
      case "alarm":
      case "replay":
      case "scale":
        return true;
      case "slow":
      case "rate":
        return action.factor > 1;
      case "start":
      case "purge":
      case "partitions":
      case "deleteRecords":
        return false;
    }
  };
  return timeline
    .filter(harms)
    .map(({ at }) => at)
    .sort((a, b) => a - b);
}

/** Whether connections of RabbitMQ may break otherwise than with their clients: nodes and queues fail, or cannot be reached. */
export function breaksConnections(timeline: readonly TimelineEntry[]): boolean {
  return timeline.some(({ action }) => {
    if (action.kind === "isolate") return true;
    return "target" in action && (action.target.kind === "node" || action.target.kind === "queue");
  });
}

/** Whether the timeline may start instances of a consumer during the run. */
export function mayReturn(consumer: string, timeline: readonly TimelineEntry[]): boolean {
  return timeline.some(({ action }) => {
    if (action.kind === "scale") return action.consumer.text === consumer;
    return "target" in action && action.target.kind === "consumer" && action.target.name.text === consumer;
  });
}
