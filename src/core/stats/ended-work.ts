/** Deliveries that one instance has finished in a row, a column each. Times in ns. */
export class EndedWork {
  count = 0;
  readonly endedAt: Float64Array;
  readonly takenUpAt: Float64Array;
  readonly deliveredAt: Float64Array;
  readonly sentAt: Float64Array;

  constructor(capacity: number) {
    this.endedAt = new Float64Array(capacity);
    this.takenUpAt = new Float64Array(capacity);
    this.deliveredAt = new Float64Array(capacity);
    this.sentAt = new Float64Array(capacity);
  }
}
