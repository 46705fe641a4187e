import type { Costs } from "../model/calibration.ts";
import type { Kernel, Process } from "../sim/kernel.ts";
import type { Messages } from "../sim/messages.ts";
import type { Applications, World } from "../sim/world.ts";
import type { Trace } from "../stats/trace.ts";
import type { Accumulator } from "./accumulator.ts";
import { Batches } from "./batches.ts";
import type { FetchSession } from "./fetch-session.ts";
import { KeyHash } from "./key-hash.ts";

/** What happens in the log model; `a` and `b` of each event stand behind it. */
export const LogEvent = {
  /** A message leaves the client's thread: message. */
  clientDone: 0,
  /** `linger.ms` is over: accumulator, generation of the batch. */
  linger: 1,
  /** A produce request is at the broker: first batch. */
  produceArrives: 2,
  /** The broker has handled it: first batch. */
  produceDone: 3,
  /** Its answer is at the client: first batch. */
  produceAnswered: 4,
  /** A fetch is at the broker: session. */
  fetchArrives: 5,
  /** `fetch.max.wait.ms` is over: session, number of the wait. */
  fetchWaited: 6,
  /** Records are in the client's buffer: session. */
  fetchAnswered: 7,
  /** A handler ends: member, handler. */
  handled: 8,
  /** Offsets are at the coordinator: member. */
  commitArrives: 9,
  /** The coordinator has written them: member. */
  commitDone: 10,
  /** Its answer is at the member: member. */
  commitAnswered: 11,
  /** `auto.commit.interval.ms` is over for a member that waits in `poll()`: member. */
  autoCommit: 12,
  /** A group's members start: group. */
  groupStarts: 13,
  /** Its members have their partitions: group. */
  groupAssigned: 14,
  /** Its members leave: group. */
  groupStops: 15,
} as const;
export type LogEvent = (typeof LogEvent)[keyof typeof LogEvent];

/** What the parts of the log model share, and how they let things happen. */
export class LogContext {
  readonly world: World;
  readonly kernel: Kernel;
  readonly messages: Messages;
  readonly trace: Trace;
  readonly costs: Costs;
  readonly applications: Applications;
  readonly batches = new Batches();
  readonly keyHash: KeyHash;
  /** Events name accumulators and sessions by their places in these lists. */
  readonly accumulators: Accumulator[] = [];
  readonly sessions: FetchSession[] = [];
  /** Whether each message of this source has a key of its own, so that no order can be broken. */
  readonly uniqueKeys: boolean[] = [];
  private readonly process: Process;
  private readonly base: number;
  private readonly latencyLane: number;

  constructor(process: Process, world: World, costs: Costs, applications: Applications) {
    this.process = process;
    this.world = world;
    this.kernel = world.kernel;
    this.messages = world.messages;
    this.trace = world.trace;
    this.costs = costs;
    this.applications = applications;
    this.keyHash = new KeyHash(world.keys);
    this.base = world.kernel.register(process);
    this.latencyLane = world.kernel.lane();
  }

  /** Lets an event happen at `time`: in this very instant if that is now, through a lane if times there only grow. */
  happen(time: number, lane: number, kind: LogEvent, a: number): void {
    if (time > this.kernel.now) this.kernel.atLane(lane, time, this.base | kind, a, 0);
    else this.process.handle(kind, a, 0);
  }

  /** Lets it happen after the network's latency. */
  hop(kind: LogEvent, a: number): void {
    this.happen(this.kernel.now + this.costs.networkLatency, this.latencyLane, kind, a);
  }

  /** Lets it happen at `time`, in any order of times: in this very instant if that is now. */
  later(time: number, kind: LogEvent, a: number): void {
    if (time > this.kernel.now) this.kernel.at(time, this.base | kind, a, 0);
    else this.process.handle(kind, a, 0);
  }

  /** An event of its own, even if `time` is now: the end of a handler, a timer. */
  timer(time: number, kind: LogEvent, a: number, b: number): void {
    this.kernel.at(time, this.base | kind, a, b);
  }

  /** A timer whose times only grow. */
  timerInLane(time: number, lane: number, kind: LogEvent, a: number, b: number): void {
    this.kernel.atLane(lane, time, this.base | kind, a, b);
  }
}
