import type { FieldValue } from "../model/topology.ts";
import type { BrokerQueue } from "./broker.ts";
import type { QueueContext } from "./queue-context.ts";
import { QuorumQueue } from "./quorum-queue.ts";
import { notImplemented, preconditionFailed, type Refusal } from "./refusal.ts";
import type { Subscription } from "./rotation.ts";
import { StreamQueue, type StreamStart } from "./stream-queue.ts";

export interface ConsumeRequest {
  readonly noAck: boolean;
  readonly exclusive: boolean;
  readonly arguments: Readonly<Record<string, FieldValue>>;
}

/** One `basic.consume`: what it asks for, and what becomes of it. */
export class Consumption {
  subscription: Subscription | undefined;
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

  refusalBy(queue: BrokerQueue): Refusal | undefined {
    const priority = this.request.arguments["x-priority"];
    if (priority !== undefined && !Number.isInteger(priority)) return preconditionFailed;
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

  /** undefined where `x-stream-offset` makes no sense. */
  private get start(): StreamStart | undefined {
    const offset = this.request.arguments["x-stream-offset"];
    if (offset === undefined) return { kind: "next" };
    if (offset === "first" || offset === "last" || offset === "next") return { kind: offset };
    if (typeof offset === "number" && Number.isInteger(offset) && offset >= 0)
      return { kind: "offset", offset };
    return typeof offset === "string" ? this.timeAgo(offset) : undefined;
  }

  /** An interval such as `5m` before now. */
  private timeAgo(text: string): StreamStart | undefined {
    const [, count, unit] = /^(\d+)([YMDhms])$/.exec(text) ?? [];
    if (count === undefined || unit === undefined) return undefined;
    const time = this.context.world.kernel.now - Number(count) * nanosPer[unit]!;
    return { kind: "time", time };
  }
}

const second = 1e9;
const day = 86_400 * second;
const nanosPer: Readonly<Record<string, number>> = {
  Y: 365 * day,
  M: 30 * day,
  D: day,
  h: 3600 * second,
  m: 60 * second,
  s: second,
};
