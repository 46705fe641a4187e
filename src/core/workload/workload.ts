import type { Process } from "../sim/kernel.ts";
import { LimitReached } from "../sim/limit.ts";
import type { Applications, World } from "../sim/world.ts";
import type { Source } from "./source.ts";

const Event = {
  /** The source's next arrival. */
  arrival: 0,
  /** A client of a closed loop has thought. */
  thought: 1,
} as const;

/** Messages alive at once, beyond which a run stops: some 1.2 GB in the engine. */
const messagesMax = 25_000_000;

/** All applications that send, each at its own times. */
export class Workload implements Process, Applications {
  readonly sources: Source[] = [];
  /** Messages sent so far: the next one's number in the run. */
  sent = 0;
  private readonly world: World;
  private readonly base: number;
  private waiting = 0;

  constructor(world: World) {
    this.world = world;
    this.base = world.kernel.register(this);
  }

  start(): void {
    for (const source of this.sources)
      if (source.think === undefined) this.scheduleNext(source);
      else
        for (let at = source.arrivals.next(); at < Infinity; at = source.arrivals.next())
          this.scheduleThought(source, at);
  }

  /** No source has anything more to send on its own. */
  get exhausted(): boolean {
    return this.waiting === 0;
  }

  handle(kind: number, a: number): void {
    const source = this.sources[a]!;
    if (kind === Event.thought) {
      this.waiting--;
      this.send(source);
    } else this.arrive(source);
  }

  /** A closed loop's client thinks, then sends again; open sources do not wait for outcomes. */
  settled(number: number): void {
    const source = this.sources[number]!;
    if (source.think !== undefined) this.scheduleThought(source, this.world.kernel.now + source.think.draw());
  }

  /** Messages arrive until something else comes in between. */
  private arrive(source: Source): void {
    const { kernel } = this.world;
    for (;;) {
      const at = source.arrivals.next();
      if (!source.open(at)) {
        this.waiting--;
        return this.send(source);
      }
      const turn = kernel.turn();
      this.send(source);
      if (!kernel.goesOn(turn, at))
        return kernel.atTurn(turn, at, this.base | Event.arrival, source.number, 0);
    }
  }

  private send(source: Source): void {
    if (this.world.messages.live >= messagesMax)
      throw new LimitReached(
        "messages",
        `${messagesMax} messages are alive at once; shorten the run or lower its rates.`,
      );
    if (source.send(this.sent)) this.sent++;
  }

  private scheduleNext(source: Source): void {
    const at = source.arrivals.next();
    if (!source.open(at)) return;
    this.waiting++;
    this.world.kernel.at(at, this.base | Event.arrival, source.number, 0);
  }

  private scheduleThought(source: Source, at: number): void {
    if (!source.open(at)) return;
    this.waiting++;
    this.world.kernel.at(at, this.base | Event.thought, source.number, 0);
  }
}
