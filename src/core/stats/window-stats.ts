import { KeptStats } from "./kept-stats.ts";
import type { WindowSummary } from "./state-summary.ts";

/**
 * What a run measures of a consumer's windows, which keep messages while they are open. A message counts once for each
 * window that it is in, or would have been in.
 */
export class WindowStats extends KeptStats {
  /** Windows that have closed, and the messages in them. */
  closed = 0;
  messages = 0;

  get summary(): WindowSummary {
    const { closed, messages, late, keyless, lost, kept: open } = this;
    return { closed, messages, late, keyless, lost, open };
  }

  close(now: number, messages: number): void {
    this.kept -= messages;
    if (!this.counts(now)) return;
    this.closed++;
    this.messages += messages;
  }
}
