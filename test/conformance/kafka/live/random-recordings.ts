import fc from "fast-check";

const text = (...values: readonly string[]) => fc.constantFrom(...values);
const millis = (...values: readonly number[]) => fc.constantFrom(...values.map(String));

/** Some of the topics in any order; `all`: each member subscribes to every topic. */
const subscription = (topics: readonly string[], all: boolean) =>
  all
    ? fc.shuffledSubarray([...topics], { minLength: topics.length })
    : fc.shuffledSubarray([...topics], { minLength: 1 });

const topicCounts = fc.dictionary(
  text("t0", "t1", "t2", "orders", "Payments", "a.b", "x-1"),
  fc.integer({ min: 1, max: 14 }),
  { minKeys: 1, maxKeys: 6, noNullPrototype: true },
);

const rack = text("a", "b", "c", "d");
/** Where a member stands; half of the groups know nothing of racks. */
const standing = (racked: boolean) =>
  racked ? fc.option(rack, { nil: undefined, freq: 4 }) : fc.constant(undefined);
/** By topic, the racks of each partition's replicas. */
const replicaRacks = (topics: readonly string[], racked: boolean) =>
  racked
    ? fc
        .tuple(
          ...topics.map(() =>
            fc.array(fc.uniqueArray(rack, { maxLength: 3 }), { minLength: 1, maxLength: 6 }),
          ),
        )
        .map((lists) => ({ racks: Object.fromEntries(topics.map((topic, i) => [topic, lists[i]!])) }))
    : fc.constant({});
const withRack = (own: string | undefined) => (own === undefined ? {} : { rack: own });

/** Configurations of a file of the kind assign-fresh. */
export const freshGroup = fc
  .record({
    topics: topicCounts,
    all: fc.boolean(),
    identity: text("none", "none", "some", "every"),
    racked: fc.boolean(),
  })
  .chain(({ topics, all, identity, racked }) => {
    const member = fc.record({
      stands: standing(racked),
      id: fc.tuple(text("C", "c", "m-"), fc.nat({ max: 20 })).map((parts) => parts.join("")),
      topics: subscription(Object.keys(topics), all),
      instance: identity === "some" ? fc.boolean() : fc.constant(identity === "every"),
    });
    return fc
      .tuple(
        fc.uniqueArray(member, { selector: ({ id }) => id, minLength: 1, maxLength: 9 }),
        replicaRacks(Object.keys(topics), racked),
      )
      .map(([members, racks]) => ({
        name: "random",
        topics,
        ...racks,
        members: members
          .map(({ instance, stands, ...own }) => ({
            ...own,
            ...withRack(stands),
            ...(instance ? { instanceId: `i-${own.id}` } : {}),
          }))
          .sort((a, b) => (a.id < b.id ? -1 : 1)),
      }));
  });

/**
 * Sequences of a file of the kind assign-sequences. Topics are in the order of their names: in which order a coordinator
 * walks what a member holds is otherwise a matter of hashes.
 */
export const changingGroup = fc
  .record({ counts: topicCounts, all: fc.boolean(), racked: fc.boolean() })
  .chain(({ counts, all, racked }) => {
    const names = Object.keys(counts).sort();
    const topics = Object.fromEntries(names.map((name) => [name, counts[name]!]));
    const change = fc.record({
      kind: text("join", "join", "leave", "subscribe", "partitions"),
      which: fc.nat(),
      topics: subscription(names, all),
      more: fc.integer({ min: 1, max: 4 }),
      stands: standing(racked),
    });
    const step = fc.array(change, { minLength: 1, maxLength: 3 });
    return fc
      .tuple(fc.array(step, { minLength: 2, maxLength: 9 }), replicaRacks(names, racked))
      .map(([steps, racks]) => ({ name: "random", topics, ...racks, steps: operations(steps, topics) }));
  });

interface Change {
  readonly kind: string;
  readonly which: number;
  readonly topics: readonly string[];
  readonly more: number;
  readonly stands: string | undefined;
}

function operations(steps: readonly (readonly Change[])[], topics: Readonly<Record<string, number>>) {
  const counts = new Map(Object.entries(topics));
  const members: string[] = [];
  let joined = 0;
  const operation = ({ kind, which, topics: wanted, more, stands }: Change) => {
    const place = members.length === 0 ? 0 : which % members.length;
    const member = members[place];
    if (kind === "partitions" && member !== undefined) {
      const topic = [...counts.keys()][which % counts.size]!;
      counts.set(topic, counts.get(topic)! + more);
      return { op: kind, topic, count: counts.get(topic) };
    }
    if (kind === "leave" && members.length > 1) {
      members.splice(place, 1);
      return { op: kind, member };
    }
    if (kind === "subscribe" && member !== undefined)
      return { op: kind, member, topics: wanted, ...withRack(stands) };
    members.push(`C${joined}`);
    return { op: "join", member: `C${joined++}`, topics: wanted, ...withRack(stands) };
  };
  return steps.map((step) => step.map(operation));
}

