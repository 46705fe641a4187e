import type { Consumer } from "../model/topology.ts";

const none: readonly Consumer[] = [];

/** What a consumer reads, `queue:name` or `group:name`: consumers with a place in common share what comes there. */
const placesOf = ({ from }: Consumer): readonly string[] =>
  from.kind === "log" ? [`group:${from.group.text}`] : from.queues.map(({ text }) => `queue:${text}`);

/** Who reads what: members of one group, competitors for one queue. */
export class Readers {
  private readonly byPlace = new Map<string, Consumer[]>();

  constructor(consumers: Iterable<Consumer>) {
    for (const consumer of consumers)
      for (const place of placesOf(consumer)) {
        const known = this.byPlace.get(place);
        if (known === undefined) this.byPlace.set(place, [consumer]);
        else known.push(consumer);
      }
  }

  ofQueue(queue: string): readonly Consumer[] {
    return this.byPlace.get(`queue:${queue}`) ?? none;
  }

  /** All that share with this consumer what it reads, itself included. */
  beside(consumer: Consumer): readonly Consumer[] {
    const [place = "", ...others] = placesOf(consumer);
    const there = this.byPlace.get(place) ?? none;
    if (others.length === 0) return there;
    return [...new Set([...there, ...others.flatMap((other) => this.byPlace.get(other) ?? none)])];
  }
}
