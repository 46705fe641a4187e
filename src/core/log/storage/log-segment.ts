import type { LogConfig } from "../../model/log-config.ts";

/** No record has given a time yet. */
export const noTimestamp = -Infinity;

const offsetIndexEntry = 8;
const timeIndexEntry = 12;

/** A stretch of a log that is rolled, deleted and cleaned as one. The last is the active one: it takes what is appended. */
export class LogSegment {
  readonly baseOffset: number;
  bytes = 0;
  /** It is on the broker's own disk; else in remote storage alone. */
  local = true;
  /** It may be rolled so much before `segment.ms`. */
  private readonly jitter: number;
  /** Largest time of its first batch: `segment.ms` counts from it. */
  firstTimestamp = noTimestamp;
  private largest = noTimestamp;
  created: number;
  lastModified: number;
  private sinceIndexEntry = 0;
  private indexEntries = 0;
  private timeIndexEntries = 0;
  private indexedTimestamp = noTimestamp;

  constructor(baseOffset: number, now: number, jitter = 0) {
    this.baseOffset = baseOffset;
    this.jitter = jitter;
    this.created = this.lastModified = now;
  }

  /** Largest time of its records; `noTimestamp` while it has none. */
  get largestRecordTimestamp(): number {
    return this.largest;
  }

  /** What retention and the compaction lags go by; of a segment without records, when it was written last. */
  get largestTimestamp(): number {
    return this.largest > noTimestamp ? this.largest : this.lastModified;
  }

  /** A batch is written at its end. */
  take(bytes: number, timestamp: number, { indexInterval }: LogConfig): void {
    if (this.firstTimestamp === noTimestamp) this.firstTimestamp = timestamp;
    if (timestamp > this.largest) this.largest = timestamp;
    if (this.sinceIndexEntry > indexInterval) this.index();
    this.sinceIndexEntry += bytes;
    this.bytes += bytes;
  }

  /** An append of so many bytes does not go into this segment. (LogSegment.shouldRoll) */
  shouldRoll(bytes: number, timestamp: number, now: number, config: LogConfig): boolean {
    if (this.bytes > config.segmentBytes - bytes) return true;
    const waited = this.firstTimestamp > noTimestamp ? timestamp - this.firstTimestamp : now - this.created;
    if (this.bytes > 0 && waited > config.segmentTime - this.jitter) return true;
    // An index without room for one more; that of times keeps one entry for the end.
    return (
      (this.indexEntries + 1) * offsetIndexEntry > config.indexBytes ||
      (this.timeIndexEntries + 2) * timeIndexEntry > config.indexBytes
    );
  }

  /** Cut back to what is left of it: its bytes, the time of its first batch, the largest time. */
  cut(bytes: number, first: number, largest: number, now: number): void {
    this.bytes = bytes;
    this.firstTimestamp = first;
    this.largest = largest;
    this.sinceIndexEntry = 0;
    if (bytes === 0) this.created = now;
  }

  private index(): void {
    this.indexEntries++;
    if (this.largest > this.indexedTimestamp) {
      this.timeIndexEntries++;
      this.indexedTimestamp = this.largest;
    }
    this.sinceIndexEntry = 0;
  }
}