const topicConfig = fc
  .record({
    policy: text("delete", "compact", "compact", "compact,delete"),
    own: fc.record(
      {
        "delete.retention.ms": millis(0, 500, 1000, 3000),
        "min.compaction.lag.ms": millis(0, 500, 2500),
        "max.compaction.lag.ms": millis(3000, 5000),
        "segment.ms": millis(500, 1000, 3000),
        "segment.bytes": fc.constant("1048576"),
        "retention.ms": millis(-1, 500, 1000, 3000),
        "retention.bytes": text("100000", "1500000", "2500000"),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ policy, own }) => ({ "cleanup.policy": policy, ...own }));

const offset = fc.integer({ min: 0, max: 30 });
const producer = fc.record({
  producerId: fc.integer({ min: 1, max: 3 }),
  count: fc.integer({ min: 1, max: 3 }),
  /** What the producer does with its sequence and its epoch. */
  slip: text("none", "none", "none", "none", "again", "gap", "new epoch", "old epoch"),
});

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record(
      {
        op: fc.constant("append"),
        key: text("k0", "k1", "k2"),
        value: fc.option(text("a", "bb", ""), { freq: 5 }),
        timestampMs: fc.integer({ min: 0, max: 4000 }),
      },
      { requiredKeys: ["op", "key", "value"] },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constant("appendMany"),
      key: text("k0", "k1"),
      count: fc.integer({ min: 1, max: 5 }),
      valueBytes: fc.constantFrom(1000, 100_000, 300_000),
      oneRecordPerBatch: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(text("appendIdempotent", "appendTxn"), producer).map(([op, of]) => ({ op, ...of })),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constant("endTransaction"),
      type: text("COMMIT", "ABORT"),
      which: fc.nat(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ op: fc.constant("sleep"), ms: fc.constantFrom(1, 100, 499, 501, 1000, 3000) }),
  },
  { weight: 3, arbitrary: fc.record({ op: fc.constant("roll") }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant("retentionCheck") }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constant("clean") }) },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constant("read"),
      fromOffset: fc.integer({ min: -1, max: 30 }),
      maxBytes: fc.constantFrom(1, 100, 150, 300, 100_000),
      isolation: text("LOG_END", "HIGH_WATERMARK", "TXN_COMMITTED"),
      minOneMessage: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constant("offsetForTimestamp"),
      timestampMs: fc.constantFrom(-3, -2, -1, 0, 500, 1000, 2000),
    }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant("setHighWatermark"), highWatermark: offset }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant("deleteRecordsBefore"), offset }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant("truncateTo"), offset }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant("elect") }) },
  {
    weight: 1,
    arbitrary: fc.record({ op: fc.constant("endOffsetForEpoch"), epoch: fc.integer({ min: 0, max: 4 }) }),
  },
);

type Drawn = Readonly<Record<string, unknown>> & { readonly op: string };

/** Scenarios of a file of the kind log-scenarios. Few of them set the high watermark, few truncate. */
export const logScenario = fc
  .record({
    config: topicConfig,
    steps: fc.array(step as fc.Arbitrary<Drawn>, { minLength: 4, maxLength: 28 }),
    without: fc.subarray(["setHighWatermark", "truncateTo", "appendMany"], { minLength: 1 }),
  })
  .map(({ config, steps, without }) => ({
    name: "random",
    topicConfig: config,
    steps: steps.filter(({ op }) => !without.includes(op)).flatMap(playable()),
  }));

/** Gives producers their sequences and epochs, leaders their epochs, and ends only what has begun. */
function playable(): (drawn: Drawn) => Drawn[] {
  const next = new Map<number, { epoch: number; sequence: number }>();
  const open: number[] = [];
  let leaderEpoch = 0;
  return ({ slip, which, ...drawn }) => {
    const { op } = drawn;
    if (op === "elect") {
      leaderEpoch++;
      return [];
    }
    if (!op.startsWith("append") && op !== "endTransaction") return [drawn];
    const led = leaderEpoch === 0 ? drawn : { ...drawn, leaderEpoch };
    if (op === "endTransaction") {
      if (open.length === 0) return [];
      const [producerId] = open.splice(Number(which) % open.length, 1);
      return [{ ...led, producerId, epoch: next.get(producerId!)!.epoch }];
    }
    if (op === "append" || op === "appendMany") return [led];
    const { producerId, count } = drawn as unknown as { producerId: number; count: number };
    const state = next.get(producerId) ?? { epoch: 0, sequence: 0 };
    next.set(producerId, state);
    if (slip === "new epoch") Object.assign(state, { epoch: state.epoch + 1, sequence: 0 });
    const epoch = slip === "old epoch" ? Math.max(0, state.epoch - 1) : state.epoch;
    const moved = slip === "again" ? -count : slip === "gap" ? 1 : 0;
    const baseSequence = Math.max(0, state.sequence + moved);
    if (moved === 0 && epoch === state.epoch) state.sequence += count;
    const transactional = op === "appendTxn" || open.includes(producerId);
    if (transactional && !open.includes(producerId)) open.push(producerId);
    return [{ ...led, op: transactional ? "appendTxn" : op, epoch, baseSequence }];
  };
}
