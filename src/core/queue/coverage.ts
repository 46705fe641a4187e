/** The rules of the queue model, as `docs/model.md` numbers them. */
export const ruleNames = [
  ..."R1 R2 R3 R4 R5 R6 R7 R8 R9 Q1 Q2 Q3 Q4 Q5 Q6 Q7 D1 D2 D3 D4 D5".split(" "),
  ..."X1 X2 X3 X4 X5 X6 X7 X8 X9 S1 S2 S3".split(" "),
];

/** How often each rule decided something; counted only where somebody asks. */
export class RuleCounts {
  private readonly counts = new Map<string, number>();

  count(rule: string): void {
    this.counts.set(rule, (this.counts.get(rule) ?? 0) + 1);
  }

  of(rule: string): number {
    return this.counts.get(rule) ?? 0;
  }

  *[Symbol.iterator](): Iterable<readonly [string, number]> & Iterator<readonly [string, number]> {
    for (const rule of ruleNames) yield [rule, this.of(rule)];
  }
}
