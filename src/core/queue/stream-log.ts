import { firstWhere } from "../sim/halving.ts";
import { none } from "./copies.ts";

/**
 * Bytes: what a segment's file begins with; a chunk's header with the number of its writer's last message; what stands around
 * a body in its chunk: 74, and the names of the exchange and the routing key, taken to be ten letters. (Read from a segment
 * of 3.10)
 */
const segmentHeader = 8;
const chunkHeader = 92;
const entryOverhead = 84;
const chunksMax = 256_000;

/** What was appended at one instant. */
interface Chunk {
  readonly from: number;
  readonly time: number;
}

/** One file: its first offset, its size, and the time of its last chunk. */
interface Segment {
  readonly from: number;
  bytes: number;
  chunks: number;
  lastTime: number;
}

/** What a stream keeps: bytes in all, ns, and bytes of a segment. */
export interface StreamLimits {
  readonly maxBytes: number;
  readonly maxAge: number;
  readonly segmentBytes: number;
}

/**
 * The log of a stream: messages by offset, in chunks, and those in segments. A chunk that finds its segment full begins another
 * one; only then it is looked whether older segments have to go, and they go whole: first the oldest until the rest is within
 * the limit of bytes, then those whose last chunk is too old. The newest always stays. (`osiris_log`: `write_chunk`,
 * `evaluate_retention`)
 */
export class StreamLog {
  /** Of the first message that is there, or that comes. */
  start = 0;
  private readonly entries: number[] = [];
  private readonly chunks: Chunk[] = [];
  private readonly segments: Segment[] = [];

  /** The offset that comes next. */
  get end(): number {
    return this.start + this.entries.length;
  }

  get length(): number {
    return this.entries.length;
  }

  /** Whether there is a segment that may go. */
  get hasOld(): boolean {
    return this.segments.length > 1;
  }

  at(offset: number): number {
    return this.entries[offset - this.start] ?? none;
  }

  /** Answers whether a new segment begins with it. */
  append(copy: number, bytes: number, now: number, { segmentBytes }: StreamLimits): boolean {
    const isChunk = this.chunks.at(-1)?.time !== now || this.entries.length === 0;
    let segment = this.segments.at(-1);
    const isFull = segment === undefined || segment.bytes >= segmentBytes || segment.chunks >= chunksMax;
    const begins = segment === undefined || (isChunk && isFull);
    if (begins)
      this.segments.push((segment = { from: this.end, bytes: segmentHeader, chunks: 0, lastTime: now }));
    if (isChunk) {
      this.chunks.push({ from: this.end, time: now });
      segment!.chunks++;
      segment!.bytes += chunkHeader;
    }
    segment!.bytes += bytes + entryOverhead;
    segment!.lastTime = now;
    this.entries.push(copy);
    return begins;
  }

  /** Takes out the segments that are too many by their bytes; answers their messages. */
  beyond(maxBytes: number): number[] {
    let left = maxBytes;
    let kept = 0;
    for (const { bytes } of this.segments.toReversed()) {
      if (kept > 0 && bytes > left) break;
      left -= bytes;
      kept++;
    }
    return this.drop(this.segments.length - kept);
  }

  /** Takes out the segments whose last chunk came before this time. */
  before(time: number): number[] {
    const { segments } = this;
    let count = 0;
    while (count < segments.length - 1 && segments[count]!.lastTime < time) count++;
    return this.drop(count);
  }

  /** All of it. */
  clear(): number[] {
    const all = this.entries.splice(0);
    this.start += all.length;
    this.chunks.length = this.segments.length = 0;
    return all;
  }

  /** The end of the chunk that an offset is in. */
  chunkEnd(offset: number): number {
    return this.firstChunk(({ from }) => from > offset)?.from ?? this.end;
  }

  get lastChunk(): number {
    return this.chunks.at(-1)?.from ?? this.end;
  }

  /** Of the first chunk that came then or later. */
  since(time: number): number {
    return this.firstChunk((chunk) => chunk.time >= time)?.from ?? this.end;
  }

  /** Offsets and times of chunks ascend. */
  private firstChunk(holds: (chunk: Chunk) => boolean): Chunk | undefined {
    const { chunks } = this;
    return chunks[firstWhere(chunks.length, (place) => holds(chunks[place]!))];
  }

  private drop(count: number): number[] {
    if (count === 0) return [];
    this.segments.splice(0, count);
    const from = this.segments[0]!.from;
    const dropped = this.entries.splice(0, from - this.start);
    this.start = from;
    this.chunks.splice(
      0,
      this.chunks.findIndex((chunk) => chunk.from >= from),
    );
    return dropped;
  }
}
