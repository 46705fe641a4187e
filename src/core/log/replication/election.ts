import type { Replica } from "./replica.ts";

/** By which rule a leader was found: `unclean` alone may lose what was confirmed. */
export type ElectionRule = "isr" | "elr" | "lastKnownLeader" | "unclean" | "preferred";

export interface Candidate {
  readonly replica: Replica;
  readonly rule: ElectionRule;
}

/**
 * Who leads next: the first in sync, in the order of preference; where nobody is in sync, an eligible leader replica;
 * where there is none of these either, the last leader; then, only if it is allowed, whoever runs.
 * (PartitionChangeBuilder.electLeader)
 */
export function candidate(
  replicas: readonly Replica[],
  lastLeader: Replica,
  rules: { readonly eligibleLeaderReplicas: boolean; readonly unclean: boolean },
): Candidate | undefined {
  const able = replicas.filter(({ broker }) => !broker.fenced);
  const inSync = able.find((replica) => replica.inSync);
  if (inSync !== undefined) return { replica: inSync, rule: "isr" };
  const noneInSync = !replicas.some((replica) => replica.inSync);
  if (rules.eligibleLeaderReplicas && noneInSync) {
    const eligible = able.find((replica) => replica.eligible);
    if (eligible !== undefined) return { replica: eligible, rule: "elr" };
    if (!replicas.some((replica) => replica.eligible) && !lastLeader.broker.fenced)
      return { replica: lastLeader, rule: "lastKnownLeader" };
  }
  const any = able[0];
  return rules.unclean && any !== undefined ? { replica: any, rule: "unclean" } : undefined;
}
