import { InvariantError } from "./invariant.ts";
import { Lane } from "./lane.ts";
import { LimitReached } from "./limit.ts";
import { zero } from "./zero.ts";

/** A rank is sequence × slotSpan + slot, exact in a float64: 32 bits of sequence, 21 of slot. */
const slotSpan = 2_097_152;
const slotMask = slotSpan - 1;
const sequenceSpan = 4_294_967_296;
const initialCapacity = 64;

/**
 * The events to come, earliest first; events of equal time leave in the order in which they were scheduled,
 * whether they went through the heap or a lane.
 *
 * A binary heap over one Float64Array (time, rank); an event's payload lies in a slot that the rank names.
 */
export class EventList {
  /** The event that was popped last. */
  time = zero;
  kind = 0;
  a = 0;
  b = 0;

  private pending = 0;
  private sequence = 0;
  /** Pairs of time and rank; the children of pair i are the pairs 2i+1 and 2i+2. */
  private heap = new Float64Array(2 * initialCapacity);
  private heapSize = 0;
  /** The root has left, and the next event to enter most often takes its place: half the work. */
  private rootIsVacant = false;
  /** Triples of kind, a and b. The kind of a lane's slot is −1 − lane; that of a free slot is the next free one. */
  private payload = new Int32Array(3 * initialCapacity);
  private slots = 0;
  private freeSlot = -1;
  private readonly lanes: Lane[] = [];

  get size(): number {
    return this.pending;
  }

  /** Infinity when nothing is to come. */
  peekTime(): number {
    if (this.rootIsVacant) this.closeRoot();
    return this.heapSize === 0 ? Infinity : this.heap[0]!;
  }

  push(time: number, kind: number, a: number, b: number): void {
    this.pushTurn(this.turn(), time, kind, a, b);
  }

  /** A place in the order of scheduling, for an event that is pushed later or never. */
  turn(): number {
    if (this.sequence === sequenceSpan)
      throw new LimitReached(
        "events",
        "A run can schedule 4,294,967,296 events; shorten it or lower its rates.",
      );
    return this.sequence++;
  }

  /** Whether an event of this time and turn would be popped before all that wait. */
  leads(time: number, turn: number): boolean {
    const { heap, heapSize, rootIsVacant } = this;
    const last = rootIsVacant ? 2 : 0;
    for (let at = rootIsVacant ? 1 : 0; at <= last && at < heapSize; at++) {
      const other = heap[2 * at]!;
      if (other < time || (other === time && heap[2 * at + 1]! < turn * slotSpan)) return false;
    }
    return true;
  }

  pushTurn(turn: number, time: number, kind: number, a: number, b: number): void {
    const slot = this.takeSlot();
    const rank = turn * slotSpan + slot;
    const { payload } = this;
    payload[3 * slot] = kind;
    payload[3 * slot + 1] = a;
    payload[3 * slot + 2] = b;
    this.pending++;
    this.enter(time, rank);
  }

  /** A new lane, for events that are pushed in the order of their times. */
  lane(): number {
    const lane = this.lanes.length;
    const slot = this.takeSlot();
    this.payload[3 * slot] = -1 - lane;
    this.lanes.push(new Lane(slot));
    return lane;
  }

  pushLane(lane: number, time: number, kind: number, a: number, b: number): void {
    const ring = this.lanes[lane];
    if (ring === undefined) throw new InvariantError("an event goes to a lane that exists");
    const rank = this.turn() * slotSpan + ring.slot;
    ring.push(time, rank, kind, a, b);
    this.pending++;
    if (ring.length === 1) this.enter(time, rank);
  }

  /** Takes the next event out into `time`, `kind`, `a` and `b`; false when there is none at or before `until`. */
  pop(until = Infinity): boolean {
    if (this.rootIsVacant) this.closeRoot();
    if (this.heapSize === 0 || !(this.heap[0]! <= until)) return false;
    const { heap, payload } = this;
    this.pending--;
    this.time = heap[0]!;
    const slot = heap[1]! & slotMask;
    const kind = payload[3 * slot]!;
    if (kind < 0) this.popLane(this.lanes[-1 - kind]!);
    else {
      this.kind = kind;
      this.a = payload[3 * slot + 1]!;
      this.b = payload[3 * slot + 2]!;
      payload[3 * slot] = this.freeSlot;
      this.freeSlot = slot;
      this.rootIsVacant = true;
    }
    return true;
  }

  private popLane(ring: Lane): void {
    this.kind = ring.headKind;
    this.a = ring.headA;
    this.b = ring.headB;
    ring.dropHead();
    if (ring.length > 0) this.siftDown(ring.headTime, ring.headRank);
    else this.rootIsVacant = true;
  }

  /** Fills the vacant root with the last pair. */
  private closeRoot(): void {
    this.rootIsVacant = false;
    const last = --this.heapSize;
    if (last > 0) this.siftDown(this.heap[2 * last]!, this.heap[2 * last + 1]!);
  }

  private enter(time: number, rank: number): void {
    if (this.rootIsVacant) {
      this.rootIsVacant = false;
      this.siftDown(time, rank);
    } else this.siftUp(time, rank);
  }

  /** Places a pair that enters at the bottom. */
  private siftUp(time: number, rank: number): void {
    let at = this.heapSize++;
    if (2 * at === this.heap.length) this.heap = doubled(this.heap);
    const { heap } = this;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const parentTime = heap[2 * parent]!;
      if (parentTime < time || (parentTime === time && heap[2 * parent + 1]! < rank)) break;
      heap[2 * at] = parentTime;
      heap[2 * at + 1] = heap[2 * parent + 1]!;
      at = parent;
    }
    heap[2 * at] = time;
    heap[2 * at + 1] = rank;
  }

  /** Places a pair that enters at the root, in place of the one there. */
  private siftDown(time: number, rank: number): void {
    const { heap, heapSize } = this;
    let at = 0;
    let child = 1;
    while (child < heapSize) {
      let childTime = heap[2 * child]!;
      if (child + 1 < heapSize) {
        const rightTime = heap[2 * child + 2]!;
        if (
          rightTime < childTime ||
          (rightTime === childTime && heap[2 * child + 3]! < heap[2 * child + 1]!)
        ) {
          child++;
          childTime = rightTime;
        }
      }
      if (time < childTime || (time === childTime && rank < heap[2 * child + 1]!)) break;
      heap[2 * at] = childTime;
      heap[2 * at + 1] = heap[2 * child + 1]!;
      at = child;
      child = 2 * at + 1;
    }
    heap[2 * at] = time;
    heap[2 * at + 1] = rank;
  }

  private takeSlot(): number {
    const slot = this.freeSlot;
    if (slot >= 0) {
      this.freeSlot = this.payload[3 * slot]!;
      return slot;
    }
    if (this.slots === slotSpan)
      throw new LimitReached(
        "pending",
        "2,097,152 events are waiting at one instant; lower the rates or the backlog.",
      );
    if (3 * this.slots === this.payload.length) {
      const payload = new Int32Array(2 * this.payload.length);
      payload.set(this.payload);
      this.payload = payload;
    }
    return this.slots++;
  }
}

function doubled(pairs: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * pairs.length);
  larger.set(pairs);
  return larger;
}
