import type { GroupPartition } from "./group-partition.ts";
import type { Handlers } from "./handlers.ts";
import type { MemberSetup } from "./member-setup.ts";
import { Slice } from "./slice.ts";

class PartitionSlice extends Slice {
  /** A record of the partition is in work. */
  busy = false;
}

/** One record of each partition in work at a time: a slice of its own for each, served in turn while it is idle. */
export class SliceByPartition extends Slice {
  private readonly slices = new Map<GroupPartition, PartitionSlice>();
  /** Partitions with records of which none is in work, in the order in which that came about. */
  private readonly idle: GroupPartition[] = [];
  private firstIdle = 0;

  override add(of: GroupPartition, from: number, end: number, polledAt: number): void {
    let slice = this.slices.get(of);
    if (slice === undefined) this.slices.set(of, (slice = new PartitionSlice()));
    if (slice.held === 0 && !slice.busy) this.idle.push(of);
    slice.add(of, from, end, polledAt);
    this.held += end - from;
  }

  override take(): boolean {
    if (this.firstIdle === this.idle.length) return false;
    const of = this.idle[this.firstIdle++]!;
    if (this.firstIdle >= 32 && 2 * this.firstIdle >= this.idle.length) {
      this.idle.copyWithin(0, this.firstIdle);
      this.idle.length -= this.firstIdle;
      this.firstIdle = 0;
    }
    const slice = this.slices.get(of)!;
    slice.take();
    this.of = of;
    this.offset = slice.offset;
    this.polledAt = slice.polledAt;
    this.held--;
    slice.busy = true;
    return true;
  }

  override cut(of: GroupPartition, end: number): number {
    const slice = this.slices.get(of);
    const cut = slice?.cut(of, end) ?? 0;
    this.held -= cut;
    const idle = this.idle.indexOf(of, this.firstIdle);
    if (slice?.held === 0 && idle >= 0) this.idle.splice(idle, 1);
    return cut;
  }

  override released(of: GroupPartition): void {
    const slice = this.slices.get(of)!;
    slice.busy = false;
    if (slice.held > 0) this.idle.push(of);
  }

  override lowest(of: GroupPartition): number {
    return this.slices.get(of)?.lowest(of) ?? Infinity;
  }

  override offsetsOf(of: GroupPartition): number[] {
    return this.slices.get(of)?.offsetsOf(of) ?? [];
  }

  override countOf(of: GroupPartition): number {
    return this.slices.get(of)?.held ?? 0;
  }
}

/** A record that waits because its key is in work. */
interface Deferred {
  readonly of: GroupPartition;
  readonly offset: number;
  readonly key: number;
  readonly polledAt: number;
}

/** One record of each key in work at a time; those passed over keep their turn. */
export class SliceByKey extends Slice {
  private readonly inWork: (of: GroupPartition, key: number) => boolean;
  private readonly deferred: Deferred[] = [];
  /** A key came free, so that a deferred record may be taken. */
  private mayTakeDeferred = false;

  constructor(inWork: (of: GroupPartition, key: number) => boolean) {
    super();
    this.inWork = inWork;
  }

  override take(): boolean {
    if (this.mayTakeDeferred && this.takeDeferred()) return true;
    while (super.take()) {
      const of = this.of!;
      const { log } = of.partition;
      const key = log.key[log.at(this.offset)]!;
      if (!this.inWork(of, key)) return true;
      this.deferred.push({ of, offset: this.offset, key, polledAt: this.polledAt });
      this.held++;
    }
    return false;
  }

  override cut(of: GroupPartition, end: number): number {
    const kept = this.deferred.filter((record) => record.of !== of || record.offset < end);
    const cut = this.deferred.length - kept.length;
    this.deferred.splice(0, this.deferred.length, ...kept);
    this.held -= cut;
    return cut + super.cut(of, end);
  }

  override released(): void {
    this.mayTakeDeferred = this.deferred.length > 0;
  }

  override lowest(of: GroupPartition): number {
    let lowest = super.lowest(of);
    for (const record of this.deferred)
      if (record.of === of && record.offset < lowest) lowest = record.offset;
    return lowest;
  }

  override offsetsOf(of: GroupPartition): number[] {
    const deferred = this.deferred.filter((record) => record.of === of).map(({ offset }) => offset);
    return [...super.offsetsOf(of), ...deferred];
  }

  override countOf(of: GroupPartition): number {
    let count = super.countOf(of);
    for (const record of this.deferred) if (record.of === of) count++;
    return count;
  }

  private takeDeferred(): boolean {
    const index = this.deferred.findIndex(({ of, key }) => !this.inWork(of, key));
    this.mayTakeDeferred = index >= 0;
    if (index < 0) return false;
    const [record] = this.deferred.splice(index, 1);
    this.of = record!.of;
    this.offset = record!.offset;
    this.polledAt = record!.polledAt;
    this.held--;
    return true;
  }
}

/** With one handler the order of `poll()` keeps every order. */
export function sliceFor({ concurrency, settings }: MemberSetup, handlers: Handlers): Slice {
  if (concurrency === 1 || settings.orderedBy === "none") return new Slice();
  if (settings.orderedBy === "partition") return new SliceByPartition();
  return new SliceByKey((of, key) => handlers.inWork(of, key));
}
