/** The offset after an epoch's last record, as far as the leader knows; both undefined where it does not. */
export interface EpochEnd {
  readonly epoch: number | undefined;
  readonly endOffset: number | undefined;
}

/** Where each leader's records begin: what a follower asks before it cuts its log back. (KIP-101) */
export class LeaderEpochs {
  private readonly epochs: number[] = [];
  private readonly starts: number[] = [];

  /** The epoch of the records appended last; undefined while there is none. */
  get latest(): number | undefined {
    return this.epochs.at(-1);
  }

  /** A batch of the epoch is appended at the offset. */
  assign(epoch: number, offset: number): void {
    const latest = this.latest;
    if (latest !== undefined && epoch <= latest) return;
    this.epochs.push(epoch);
    this.starts.push(offset);
  }

  endOffset(epoch: number, logEnd: number): EpochEnd {
    if (this.latest === epoch) return { epoch, endOffset: logEnd };
    const higher = this.epochs.findIndex((one) => one > epoch);
    if (higher < 0) return { epoch: undefined, endOffset: undefined };
    return { epoch: higher === 0 ? epoch : this.epochs[higher - 1], endOffset: this.starts[higher] };
  }

  truncateFromEnd(offset: number): void {
    while (this.starts.length > 0 && this.starts.at(-1)! >= offset) {
      this.starts.pop();
      this.epochs.pop();
    }
  }

  /** What begins before the log start begins there. */
  truncateFromStart(logStart: number): void {
    while (this.starts.length > 1 && this.starts[1]! <= logStart) {
      this.starts.shift();
      this.epochs.shift();
    }
    if (this.starts.length > 0 && this.starts[0]! < logStart) this.starts[0] = logStart;
  }
}
