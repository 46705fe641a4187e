import type { WindowSummary } from "./result.ts";

/**
 * What a run measures of a consumer's windows. A message counts once for each window that it is in, or would have been in.
 * Counters of events after the warm-up, but for `lost`, which is of the whole run.
 */
export class WindowStats {
  /** Windows that have closed, and the messages in them. */
  closed = 0;
  messages = 0;
  /** Messages that came after their window had closed. */
  late = 0;
  /** Messages without a key, where each key has its windows. */
  keyless = 0;
  /** Messages that were in windows which went with their instance, or which it lost with a partition. */
  lost = 0;
  /** Messages that are in windows now. */
  open = 0;
  private readonly from: number;

  /** `from`: the end of the warm-up, ns. */
  constructor(from: number) {
    this.from = from;
  }

  get summary(): WindowSummary {
    const { closed, messages, late, keyless, lost, open } = this;
    return { closed, messages, late, keyless, lost, open };
  }

  close(now: number, messages: number): void {
    this.open -= messages;
    if (now < this.from) return;
    this.closed++;
    this.messages += messages;
  }

  comeLate(now: number): void {
    if (now >= this.from) this.late++;
  }

  lackKey(now: number): void {
    if (now >= this.from) this.keyless++;
  }

  lose(messages: number): void {
    this.open -= messages;
    this.lost += messages;
  }
}
