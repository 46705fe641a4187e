/**
 * Messages that may be finished more than once: a producer sent them again, a handler went on with one that the broker
 * had taken back, or an ack was lost on its way. Only faults make any.
 */
export class Doubles {
  /** The queues in which it was finished, by the message's number in the run. */
  private readonly finished = new Map<number, Set<number>>();

  get none(): boolean {
    return this.finished.size === 0;
  }

  /** It may come to another end. */
  add(id: number): void {
    if (!this.finished.has(id)) this.finished.set(id, new Set());
  }

  /** It was finished, of which its queue has not heard. */
  finishedOnce(id: number, queue: number): void {
    this.add(id);
    this.finishes(id, queue);
  }

  /** A consumer of the queue has finished it; answers whether one had before. */
  finishes(id: number, queue: number): boolean {
    const queues = this.finished.get(id);
    if (queues === undefined) return false;
    if (queues.has(queue)) return true;
    queues.add(queue);
    return false;
  }
}
