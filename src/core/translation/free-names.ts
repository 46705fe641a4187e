/** Names that nothing else has. */
export class FreeNames {
  private readonly taken: Set<string>;
  private readonly legal: (wanted: string) => string;

  constructor(taken: Iterable<string>, legal: (wanted: string) => string) {
    this.taken = new Set(taken);
    this.legal = legal;
  }

  /** The name wanted, as far as it is legal, with a number where somebody has it. */
  take(wanted: string): string {
    const base = this.legal(wanted);
    let name = base;
    for (let number = 2; this.taken.has(name); number++) name = `${base}-${number}`;
    this.taken.add(name);
    return name;
  }
}

const longest = 200;

/** As Kafka wants topics to be named. */
export function topicName(wanted: string): string {
  const legal = wanted.replaceAll(/[^\w.-]/gu, "-").slice(0, longest);
  return /^\.{0,2}$/u.test(legal) ? `topic${legal}` : legal;
}

/** Names that begin with `amq.` are the broker's own. (403) */
export function brokerObjectName(wanted: string): string {
  const short = wanted.slice(0, longest);
  return short === "" || short.startsWith("amq.") ? `q.${short}` : short;
}
