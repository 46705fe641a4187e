// The models written by hand for nothing else: typed arrays, a heap that keeps the order of ties, one switch.

/** The histogram and the draws are the engine's, so that only the loops differ. */
export function singleServer(messages, { random, histogram }) {
  const heap = new Heap(16);
  const arrivedAt = new Float64Array(65_536);
  let first = 0;
  let last = 0;
  let left = messages;
  heap.push(random.exponential() / 0.8, 0);
  while (heap.size > 0) {
    const now = heap.pop();
    if (heap.kind === 0) {
      if (--left > 0) heap.push(now + random.exponential() / 0.8, 0);
      arrivedAt[last++ & 65_535] = now;
      if (last - first > 1) continue;
    } else if (++first === last) continue;
    histogram.record((now - arrivedAt[first & 65_535]) * 1e6);
    heap.push(now + random.exponential(), 1);
  }
  return histogram.mean / 1e6;
}

const arrival = 0;
const appended = 1;
const received = 2;
const handled = 3;
const acknowledged = 4;

export function pipeline(messages, { random, histogram }, partitions = 8) {
  const capacity = 65_536;
  const heap = new Heap(capacity);
  const sentAt = new Float64Array(capacity);
  const next = new Int32Array(capacity).map((_, i) => i + 1);
  const partitionOf = new Int32Array(capacity);
  let free = 0;
  const logs = new Lines(partitions);
  const handlers = new Lines(partitions);
  let left = messages;
  heap.push(random.exponential() / (0.8 * partitions), arrival);
  while (heap.size > 0) {
    const now = heap.pop();
    let message = heap.kind >> 3;
    switch (heap.kind & 7) {
      case arrival: {
        if (--left > 0) heap.push(now + random.exponential() / (0.8 * partitions), arrival);
        message = free;
        free = next[message];
        sentAt[message] = now;
        const partition = hash(random.below(1000)) & (partitions - 1);
        partitionOf[message] = partition;
        if (logs.enter(partition, message, next))
          heap.push(now + random.exponential(), (message << 3) | appended);
        break;
      }
      case appended: {
        const following = logs.leave(partitionOf[message], next);
        if (following >= 0) heap.push(now + random.exponential(), (following << 3) | appended);
        heap.push(now + 3, (message << 3) | received);
        break;
      }
      case received:
        if (handlers.enter(partitionOf[message], message, next))
          heap.push(now + random.exponential(), (message << 3) | handled);
        break;
      case handled: {
        const following = handlers.leave(partitionOf[message], next);
        if (following >= 0) heap.push(now + random.exponential(), (following << 3) | handled);
        heap.push(now + 3, (message << 3) | acknowledged);
        break;
      }
      case acknowledged:
        histogram.record((now - sentAt[message]) * 1e6);
        next[message] = free;
        free = message;
        break;
    }
  }
  return histogram.mean / 1e6;
}

/** Murmur's finish. */
export function hash(key) {
  let bits = Math.imul(key ^ (key >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

/** Waiting lines as linked lists; the first of each is in service. */
export class Lines {
  constructor(lines) {
    this.head = new Int32Array(lines).fill(-1);
    this.tail = new Int32Array(lines).fill(-1);
  }

  /** True when it is served at once. */
  enter(line, message, next) {
    next[message] = -1;
    const { head, tail } = this;
    const idle = head[line] < 0;
    if (idle) head[line] = message;
    else next[tail[line]] = message;
    tail[line] = message;
    return idle;
  }

  /** Who is served next, or −1. */
  leave(line, next) {
    return (this.head[line] = next[this.head[line]]);
  }
}

/** Times and sequence numbers in one array, kinds beside it. */
class Heap {
  constructor(capacity) {
    this.keys = new Float64Array(2 * capacity);
    this.kinds = new Int32Array(capacity);
    this.size = 0;
    this.sequence = 0;
    this.kind = 0;
  }

  push(time, kind) {
    const { keys, kinds } = this;
    let at = this.size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (keys[2 * parent] <= time) break;
      keys[2 * at] = keys[2 * parent];
      keys[2 * at + 1] = keys[2 * parent + 1];
      kinds[at] = kinds[parent];
      at = parent;
    }
    keys[2 * at] = time;
    keys[2 * at + 1] = this.sequence++;
    kinds[at] = kind;
  }

  pop() {
    const { keys, kinds } = this;
    const time = keys[0];
    this.kind = kinds[0];
    const size = --this.size;
    const last = keys[2 * size];
    const rank = keys[2 * size + 1];
    const kind = kinds[size];
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      const right = child + 1;
      if (right < size && before(keys, right, keys[2 * child], keys[2 * child + 1])) child = right;
      if (!before(keys, child, last, rank)) break;
      keys[2 * at] = keys[2 * child];
      keys[2 * at + 1] = keys[2 * child + 1];
      kinds[at] = kinds[child];
      at = child;
    }
    keys[2 * at] = last;
    keys[2 * at + 1] = rank;
    kinds[at] = kind;
    return time;
  }
}

const before = (keys, at, time, rank) =>
  keys[2 * at] < time || (keys[2 * at] === time && keys[2 * at + 1] < rank);
