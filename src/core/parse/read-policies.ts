import { policyTargets, type Policy } from "../model/policy.ts";
import { operatorPolicyKeys } from "../model/rabbitmq-arguments-data.ts";
import { fieldsOf } from "./queue-declaration.ts";
import type { ReadContext } from "./read-context.ts";
import { atLeast } from "./version.ts";
import { at, describe, entriesOf, textOf } from "./tree.ts";
import type { Entry } from "./tree.ts";
import type { Tree } from "./tree.ts";
import { numberOf } from "./value-read.ts";

/** From this version on a policy may be for one type of queue alone. */
const typesSince = "3.12";

/** Policies by name, in the order of the file; with `byOperator` those that set limits above the others. */
export function readPolicies(
  tree: Tree | undefined,
  of: { readonly byOperator: boolean; readonly version: string; readonly vhost: string },
  context: ReadContext,
): Policy[] {
  return [...entriesOf(tree)].flatMap((entry) => {
    if (of.byOperator) checkOperatorKeys(entry, context);
    return readPolicy(entry, of, context) ?? [];
  });
}

function readPolicy(
  { key, value }: Entry,
  { version, vhost }: { readonly version: string; readonly vhost: string },
  context: ReadContext,
): Policy | undefined {
  const pattern = textOf(at(value, "pattern"));
  const definition = at(value, "definition");
  if (pattern === undefined || definition?.kind !== "map") return undefined;
  if (!isPattern(pattern)) {
    context.badValue(at(value, "pattern")!.span, {
      key: "pattern",
      found: describe(at(value, "pattern")!),
      reason: "it is no regular expression, such as `^order\\.`",
    });
    return undefined;
  }
  const target = at(value, "apply-to");
  const applyTo = policyTargets.find((one) => one === (textOf(target) ?? "all"));
  if (applyTo === undefined) return undefined;
  if (target !== undefined && /_queues$|^streams$/u.test(applyTo) && !atLeast(version, typesSince))
    context.rule(
      target.span,
      `RabbitMQ ${version} takes \`all\`, \`queues\` or \`exchanges\` for \`apply-to\`; single types of queue are known from ${typesSince} on.`,
    );
  return {
    name: key,
    vhost,
    pattern,
    applyTo,
    priority: numberOf(at(value, "priority")) ?? 0,
    definition: fieldsOf(definition, "policy-definition"),
  };
}

function isPattern(pattern: string): boolean {
  try {
    return new RegExp(pattern).source !== "";
  } catch {
    return false;
  }
}

function checkOperatorKeys({ key: policy, value }: Entry, context: ReadContext): void {
  for (const { key } of entriesOf(at(value, "definition")))
    if (!operatorPolicyKeys.includes(key.text))
      context.rule(
        key.span,
        `Operator policy \`${policy.text}\` cannot set \`${key.text}\`: an operator limits ${operatorPolicyKeys.map((name) => `\`${name}\``).join(", ")} alone. Put it into \`policies\`.`,
      );
}
