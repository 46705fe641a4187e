/** By so much a client takes a batch for larger than its estimate says. */
const estimationFactor = 1.05;
const improvingStep = 0.005;
const deterioratingStep = 0.05;

/**
 * How small a client expects the records of a topic to become: it learns from each batch that it closes, slowly when
 * they become smaller and fast when they become larger. Until then it expects nothing of its codec, so that the first
 * batches of a client are smaller than `batch.size`. (CompressionRatioEstimator)
 */
export class CompressionEstimate {
  private ratio = 1;

  /** By what the uncompressed bytes of a batch that is opened now count. */
  get factor(): number {
    return this.ratio * estimationFactor;
  }

  closed(observed: number): void {
    if (observed > this.ratio) this.ratio = Math.max(this.ratio + deterioratingStep, observed);
    else if (observed < this.ratio) this.ratio = Math.max(this.ratio - improvingStep, observed);
  }

  /** A batch was too large for its topic. (RecordAccumulator.splitAndReenqueue) */
  tooLarge(observed: number): void {
    this.ratio = Math.max(1, observed);
  }
}
