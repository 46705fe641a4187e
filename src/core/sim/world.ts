import type { TimeRange } from "../stats/level-series.ts";
import type { Losses } from "../stats/losses.ts";
import type { Occurrences } from "../stats/occurrences.ts";
import type { Place } from "../stats/result.ts";
import type { Trace } from "../stats/trace.ts";
import { LimitReached } from "./limit.ts";
import type { Kernel } from "./kernel.ts";
import type { Keys } from "./keys.ts";
import type { Lineage } from "./lineage.ts";
import type { Messages } from "./messages.ts";
import { zero } from "./zero.ts";

/** What the models of both brokers share in one run. */
export interface World {
  readonly kernel: Kernel;
  readonly messages: Messages;
  readonly keys: Keys;
  readonly lineage: Lineage;
  readonly trace: Trace;
  readonly places: Places;
  readonly losses: Losses;
  /** What happens beside the messages' own ways, with its reason. */
  readonly occurrences: Occurrences;
  /** What is measured: from the end of the warm-up to the end of the run (Infinity while that is not known), ns. */
  readonly window: TimeRange;
  /** Parts of the run that are measured each by itself, for expectations that speak of them. */
  readonly ranges: readonly TimeRange[];
  /** The planned length of the run, ns; Infinity for `unlimited`. Series spread their buckets over it. */
  readonly horizon: number;
}

/** What 16 bits of a journey's step can name. */
const placesMax = 65_536;

/** Numbers for the things at which a journey's steps, and other occurrences, happen. */
export class Places {
  readonly list: Place[] = [];
  private readonly numbers = new Map<string, number>();

  /**
   * The number of a thing, the same one however often it is asked for. `number`: a partition (from 0), an instance,
   * broker, node or controller (from 1), null for the thing itself.
   */
  add(kind: Place["kind"], name: string, number: number | null): number {
    const key = `${kind} ${number ?? ""} ${name}`;
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    if (this.list.length === placesMax)
      throw new LimitReached(
        "places",
        `${placesMax} partitions, queues and instances can be told apart; give the topology fewer.`,
      );
    const place = this.list.push({ kind, name, number }) - 1;
    this.numbers.set(key, place);
    return place;
  }
}

/** Takes a message from its application at `kernel.now`, and owns it from then on. */
export interface Outlet {
  send(message: number): void;
  /** The application has sent all that it will, unless it is started again. */
  ends?(): void;
  /** The number of a routing key that a message brings along. */
  routingNumber?(routingKey: string): number;
  /** What the client holds back to fill batches leaves at once. */
  flush?(): void;
  /** As `send`, for the answer to a request; the message's `routing` is the source that asked. */
  reply?(message: number, request: DeliveryEnd): void;
}

/** How a delivery ended, and what of its message matters to those that follow from it. */
export interface DeliveryEnd {
  when: "success" | "failure" | "givenUp";
  /** Key id. */
  key: number;
  /** Bytes of its value; they matter where it is given up, or kept in a state that needs them. */
  bytes: number;
  /** When its message was sent, and the one that it all began with, ns. */
  sentAt: number;
  rootAt: number;
  /** The number of that one in the run, which answers carry as their correlation id; −1 where there are several. */
  rootId: number;
  /** Of the sources that the consumer names, from 0. */
  from: number;
  /** What Kafka Streams calls a task: the number of its partition; 0 for a queue. */
  task: number;
  /** Matters where the consumer keeps it. */
  routingKey: string;
  /** The source of the message, its number in the run, and the connection that it came by: where a reply goes. */
  source: number;
  id: number;
  connection: number;
}

/** A delivery's end that is yet to be filled in. */
export function blankEnd(): DeliveryEnd {
  return {
    when: "success",
    key: 0,
    bytes: 0,
    sentAt: zero,
    rootAt: zero,
    rootId: -1,
    from: 0,
    task: 0,
    routingKey: "",
    source: 0,
    id: 0,
    connection: 0,
  };
}

/** How far the state of a task had got when a commit was sent. */
export interface StateMark {
  /** The number of its last record in the changelog. */
  readonly last: number;
  /** Ns. */
  readonly streamTime: number;
}

/** What was read of a task's changelog. */
export interface ReadBack {
  /** The messages that a restoring reader may read, by their numbers, and those that are in the log. */
  readonly readable: ReadonlySet<number>;
  readonly present: ReadonlySet<number>;
  readonly records: number;
  /** For how long the task stood still, ns. */
  readonly waited: number;
}

/** State of an instance's tasks that a topic has as well. */
export interface LoggedState {
  readonly topic: string;
  /** Whether it needs to know the size of what was read. */
  readonly keepsBytes: boolean;
  /** Whether the task's state is to be read back before the task goes on. */
  lacks(task: number): boolean;
  mark(task: number): StateMark;
  /** A commit that was sent at this mark has taken effect. */
  committed(task: number, mark: StateMark): void;
  restore(task: number, of: ReadBack): void;
}

export interface OnwardListener {
  /** All that a delivery has sent on has an outcome; `accepted`: none was refused. */
  confirmed(delivery: number, accepted: boolean): void;
}

/** What becomes of a delivery by what was sent on from it. */
export const Sent = { done: -1, refused: -2 } as const;

/** What an instance of a consumer sends on: after processing, and before the delivery is acknowledged. */
export interface Onward {
  /** Whether it needs to know the routing key of what it read. */
  readonly keepsRoutingKey: boolean;
  /** Something that was sent on has no outcome yet. */
  readonly pending: boolean;
  /** Undefined where it keeps none, or in memory alone. */
  readonly state: LoggedState | undefined;
  /**
   * Sends what follows from a delivery. Answers `Sent.done` or `Sent.refused` where no outcome is to be waited for any
   * more; else a number that the listener hears, if there is one, when all of it has an outcome.
   */
  send(of: DeliveryEnd, listener: OnwardListener | undefined): number;
  /** What clients still hold leaves at once; calls back when all that was sent on so far has an outcome. */
  flush(whenDone: () => void): void;
  /** The process has crashed: it hears of nothing any more. A listener that is still leaving hears of a failure. */
  forget(crashed: OnwardListener | undefined): void;
  /** It has the state of these tasks alone from now on, if it had any; `rule`: why. */
  keep(tasks: readonly number[], rule: string): void;
}

/**
 * The applications' side of what becomes of a message; a closed-loop client thinks and sends the next, a consumer that
 * sends on acknowledges what it had read.
 */
export interface Applications {
  /**
   * The client is done with one message of this source: confirmed, refused, or sent where nothing is confirmed.
   * `id`: the message's number in the run. `accepted`: the broker did not refuse, return or leave it unanswered.
   */
  settled(source: number, id: number, accepted: boolean): void;
  /** A reply is with the source that asked; `request`: the number of what it answers, −1 where that is not to be told. */
  replied(source: number, request: number): void;
}

/** The work of one instance: how long its handlers take and which deliveries fail. Times in ns. */
export interface Work {
  /** Of one delivery. Members with one handler ask ahead of the time at which it begins, where it is `steady`. */
  duration(source: number, key: number): number;
  /** Paid once for each slice of `poll()`; 0 where the file gives none. */
  perBatch(): number;
  /** Whether nothing in the file changes during the run how long deliveries take: they may be drawn ahead. */
  readonly steady: boolean;
  /** Whether any can. */
  readonly mayFail: boolean;
  /** Whether this delivery fails, asked once at its end; poison fails every time. */
  fails(sentAt: number, key: number): boolean;
}
