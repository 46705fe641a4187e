import type { Policy } from "../model/policy.ts";
import type { RabbitMq } from "../model/topology.ts";
import { placeOfHost } from "./tree-edits.ts";

export interface WrittenPolicy {
  readonly policy: Policy;
  /** Where it stands in the file. */
  readonly path: readonly string[];
  readonly byOperator: boolean;
}

/** The policies of all virtual hosts, those of operators last. */
export function* writtenPolicies({ policies, operatorPolicies }: RabbitMq): Iterable<WrittenPolicy> {
  for (const policy of policies) yield { policy, byOperator: false, path: pathOf(policy, "policies") };
  for (const policy of operatorPolicies)
    yield { policy, byOperator: true, path: pathOf(policy, "operator_policies") };
}

function pathOf({ name, vhost }: Policy, section: string): readonly string[] {
  return [...placeOfHost(vhost), section, name.text];
}
