import type { TimeRange } from "../stats/level-series.ts";
import type { Occurrences } from "../stats/occurrences.ts";
import type { Place } from "../stats/result.ts";
import type { Trace } from "../stats/trace.ts";
import { LimitReached } from "./limit.ts";
import type { Kernel } from "./kernel.ts";
import type { Keys } from "./keys.ts";
import type { Messages } from "./messages.ts";

/** What the models of both brokers share in one run. */
export interface World {
  readonly kernel: Kernel;
  readonly messages: Messages;
  readonly keys: Keys;
  readonly trace: Trace;
  readonly places: Places;
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
}

/** What an instance of a consumer sends on. */
export interface Forwards {
  /** A delivery has ended: in success, in failure, or the message is given up. `key` and `bytes` are its own. */
  sendOn(when: "success" | "failure" | "givenUp", key: number, bytes: number): void;
}

/** The applications' side of what becomes of a message; a closed-loop client thinks and sends the next. */
export interface Applications {
  /** The client is done with one message of this source: confirmed, refused, or sent where nothing is confirmed. */
  settled(source: number): void;
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
