import type { Facts, PartitionName } from "./facts.ts";

/** What is the same on both sides, or by how much it may differ. */
export interface Claims {
  /**
   * `placement`: the partition of each message. `offsets`: its offset as well, and where each log begins and ends.
   * `ends`: that alone, where the simulated facts do not tell which records are left.
   * `processed`: how often each consumer finished each message, `failed`: how often it failed. `order`: the order of finishes in each partition.
   * `owners`: who finished the records of each partition, one after the other. `committed`: the groups' offsets.
   * `runs`: the lengths of what a producer sent to one partition before it turned to another, where the partitions are
   * drawn. `bytes`: the size of each log, and so how its records were batched. `accepted`: which messages the broker took.
   */
  readonly same: readonly Claim[];
  /** Figures and their bounds, declared before they are measured. */
  readonly near?: readonly Nearness[];
}

export type Claim = keyof typeof views;

export interface Nearness {
  readonly figure: Figure;
  /** Share of the real figure by which the simulated one may differ. */
  readonly within: number;
}

export type Figure =
  /** From an instant, ms, to the next acceptance of what was sent after it to these partitions. */
  | { readonly kind: "fail-over"; readonly partitions: readonly PartitionName[]; readonly since: number }
  /** Median time from the intent to send to the first finish, ms; of messages sent in the interval, ms. */
  | { readonly kind: "latency.p50"; readonly consumer: string; readonly from: number; readonly until: number }
  /** From an instant, ms, to the next finish of messages that were sent to the partitions of this member before. */
  | { readonly kind: "pause"; readonly consumer: string; readonly instance: number; readonly since: number }
  /** From an instant, ms, to the last finish of its messages. */
  | { readonly kind: "drained"; readonly consumer: string; readonly since: number }
  /** From an instant, ms, to the next finish of its messages. */
  | { readonly kind: "next"; readonly consumer: string; readonly since: number };

/** What a claim is about, in a form that is equal when both sides agree. */
const views = {
  placement: ({ logs }: Facts) =>
    new Map(
      Object.entries(logs).flatMap(([partition, { records }]) =>
        records.map(([, n]) => [String(n), partition]),
      ),
    ),
  offsets: ({ logs }: Facts) =>
    new Map(
      Object.entries(logs).flatMap(([partition, { start, end, records }]) => [
        [`${partition} start`, start],
        [`${partition} end`, end],
        ...records.map(([offset, n]) => [`${partition} ${offset}`, n] as const),
      ]),
    ),
  ends: ({ logs }: Facts) =>
    new Map(
      Object.entries(logs).flatMap(([partition, { start, end }]) => [
        [`${partition} start`, start],
        [`${partition} end`, end],
      ]),
    ),
  runs: ({ logs }: Facts) => {
    const partitions: string[] = [];
    for (const [partition, { records }] of Object.entries(logs))
      for (const [, n] of records) partitions[n] = partition;
    const begins = partitions.flatMap((partition, n) => (partition === partitions[n - 1] ? [] : [n]));
    return new Map([["begin with message", begins]]);
  },
  bytes: ({ logs }: Facts) =>
    new Map(Object.entries(logs).map(([partition, { bytes }]) => [partition, bytes])),
  accepted: ({ sends }: Facts) => new Map(sends.map(([, accepted], n) => [String(n), accepted !== null])),
  processed: ({ finishes }: Facts) => times(finishes),
  failed: ({ failures = [] }: Facts) => times(failures),
  order: ({ finishes }: Facts) =>
    gathered(finishes.map(([, n, partition, , consumer]) => [`${consumer} ${partition}`, String(n)])),
  owners: ({ finishes }: Facts) =>
    runs(
      gathered(
        finishes.map(([, , partition, , consumer, instance]) => [
          `${consumer} ${partition}`,
          String(instance),
        ]),
      ),
    ),
  committed: ({ committed }: Facts) =>
    new Map(
      Object.entries(committed).flatMap(([group, offsets]) =>
        Object.entries(offsets)
          .filter(([, offset]) => offset > 0)
          .map(([partition, offset]) => [`${group} ${partition}`, offset] as const),
      ),
    ),
} as const satisfies Readonly<Record<string, (facts: Facts) => ReadonlyMap<string, unknown>>>;

