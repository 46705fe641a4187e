import type { TimelineAction } from "../model/timeline.ts";
import type { Flow } from "../model/topology.ts";
import { InvariantError } from "../sim/invariant.ts";
import type { Process } from "../sim/kernel.ts";
import { LimitReached } from "../sim/limit.ts";
import type { Applications, World } from "../sim/world.ts";
import type { RequestStats } from "../stats/request-stats.ts";
import type { HandlerWork } from "./handler-work.ts";
import { Requests } from "./requests.ts";
import type { Source } from "./source.ts";
import type { Acted } from "./timeline.ts";

const Event = {
  /** The source's next arrival. */
  arrival: 0,
  /** A client of a closed loop has thought. */
  thought: 1,
  /** The oldest request of a source may have waited for too long. */
  waited: 2,
} as const;

/** Messages alive at once, beyond which a run stops: some 1.2 GB in the engine. */
const messagesMax = 25_000_000;

/** All applications: those that send do so each at its own times, those that read have their work. */
export class Workload implements Process, Applications, Acted {
  readonly sources: Source[] = [];
  /** By consumer, input and instance. */
  private readonly works = new Map<string, (readonly HandlerWork[])[]>();
  /** Messages sent so far: the next one's number in the run. */
  private sent = 0;
  private readonly world: World;
  private readonly base: number;

  constructor(world: World) {
    this.world = world;
    this.base = world.kernel.register(this);
  }

  /** The instances of a consumer work so on what comes by one of its inputs. */
  takeOn(consumer: string, works: readonly HandlerWork[]): void {
    this.works.set(consumer, [...(this.works.get(consumer) ?? []), works]);
  }

  start(): void {
    for (const source of this.sources)
      if (source.think === undefined) this.scheduleNext(source);
      else
        for (let at = source.arrivals.next(); at < Infinity; at = source.arrivals.next())
          this.schedule(source, at, Event.thought);
  }

  handle(kind: number, a: number, b: number): void {
    const source = this.sources[a]!;
    if (kind === Event.waited) {
      for (let count = source.requests!.expire(); count > 0; count--) this.free(source);
      return;
    }
    if (source.plan !== b) return;
    if (kind === Event.thought) {
      source.waiting++;
      this.send(source);
    } else this.arrive(source);
  }

  /** A crash, a stop, a start of what sends; its rate; how fast what reads is. */
  act(action: TimelineAction): void {
    if (action.kind === "rate") {
      for (const source of this.sources)
        if (source.producer === action.producer.text) this.changeRate(source, action.factor);
      return;
    }
    const target = "target" in action ? action.target : undefined;
    if (target?.kind === "consumer" && action.kind === "slow") {
      for (const works of this.works.get(target.name.text) ?? [])
        works[target.instance - 1]!.slowness = action.factor;
    } else if (target?.kind === "producer")
      for (const source of this.sources)
        if (source.producer === target.name.text && source.instance === target.instance - 1) {
          if (action.kind === "crash" || action.kind === "stop") halt(source, action.kind === "crash");
          else if (action.kind === "start") this.resume(source);
        }
  }

  end(): never {
    throw new InvariantError("applications have no network and no alarms of their own");
  }

  /** Who waits for a reply waits on, unless there will be none. */
  settled(number: number, id: number, accepted: boolean): void {
    const source = this.sources[number]!;
    if (source.onward !== undefined) source.onward.settled(id, accepted);
    if (source.requests === undefined || (!accepted && source.requests.fail(id))) this.free(source);
  }

  replied(number: number, request: number): void {
    const source = this.sources[number]!;
    if (source.requests!.answer(request)) this.free(source);
  }

  /** The source, once its stats are there, waits for replies. */
  expectReplies(source: Source, stats: RequestStats, { timeout }: Flow["requests"] & {}): void {
    const { kernel } = this.world;
    source.requests = new Requests(kernel, stats, timeout, (at) =>
      kernel.at(at, this.base | Event.waited, source.number, 0),
    );
  }

  /** A closed loop's client thinks, then sends again; open sources do not wait for outcomes. */
  private free(source: Source): void {
    if (source.think === undefined) return;
    source.waiting--;
    if (!source.running) return;
    source.answers.happens(this.world.kernel.now);
    this.think(source);
  }

  /** What it would have sent while it was down is never sent. */
  private resume(source: Source): void {
    if (source.running) return;
    source.running = true;
    source.arrivals.skip(this.world.kernel.now);
    if (source.think === undefined) this.scheduleNext(source);
    else for (let client = source.waiting; client < source.clients; client++) this.think(source);
  }

  private changeRate(source: Source, factor: number): void {
    const at = source.arrivals.change(this.world.kernel.now, factor);
    if (source.think !== undefined || !source.running) return;
    source.plan++;
    this.schedule(source, at, Event.arrival);
  }

  private think(source: Source): void {
    const from = Math.max(this.world.kernel.now, source.flow.from);
    this.schedule(source, from + source.think!.draw(), Event.thought);
  }

  /** Messages arrive until something else comes in between. */
  private arrive(source: Source): void {
    const { kernel } = this.world;
    for (;;) {
      // A changed pace may round to a hair before now.
      const at = Math.max(source.arrivals.next(), kernel.now);
      if (!source.open(at)) {
        this.send(source);
        return source.outlet!.ends?.();
      }
      const turn = kernel.turn();
      this.send(source);
      if (!kernel.goesOn(turn, at))
        return kernel.atTurn(turn, at, this.base | Event.arrival, source.number, source.plan);
    }
  }

  /** The number of the next message. */
  nextId(): number {
    if (this.world.messages.live >= messagesMax)
      throw new LimitReached(
        "messages",
        `${messagesMax} messages are alive at once; shorten the run or lower its rates.`,
      );
    return this.sent++;
  }

  private send(source: Source): void {
    if (!source.spent) source.send(this.nextId());
  }

  private scheduleNext(source: Source): void {
    this.schedule(source, source.arrivals.next(), Event.arrival);
  }

  /** A changed pace may have put what comes next a hair before now, or before the end of the source's time. */
  private schedule(source: Source, wanted: number, kind: number): void {
    const { kernel } = this.world;
    const at = wanted > kernel.now ? wanted : kernel.now;
    if (source.open(at)) kernel.at(at, this.base | kind, source.number, source.plan);
    else source.outlet?.ends?.();
  }
}

/** It makes nothing more. After a crash nobody waits for the answers to what it has sent. */
function halt(source: Source, crashed: boolean): void {
  if (crashed) {
    source.waiting = 0;
    source.requests?.forget();
  }
  source.running = false;
  source.plan++;
  if (!crashed) source.outlet!.ends?.();
}
