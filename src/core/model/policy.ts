import type { Name } from "../text/span.ts";
import type { FieldTable } from "./topology.ts";

/** What a policy may be for; the single types of queue from 3.12 on. */
export const policyTargets = [
  "all",
  "queues",
  "classic_queues",
  "quorum_queues",
  "streams",
  "exchanges",
] as const;
export type PolicyTarget = (typeof policyTargets)[number];

/** What queues and exchanges have besides their own arguments, by their names. */
export interface Policy {
  readonly name: Name;
  readonly vhost: string;
  /** A regular expression; a name fits where any part of it does. */
  readonly pattern: string;
  readonly applyTo: PolicyTarget;
  readonly priority: number;
  /** By keys without `x-`; quantities as the broker takes them. */
  readonly definition: FieldTable;
}
