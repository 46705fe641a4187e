import { QueueEvent } from "./queue-event.ts";

/** What comes to a queue while it stands still: it is handled when the queue goes on. */
export class ParkedEvents {
  /** Triples of an event's kind and payload. */
  private parked: number[] = [];

  add(kind: QueueEvent, a: number, b: number): void {
    this.parked.push(kind, a, b);
  }

  /** All of it in its order, the ends of channels first. */
  *take(): Iterable<readonly [kind: QueueEvent, a: number, b: number]> {
    const { parked } = this;
    this.parked = [];
    for (const closings of [true, false])
      for (let i = 0; i < parked.length; i += 3)
        if ((parked[i] === QueueEvent.closing) === closings)
          yield [parked[i]! as QueueEvent, parked[i + 1]!, parked[i + 2]!];
  }
}
