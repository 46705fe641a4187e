import type { Policy } from "../model/policy.ts";
import type { RabbitMq } from "../model/topology.ts";

export interface WrittenPolicy {
  readonly policy: Policy;
  /** Where it stands in the file. */
  readonly path: readonly string[];
  /** As the rules of a queue name it. */
  readonly author: string;
}

/** The policies of all virtual hosts, those of operators last. */
export function* writtenPolicies({ policies, operatorPolicies }: RabbitMq): Iterable<WrittenPolicy> {
  for (const policy of policies) yield written(policy, "policies", "policy");
  for (const policy of operatorPolicies) yield written(policy, "operator_policies", "operator policy");
}

function written(policy: Policy, section: string, kind: string): WrittenPolicy {
  const { name, vhost } = policy;
  const host = vhost === "" ? ["rabbitmq"] : ["rabbitmq", "vhosts", vhost];
  return { policy, path: [...host, section, name.text], author: `${kind} ${name.text}` };
}
