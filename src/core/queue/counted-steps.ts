import type { DestinationHandle } from "./exchange.ts";

/** How many messages took each step from an exchange. */
export class CountedSteps {
  private readonly counts = new Map<number, Map<DestinationHandle, number>>();

  add(from: number, to: DestinationHandle): void {
    let ends = this.counts.get(from);
    if (ends === undefined) this.counts.set(from, (ends = new Map<DestinationHandle, number>()));
    ends.set(to, (ends.get(to) ?? 0) + 1);
  }

  *all(): Iterable<readonly [from: number, to: DestinationHandle, messages: number]> {
    for (const [from, ends] of this.counts) for (const [to, messages] of ends) yield [from, to, messages];
  }
}
