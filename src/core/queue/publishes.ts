import { widened } from "../sim/messages.ts";

const initialCapacity = 64;

export const Outcome = { stored: 0, unroutable: 1, refused: 2 } as const;
export type Outcome = (typeof Outcome)[keyof typeof Outcome];

/** A publish whose outcome nobody waits for. */
export const unwatched = -1;

/** Publishes whose outcome the client or the statistics still wait for; handles are used again. */
export class Publishes {
  open = 0;
  /** The source of the message. */
  source = new Int32Array(initialCapacity);
  /** The message's number in the run. */
  id = new Int32Array(initialCapacity);
  /** Copies that are not safe in their queue yet. Free handles are linked by it. */
  left = new Int32Array(initialCapacity);
  /** The connection that it came by, as its publisher counts them. */
  connection = new Int32Array(initialCapacity);
  /** What it comes to: an `Outcome`. */
  outcome = new Uint8Array(initialCapacity);
  private used = 0;
  private free = -1;

  allocate(source: number, id: number, copies: number, outcome: Outcome, connection: number): number {
    this.open++;
    let publish = this.free;
    if (publish >= 0) this.free = this.left[publish]!;
    else {
      if (this.used === this.id.length) this.grow();
      publish = this.used++;
    }
    this.source[publish] = source;
    this.id[publish] = id;
    this.left[publish] = copies;
    this.outcome[publish] = outcome;
    this.connection[publish] = connection;
    return publish;
  }

  release(publish: number): void {
    this.open--;
    this.left[publish] = this.free;
    this.free = publish;
  }

  private grow(): void {
    const capacity = 2 * this.id.length;
    this.source = widened(new Int32Array(capacity), this.source);
    this.id = widened(new Int32Array(capacity), this.id);
    this.left = widened(new Int32Array(capacity), this.left);
    this.connection = widened(new Int32Array(capacity), this.connection);
    this.outcome = widened(new Uint8Array(capacity), this.outcome);
  }
}
