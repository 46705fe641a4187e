import type { LogContext } from "./log-context.ts";
import { LogEvent } from "./log-event.ts";
import type { ProducerClient } from "./producer-client.ts";

/** `flush()` of a producer client: what it has leaves at once, and somebody waits until all of it has an outcome. */
export class ProducerFlush {
  private readonly context: LogContext;
  private readonly client: ProducerClient;
  private whenDone: (() => void) | undefined;

  constructor(context: LogContext, client: ProducerClient) {
    this.context = context;
    this.client = client;
  }

  /** Something that the client took has no outcome yet. */
  get pending(): boolean {
    const { inThread, accumulators } = this.client;
    if (inThread > 0) return true;
    for (const { requests } of this.client.allConnections()) if (requests.length > 0) return true;
    return accumulators.some(({ batches }) => batches > 0);
  }

  /** `threadDone`: when the client's thread has done all that came before. */
  begin(threadDone: number, whenDone: () => void): void {
    this.whenDone = whenDone;
    this.context.timer(threadDone, LogEvent.flushed, this.client.number, 0);
  }

  /** The thread has done it: batches leave without lingering. */
  sends(): void {
    this.client.hurry();
    this.review();
  }

  /** Batches may have got their outcomes. */
  review(): void {
    const { whenDone } = this;
    if (whenDone === undefined || this.client.dead || this.pending) return;
    this.whenDone = undefined;
    whenDone();
  }
}
