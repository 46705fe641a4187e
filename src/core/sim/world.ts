import type { EntityKind, TraceColumns } from "../stats/result.ts";
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
  /** What is measured: from the end of the warm-up to the end of the run (Infinity while that is not known), ns. */
  readonly window: { readonly from: number; readonly to: number };
  /** The planned length of the run, ns; Infinity for `unlimited`. Series spread their buckets over it. */
  readonly horizon: number;
}

/** What 16 bits of a journey's step can name. */
const placesMax = 65_536;

/** Numbers for the things at which a journey's steps happen. */
export class Places {
  readonly list: TraceColumns["places"][number][] = [];

  /** `number`: a partition or an instance, null for the thing itself. */
  add(kind: EntityKind, name: string, number: number | null): number {
    if (this.list.length === placesMax)
      throw new LimitReached(
        "places",
        `${placesMax} partitions, queues and instances can be told apart; give the topology fewer.`,
      );
    return this.list.push({ kind, name, number }) - 1;
  }
}

/** Takes a message from its application at `kernel.now`, and owns it from then on. */
export interface Outlet {
  send(message: number): void;
}

/** The applications' side of what becomes of a message; a closed-loop client thinks and sends the next. */
export interface Applications {
  /** The client is done with one message of this source: confirmed, refused, or sent where nothing is confirmed. */
  settled(source: number): void;
}

/** The work of one instance: how long its handlers take and which deliveries fail. Times in ns. */
export interface Work {
  /** Of one delivery. */
  duration(source: number, key: number): number;
  /** Paid once for each slice of `poll()`; 0 where the file gives none. */
  perBatch(): number;
  /** Whether any can. */
  readonly mayFail: boolean;
  /** Whether this delivery fails, asked once at its end; poison fails every time. */
  fails(sentAt: number, key: number): boolean;
}
