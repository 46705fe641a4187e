import type { Claims, Nearness } from "./comparison.ts";

/** A file of `scenarios/` and what is claimed of it. */
export interface Scenario extends Claims {
  readonly name: string;
  /** Its times are judged: nothing else runs beside it. */
  readonly alone?: true;
  /** Producers that Node's client plays, by name; Kafka's own Java client plays the others. */
  readonly ofNode?: readonly string[];
  /**
   * `fitted`: the costs of this machine are those under which this scenario's first figure comes out. `used`: it is
   * simulated under them.
   */
  readonly costs?: "fitted" | "used";
}

const everything = ["accepted", "placement", "offsets", "processed", "order", "owners", "committed"] as const;
/** Where the sends lie so that even a busy machine makes the same batches of them. */
const andBatches = [...everything, "bytes"] as const;

const p50 = (consumer: string, from = 1000, until = Infinity): Nearness => ({
  figure: { kind: "latency.p50", consumer, from, until },
  within: 0.3,
});
const pause = (consumer: string, instance: number, since: number): Nearness => ({
  figure: { kind: "pause", consumer, instance, since },
  within: 0.2,
});
const failOver = (since: number): Nearness => ({
  figure: { kind: "fail-over", partitions: ["orders-0"], since },
  within: 0.2,
});
/** What brokers that fail do to records; the moment of a commit is a race then. */
const outcomes = ["accepted", "placement", "offsets", "processed", "order"] as const;
/** What is left of a log is what a group reads that begins late, and as many bytes. */
const compacted = ["accepted", "ends", "bytes", "processed", "order", "owners", "committed"] as const;
const timed = { alone: true, costs: "used", same: ["accepted", "processed"] } as const;

/** Which member has a record is a race; how often it is delivered, and what became of it, is not. */
const shared = ["accepted", "placement", "offsets", "processed", "failed"] as const;
const drained = (consumer: string): Nearness => ({
  figure: { kind: "drained", consumer, since: 0 },
  within: 0.2,
});
const next = (consumer: string, since: number): Nearness => ({
  figure: { kind: "next", consumer, since },
  within: 0.2,
});

export const scenarios: readonly Scenario[] = [
  { name: "latency-fit", alone: true, costs: "fitted", same: everything, near: [p50("count")] },
  { ...timed, name: "latency-rate", near: [p50("count")] },
  { ...timed, name: "latency-linger", near: [p50("count")] },
  { ...timed, name: "latency-large", near: [p50("count")] },
  { ...timed, name: "latency-bursts", near: [p50("count")] },
  { ...timed, name: "latency-fetch-min", near: [p50("count")] },
  { ...timed, name: "latency-busy-consumer", near: [p50("count")] },
  { ...timed, name: "latency-replicas-acks-1", near: [p50("count")] },
  { ...timed, name: "latency-replicas-acks-all", near: [p50("count")] },
  { name: "placement-keyed", same: everything },
  ...["node-placement", "node-and-java"].map((name) => ({
    name,
    ofNode: ["node"],
    same: everything,
  })),
  { name: "placement-tombstones", same: andBatches },
  { name: "placement-several-topics", same: everything },
  { name: "placement-acks-1", same: everything },
  { name: "sticky-bursts", same: ["accepted", "runs", "processed"] },
  { name: "sticky-full-batches", same: ["accepted", "runs", "processed"] },
  { name: "batches-linger", same: andBatches },
  { name: "batches-full", same: andBatches },
  { name: "batches-none", same: andBatches },
  { name: "rate-change", same: everything },
  { name: "groups-independent", same: everything },
  { name: "range-two-topics", same: everything },
  { name: "range-idle-member", same: everything },
  { name: "commit-after-polls", same: everything },
  { name: "commit-before-polls", same: everything },
  { name: "commit-auto-interval", same: everything },
  { name: "commit-auto-none-yet", same: everything },
  { name: "late-earliest", same: everything },
  { name: "late-latest", same: everything },
  { name: "leaves-cleanly", same: everything },
  { name: "slow-key", same: everything },
  ...[
    "group-crash",
    "group-crash-uncommitted",
    "group-crash-lone",
    "group-static-returns",
    "group-static-gone",
  ].map((name) => ({
    name,
    same: everything,
    near: [pause("app", name === "group-crash-lone" ? 1 : 2, 3025)],
  })),
  { name: "group-crash-before", same: everything, near: [pause("worker", 1, 1180)] },
  ...[
    "group-stop",
    "group-scale-out",
    "group-scale-in",
    "group-cooperative",
    "group-sticky",
    "group-roundrobin",
    "group-evicted",
    "group-late-member",
  ].map((name) => ({ name, same: everything })),
  {
    name: "consumer-protocol-crash",
    same: ["accepted", "placement", "offsets", "processed", "order", "committed"],
    near: [pause("app", 2, 3025)],
  },
  {
    name: "consumer-protocol-scale-out",
    same: ["accepted", "placement", "offsets", "processed", "order", "committed"],
  },
  {
    name: "consumer-protocol-stop",
    same: ["accepted", "placement", "offsets", "processed", "order", "committed"],
  },
  ...["broker-crash-acks-all", "broker-crash-acks-1", "broker-crash-consumers"].map((name) => ({
    name,
    same: outcomes,
    near: [failOver(3025)],
    alone: true as const,
  })),
  ...["broker-clean-waits", "broker-unclean-loses", "min-isr-refuses"].map((name) => ({
    name,
    same: outcomes,
    alone: true as const,
  })),
  { name: "retention-all-expired", same: everything },
  { name: "retention-some-expired", same: everything },
  { name: "retention-bytes", same: everything },
  { name: "retention-outruns-earliest", same: everything },
  { name: "retention-outruns-latest", same: everything },
  { name: "delete-records", same: everything },
  { name: "delete-records-behind", same: everything },
  ...[
    "replay-earliest",
    "replay-latest",
    "replay-offset",
    "replay-time",
    "replay-out-of-range",
    "replay-uncommitted-crash",
  ].map((name) => ({ name, same: everything })),
  ...["transaction-commits", "transaction-crash-returns", "transaction-too-long"].map((name) => ({
    name,
    same: everything,
  })),
  { name: "transaction-crash-times-out", same: everything, near: [next("only", 1500)] },
  { name: "transaction-compaction", same: compacted },
  { name: "partitions-added", same: everything },
  { name: "partitions-added-protocol", same: outcomes },
  { name: "partitions-added-latest", same: everything },
  { name: "forward-transactional", same: everything },
  { name: "forward-after", same: everything },
  { name: "producer-crash-lingers", same: everything },
  { name: "quota-produce", same: everything, near: [drained("all")] },
  { name: "quota-fetch", same: everything, near: [drained("slow")] },
  ...["share-release", "share-reject", "share-members", "share-crash", "share-lock-expiry"].map((name) => ({
    name,
    same: shared,
  })),
  ...["compaction-keeps-last", "compaction-tombstones", "compaction-waits"].map((name) => ({
    name,
    same: compacted,
  })),
];
