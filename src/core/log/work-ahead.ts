import type { Work } from "../sim/world.ts";
import type { Trace } from "../stats/trace.ts";
import type { Slice } from "./slice.ts";

/** Records of one stretch: few enough that a run can still be cancelled soon between two events. */
const stretchMax = 64;

/**
 * When the records of a stretch of one handler's work end, drawn when the stretch begins. The end of the last is an
 * event; the others are settled with it, or before, when somebody asks what the handler has done by now. Times are ns.
 */
export class WorkAhead {
  /** Of the record in work, unless it is the last of the stretch: Infinity then. */
  nextEnd = Infinity;
  /** Which stretch it is, so that an event knows whether its own is still on. */
  stretch = 0;
  /** One of its records is traced: each is settled at an event. */
  traced = false;
  private readonly ends = new Float64Array(stretchMax - 1);
  private count = 0;
  private settled = 0;

  /** A new stretch; what is left of the one before is off. */
  begin(): void {
    this.stretch++;
    this.nextEnd = Infinity;
    this.traced = false;
    this.count = this.settled = 0;
  }

  private get full(): boolean {
    return this.count === stretchMax - 1;
  }

  /**
   * Draws the work on what waits, behind the record with this id that ends then; answers with the end of the last. Where one is
   * traced, each end is an event: the trace is in the order of time.
   */
  draw(slice: Slice, firstId: number, firstEnd: number, work: Work, trace: Trace): number {
    let end = firstEnd;
    this.traced = trace.wants(firstId);
    for (let stretch = 0; stretch < slice.stretches; stretch++) {
      const { log } = slice.ofAt(stretch).partition;
      const last = slice.endAt(stretch);
      for (let offset = slice.nextAt(stretch); offset < last && !this.full; offset++) {
        const at = log.at(offset);
        if (trace.wants(log.id[at]!)) this.traced = true;
        this.add(end);
        end += work.duration(log.source[at]!, log.key[at]!);
      }
    }
    return end;
  }

  /** Another record follows the one that ends then. */
  private add(end: number): void {
    if (this.count === 0) this.nextEnd = end;
    this.ends[this.count++] = end;
  }

  /** The record in work has ended, and the next one is. */
  settle(): void {
    this.nextEnd = ++this.settled < this.count ? this.ends[this.settled]! : Infinity;
  }
}
