import { streamOf } from "../model/readings.ts";
import type { Consumer } from "../model/topology.ts";
import { RandomStream } from "../sim/random.ts";
import { Sampler } from "../sim/sampler.ts";
import type { Kernel } from "../sim/kernel.ts";
import type { Keys } from "../sim/keys.ts";
import type { Work } from "../sim/world.ts";
import { hashOfTime } from "./hash-of-time.ts";

/** The work of one instance of a consumer, drawn from streams of its own. */
export class HandlerWork implements Work {
  readonly mayFail: boolean;
  readonly steady: boolean;
  /** What begins takes so many times as long as the file says. */
  slowness = 1;
  private readonly perMessage: Sampler;
  private readonly batch: Sampler | undefined;
  private readonly byKey = new Map<number, Sampler>();
  private readonly byKind = new Map<string, Sampler>();
  /** Sampler by source, for sources whose messages are of a kind that `byKind` names. */
  private readonly bySource: (Sampler | undefined)[];
  private readonly failures: RandomStream;
  private readonly share: number;
  private readonly persistent: boolean;
  private readonly salt: number;

  /** `kinds` holds the kind of each source's messages. */
  constructor(
    consumer: Consumer,
    instance: number,
    kernel: Kernel,
    keys: Keys,
    kinds: readonly (string | undefined)[],
    steady = true,
  ) {
    const name = streamOf(consumer);
    const stream = kernel.stream(`${name} ${instance} processing`);
    const { processing, failures } = consumer;
    this.perMessage = new Sampler(processing.perMessage, stream);
    this.batch = processing.perBatch === undefined ? undefined : new Sampler(processing.perBatch, stream);
    for (const [key, distribution] of processing.byKey)
      this.byKey.set(keys.idOf(key), new Sampler(distribution, stream));
    for (const [kind, distribution] of processing.byKind)
      this.byKind.set(kind, new Sampler(distribution, stream));
    this.bySource = kinds.map((kind) => (kind === undefined ? undefined : this.byKind.get(kind)));
    this.failures = kernel.stream(`${name} ${instance} failures`);
    this.share = failures.share;
    this.steady = steady;
    this.mayFail = failures.share > 0;
    this.persistent = failures.persistent;
    this.salt = new RandomStream(kernel.seed, `${name} poison`).uint32();
  }

  duration(source: number, key: number): number {
    const sampler = this.byKey.size > 0 ? this.byKey.get(key) : undefined;
    return this.slowness * (sampler ?? this.bySource[source] ?? this.perMessage).draw();
  }

  perBatch(): number {
    return this.batch === undefined ? 0 : this.slowness * this.batch.draw();
  }

  /** Poison is told by the moment of sending and the key, so that every instance fails on the same messages. */
  fails(sentAt: number, key: number): boolean {
    if (this.share === 0) return false;
    if (!this.persistent) return this.failures.next() < this.share;
    return hashOfTime(sentAt, key ^ this.salt) / 4_294_967_296 < this.share;
  }
}
