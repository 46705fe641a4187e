import { widened } from "../sim/messages.ts";

const initialCapacity = 64;

/** Which reply belongs to which request, by slot. */
export class Correlations {
  /** The connection that a request came by, as its publisher counts them; of a reply that of its request. */
  connection = new Int32Array(initialCapacity);
  /** `correlation_id` of a reply: the number of its request in the run. */
  request = new Int32Array(initialCapacity);

  set(slot: number, connection: number, request: number): void {
    if (slot >= this.connection.length) this.grow(slot);
    this.connection[slot] = connection;
    this.request[slot] = request;
  }

  copy(from: number, to: number): void {
    if (from < this.connection.length) this.set(to, this.connection[from]!, this.request[from]!);
  }

  private grow(slot: number): void {
    let capacity = 2 * this.connection.length;
    while (capacity <= slot) capacity *= 2;
    this.connection = widened(new Int32Array(capacity), this.connection);
    this.request = widened(new Int32Array(capacity), this.request);
  }
}