/** What differs between the real outcome and the simulated one, a line each. */
export function differences(claims: Claims, real: Facts, ours: Facts): string[] {
  const found = claims.same.flatMap((claim) => unequal(claim, views[claim](real), views[claim](ours)));
  for (const { figure, within } of claims.near ?? []) {
    const [theirs, own] = [measure(figure, real), measure(figure, ours)];
    // Written so that a figure that is missing is a difference.
    if (!(Math.abs(own - theirs) <= within * theirs))
      found.push(`${titleOf(figure)}: Kafka ${theirs.toFixed(2)} ms, simulated ${own.toFixed(2)} ms`);
  }
  return found;
}

export function titleOf(figure: Figure): string {
  return `${figure.kind} of ${figure.kind === "fail-over" ? figure.partitions.join(", ") : figure.consumer}`;
}

export function measure(figure: Figure, { sends, finishes, logs }: Facts): number {
  switch (figure.kind) {
    case "fail-over": {
      const instants = figure.partitions
        .flatMap((partition) => logs[partition]?.records ?? [])
        .filter(([, n]) => sends[n]![0] >= figure.since)
        .map(([, n]) => sends[n]![1] ?? Infinity);
      return Math.min(...instants) - figure.since;
    }
    case "latency.p50": {
      const first = new Map<number, number>();
      for (const [at, n, , , consumer] of finishes)
        if (consumer === figure.consumer && !first.has(n)) first.set(n, at);
      const latencies = [...first]
        .filter(([n]) => sends[n]![0] >= figure.from && sends[n]![0] < figure.until)
        .map(([n, at]) => at - sends[n]![0])
        .toSorted((a, b) => a - b);
      return latencies[Math.ceil(latencies.length / 2) - 1] ?? Number.NaN;
    }
    case "drained":
    case "next": {
      const { kind, consumer, since } = figure;
      const ends = finishes.filter(([at, , , , by]) => by === consumer && at >= since);
      return (kind === "next" ? ends[0] : ends.at(-1))![0] - since;
    }
    case "pause": {
      const owner = new Map<PartitionName, boolean>();
      for (const [at, , partition, , consumer, instance] of finishes)
        if (at < figure.since && consumer === figure.consumer)
          owner.set(partition, instance === figure.instance);
      const next = finishes.find(
        ([at, , partition, , consumer]) =>
          at >= figure.since && consumer === figure.consumer && owner.get(partition) === true,
      );
      return next === undefined ? Number.NaN : next[0] - figure.since;
    }
  }
}

function unequal(
  claim: Claim,
  real: ReadonlyMap<string, unknown>,
  ours: ReadonlyMap<string, unknown>,
): string[] {
  const names = [...new Set([...real.keys(), ...ours.keys()])];
  const differing = names.filter((name) => String(real.get(name)) !== String(ours.get(name)));
  const told = differing
    .slice(0, 5)
    .map(
      (name) =>
        `${claim}: ${name} is ${String(real.get(name))} in Kafka, simulated ${String(ours.get(name))}`,
    );
  return differing.length > 5 ? [...told, `${claim}: ${differing.length - 5} more`] : told;
}

function times(ends: Facts["finishes"]): Map<string, number> {
  const times = new Map<string, number>();
  for (const [, n, , , consumer] of ends)
    times.set(`${consumer} ${n}`, (times.get(`${consumer} ${n}`) ?? 0) + 1);
  return times;
}

function gathered(pairs: readonly (readonly [string, string])[]): Map<string, string[]> {
  const all = new Map<string, string[]>();
  for (const [name, value] of pairs) all.set(name, [...(all.get(name) ?? []), value]);
  return all;
}

/** Without what repeats the value before. */
function runs(all: ReadonlyMap<string, readonly string[]>): Map<string, string[]> {
  return new Map(
    [...all].map(([name, values]) => [name, values.filter((value, i) => value !== values[i - 1])]),
  );
}
