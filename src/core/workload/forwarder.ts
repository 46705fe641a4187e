import type { Forward } from "../model/topology.ts";
import type { RandomStream } from "../sim/random.ts";
import type { Forwards } from "../sim/world.ts";
import type { Source } from "./source.ts";
import type { Workload } from "./workload.ts";

/** One entry of what a consumer sends on, at one of its instances. */
export interface ForwardSource {
  readonly forward: Forward;
  readonly source: Source;
}

/** What one consumer instance sends on. */
export class Forwarder implements Forwards {
  private readonly workload: Workload;
  private readonly entries: readonly ForwardSource[];
  /** For the fraction of a ratio. */
  private readonly stream: RandomStream;

  constructor(workload: Workload, entries: readonly ForwardSource[], stream: RandomStream) {
    this.workload = workload;
    this.entries = entries;
    this.stream = stream;
  }

  sendOn(when: Forward["when"], key: number, bytes: number): void {
    for (const { forward, source } of this.entries) {
      if (forward.when !== when) continue;
      const whole = Math.floor(forward.ratio);
      const fraction = forward.ratio - whole;
      const count = whole + (fraction > 0 && this.stream.next() < fraction ? 1 : 0);
      for (let i = 0; i < count; i++)
        this.workload.forward(
          source,
          forward.sameKey ? key : undefined,
          when === "givenUp" ? bytes : undefined,
        );
    }
  }
}
