import type { Claims } from "./comparison.ts";

/** A file of `scenarios/` and what is claimed of it. */
export interface Scenario extends Claims {
  readonly name: string;
  /** Its times are judged: nothing else runs beside it. */
  readonly alone?: true;
}

const everything = ["accepted", "placement", "offsets", "processed", "order", "owners", "committed"] as const;
/** Where the sends lie so that even a busy machine makes the same batches of them. */
const andBatches = [...everything, "bytes"] as const;

export const scenarios: readonly Scenario[] = [
  { name: "placement-keyed", same: everything },
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
];
