import type { QueueType } from "../model/rabbitmq-arguments-data.ts";
import type { Policy, PolicyTarget } from "../model/policy.ts";
import type { FieldTable, FieldValue } from "../model/topology.ts";

/** What a policy says, without the place in a file that its name stands at. */
export type PolicySettings = Omit<Policy, "name" | "vhost"> & { readonly name: string };

/** What policies say of one thing, by key, and how that is named (see `policyRule`). */
export type PolicyDefinition = ReadonlyMap<string, { readonly value: FieldValue; readonly rule: string }>;

/** How that is named which a policy sets. */
export function policyRule(key: string, policy: string, byOperator: boolean): string {
  return `${key} of ${byOperator ? "operator policy" : "policy"} ${policy}`;
}

/** The policies in force for one thing: they, too, where nothing that they say matters to it. */
export interface Governing {
  readonly policy: PolicySettings | undefined;
  readonly operatorPolicy: PolicySettings | undefined;
}

const targetOf: Readonly<Record<QueueType, PolicyTarget>> = {
  classic: "classic_queues",
  quorum: "quorum_queues",
  stream: "streams",
};

/** A policy with one of these keys does not apply to queues of the type at all. (The types' capabilities in 3.10 and 4.1) */
const unsupported: Readonly<Record<QueueType, readonly string[]>> = {
  classic: [
    "delivery-limit",
    "dead-letter-strategy",
    "delayed-retry-type",
    "delayed-retry-min",
    "delayed-retry-max",
    "max-age",
    "stream-max-segment-size-bytes",
    "stream-filter-size-bytes",
    "queue-leader-locator",
    "initial-cluster-size",
    "target-group-size",
  ],
  quorum: [
    "max-priority",
    "queue-mode",
    "max-age",
    "stream-max-segment-size-bytes",
    "stream-filter-size-bytes",
    "initial-cluster-size",
    "queue-master-locator",
  ],
  stream: [
    "expires",
    "message-ttl",
    "dead-letter-exchange",
    "dead-letter-routing-key",
    "dead-letter-strategy",
    "max-length",
    "max-in-memory-length",
    "max-in-memory-bytes",
    "max-priority",
    "overflow",
    "queue-mode",
    "delivery-limit",
    "queue-master-locator",
    "target-group-size",
  ],
};

/**
 * The policies of a virtual host. Of those that match a name the one of the highest priority alone applies, and of the
 * operator's likewise; the two are merged. Where priorities are equal the broker promises nothing: here the first one that
 * was set applies.
 */
export class Policies {
  private readonly own = new Map<string, PolicySettings>();
  private readonly operators = new Map<string, PolicySettings>();

  set(settings: PolicySettings, byOperator: boolean): void {
    (byOperator ? this.operators : this.own).set(settings.name, settings);
  }

  clear(name: string, byOperator: boolean): void {
    (byOperator ? this.operators : this.own).delete(name);
  }

  ofQueue(name: string, type: QueueType): Governing {
    const targets: readonly PolicyTarget[] = ["all", "queues", targetOf[type]];
    return this.governing(
      (policy) =>
        targets.includes(policy.applyTo) &&
        matches(policy.pattern, name) &&
        !unsupported[type].some((key) => policy.definition.has(key)),
    );
  }

  ofExchange(name: string): Governing {
    return this.governing(
      ({ applyTo, pattern }) => (applyTo === "all" || applyTo === "exchanges") && matches(pattern, name),
    );
  }

  private governing(fits: (policy: PolicySettings) => boolean): Governing {
    return {
      policy: foremost(this.own.values(), fits),
      operatorPolicy: foremost(this.operators.values(), fits),
    };
  }
}

/** Names and patterns are texts of a file: a pattern that is none matches nothing, the parser has told it. */
function matches(pattern: string, name: string): boolean {
  try {
    return new RegExp(pattern).test(name);
  } catch {
    return false;
  }
}

function foremost(
  policies: Iterable<PolicySettings>,
  fits: (policy: PolicySettings) => boolean,
): PolicySettings | undefined {
  let best: PolicySettings | undefined;
  for (const policy of policies)
    if ((best === undefined || policy.priority > best.priority) && fits(policy)) best = policy;
  return best;
}

/** A policy and an operator's in one. (`merge_operator_definitions` of 3.10, `merge_policy_value` of 4.1) */
export function merged({ policy, operatorPolicy }: Governing): PolicyDefinition {
  const definition = new Map<string, { value: FieldValue; rule: string }>();
  for (const [key, value] of policy?.definition ?? noDefinition)
    definition.set(key, { value, rule: policyRule(key, policy!.name, false) });
  for (const [key, value] of operatorPolicy?.definition ?? noDefinition) {
    const own = definition.get(key);
    const replaces =
      own === undefined ||
      (key === "target-group-size"
        ? Number(value) > Number(own.value)
        : leastOf(value, own.value) !== own.value);
    if (replaces) definition.set(key, { value, rule: policyRule(key, operatorPolicy!.name, true) });
  }
  return definition;
}

const noDefinition: FieldTable = new Map();

/** The tighter one; a negative delivery limit is none. */
export function leastOf(one: FieldValue, other: FieldValue): FieldValue {
  if (Number(one) < 0 || Number(other) < 0) return Number(one) < 0 ? other : one;
  return Number(one) < Number(other) ? one : other;
}
