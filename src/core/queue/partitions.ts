/** Who is cut off from whom, by the numbers of their places: clients' instances and nodes. */
export class Partitions {
  private readonly cuts = new Map<object, Cut>();

  /** `outside`: undefined for everybody else. `about`: by which it is mended. */
  cut(about: object, inside: ReadonlySet<number>, outside: ReadonlySet<number> | undefined): void {
    this.cuts.set(about, { inside, outside });
  }

  /** Whether anybody is cut off at all. */
  get any(): boolean {
    return this.cuts.size > 0;
  }

  mend(about: object): void {
    this.cuts.delete(about);
  }

  /** Whether what one of them sends arrives at the other; those who are cut off together reach each other. */
  reaches(one: number, other: number): boolean {
    for (const { inside, outside } of this.cuts.values()) {
      if (inside.has(one) === inside.has(other)) continue;
      const far = inside.has(one) ? other : one;
      if (outside === undefined || outside.has(far)) return false;
    }
    return true;
  }
}

interface Cut {
  readonly inside: ReadonlySet<number>;
  readonly outside: ReadonlySet<number> | undefined;
}
