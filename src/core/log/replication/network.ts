/** A network partition: those inside reach nobody outside; undefined stands for everybody else. */
interface Cut {
  readonly cause: object;
  readonly inside: ReadonlySet<object>;
  readonly outside: ReadonlySet<object> | undefined;
}

/** Who can reach whom: brokers, controllers and clients. */
export class Network {
  private cuts: Cut[] = [];

  /** In both directions. */
  reaches(one: object, other: object): boolean {
    for (const cut of this.cuts) if (separates(cut, one, other) || separates(cut, other, one)) return false;
    return true;
  }

  cut(cause: object, inside: ReadonlySet<object>, outside: ReadonlySet<object> | undefined): void {
    this.cuts.push({ cause, inside, outside });
  }

  /** The cut that was made for this cause is mended. */
  mend(cause: object): void {
    this.cuts = this.cuts.filter((cut) => cut.cause !== cause);
  }
}

function separates({ inside, outside }: Cut, one: object, other: object): boolean {
  return inside.has(one) && (outside === undefined ? !inside.has(other) : outside.has(other));
}
