import type { Subscription } from "./rotation.ts";

/** A consumer of a channel, or a `basic.get`, which counts as one. */
export interface Taker {
  /** The consumer's tag; of `basic.get` none. */
  readonly tag: string | undefined;
  /** Among all that the channel has had. */
  readonly number: number;
}

/** A delivery that is not settled. */
export interface Held {
  readonly copy: number;
  readonly by: Taker;
  /** Among the deliveries to the same consumer, from 0. */
  readonly nth: number;
  readonly subscription: Subscription;
  /** When it went out. */
  readonly since: number;
}

/** What one frame settles is passed on consumer by consumer: those of `basic.get` one by one, then the others by their tags. */
export function byConsumer(held: readonly Held[]): (readonly Held[])[] {
  const got = held.filter(({ by }) => by.tag === undefined).map((one) => [one]);
  const tags = new Set(held.flatMap(({ by }) => by.tag ?? []));
  const delivered = [...tags].sort((a, b) => (a < b ? -1 : 1));
  return [...got, ...delivered.map((tag) => held.filter(({ by }) => by.tag === tag))];
}

/** By the number of their queue, in the order given. */
export function byQueue(held: Iterable<Held>): Map<number, Held[]> {
  const queues = new Map<number, Held[]>();
  for (const one of held) {
    const same = queues.get(one.subscription.queue);
    if (same === undefined) queues.set(one.subscription.queue, [one]);
    else same.push(one);
  }
  return queues;
}
