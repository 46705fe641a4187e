import type { QueueType } from "../model/rabbitmq-arguments-data.ts";
import type { FieldValue } from "../model/topology.ts";
import type { BrokerQueue } from "./broker.ts";
import type { QueueContext } from "./queue-context.ts";
import { QuorumQueue } from "./quorum-queue.ts";
import { notImplemented, preconditionFailed, type Refusal } from "./refusal.ts";
import type { Subscription } from "./rotation.ts";
import { streamFilterOf, type StreamFilter } from "./stream-filter.ts";
import { streamStart, StreamQueue, type StreamStart } from "./stream-queue.ts";

export interface ConsumeRequest {
  readonly noAck: boolean;
  readonly exclusive: boolean;
  readonly arguments: Readonly<Record<string, FieldValue>>;
}

/** Arguments that consumers of these types of queue alone may state. */
const argumentTypes: Readonly<Record<string, readonly QueueType[]>> = {
  "x-priority": ["classic", "quorum"],
  "x-stream-offset": ["stream"],
  "x-stream-filter": ["stream"],
  "x-stream-match-unfiltered": ["stream"],
};

const filterArguments = ["x-stream-filter", "x-stream-match-unfiltered"];

/** One `basic.consume`: what it asks for, and what becomes of it. */
export class Consumption {
  subscription: Subscription | undefined = undefined;
  private readonly request: ConsumeRequest;
  private readonly prefetch: number;
  private readonly limited: boolean;
  private readonly context: QueueContext;

  /** `limited`: the channel has one limit for all its consumers. */
  constructor(request: ConsumeRequest, prefetch: number, limited: boolean, context: QueueContext) {
    this.request = request;
    this.prefetch = prefetch;
    this.limited = limited;
    this.context = context;
  }

  get priority(): number {
    const priority = this.request.arguments["x-priority"];
    return typeof priority === "number" ? priority : 0;
  }

  get filter(): StreamFilter | undefined {
    const { "x-stream-filter": value, "x-stream-match-unfiltered": unfiltered } = this.request.arguments;
    return this.context.release.filtersStreams ? streamFilterOf(value, unfiltered) : undefined;
  }

  refusalBy(queue: BrokerQueue): Refusal | undefined {
    const priority = this.request.arguments["x-priority"];
    if (priority !== undefined && !Number.isInteger(priority)) return preconditionFailed;
    for (const name of Object.keys(this.request.arguments))
      if (!this.mayState(name, queue.rules.type)) return preconditionFailed;
    if (queue instanceof StreamQueue) {
      if (this.request.noAck || this.limited) return notImplemented;
      return this.prefetch === 0 || this.start === undefined ? preconditionFailed : undefined;
    }
    if (queue instanceof QuorumQueue) return this.limited ? notImplemented : undefined;
    return queue.subscribeRefusal(this.request.exclusive);
  }

  begin(queue: BrokerQueue, subscription: Subscription): void {
    this.subscription = subscription;
    if (queue instanceof StreamQueue) queue.subscribe(subscription, this.start);
    else queue.subscribe(subscription, this.request.exclusive);
  }

  private mayState(name: string, type: QueueType): boolean {
    if (name === "x-cancel-on-ha-failover" && this.context.release.mirroredQueues) return type === "classic";
    if (filterArguments.includes(name) && !this.context.release.filtersStreams) return true;
    return argumentTypes[name]?.includes(type) !== false;
  }

  private get start(): StreamStart | undefined {
    return streamStart(this.request.arguments["x-stream-offset"], this.context.world.kernel.now);
  }
}
