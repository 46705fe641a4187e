import type { Policy, PolicyTarget } from "../model/policy.ts";
import { scopeOf, type Queue } from "../model/topology.ts";
import { problem } from "../problems/catalogue.ts";
import type { Problem } from "../problems/problem.ts";
import { queueTypeOf } from "../queue/queue-arguments.ts";
import { Policies } from "../queue/policies.ts";
import type { CheckedFile } from "./checked-file.ts";
import { writtenPolicies } from "./written-policies.ts";

const things: Readonly<Record<PolicyTarget, string>> = {
  all: "queue or exchange",
  queues: "queue",
  classic_queues: "classic queue",
  quorum_queues: "quorum queue",
  streams: "stream",
  exchanges: "exchange",
};

/** `idle-policy`: a policy that is in force for nothing, whatever other policies there are. */
export function* policies(file: CheckedFile): Iterable<Problem> {
  const { rabbitmq } = file.topology;
  const { routing } = file;
  if (rabbitmq === undefined || routing === undefined || !file.tells("rabbitmq")) return;
  for (const { policy, path } of writtenPolicies(rabbitmq)) {
    const { name, vhost } = policy;
    const scope = scopeOf(vhost);
    const queues = [...rabbitmq.queues.values()].filter((queue) => queue.vhost === vhost);
    const declared = [...rabbitmq.exchanges.values()].some((exchange) => exchange.vhost === vhost);
    if (queues.length === 0 && !declared) continue;
    const exchanges = routing.host.exchanges
      .filter(({ scope: own, isDefault }) => own === scope && !isDefault)
      .map(({ settings }) => settings.name.slice(scope.length));
    if (governs(policy, scope, queues, exchanges)) continue;
    const place = file.at(...path, "pattern");
    // Without what it says it would be in force for these.
    const passed = queues.find((queue) => governs({ ...policy, definition: new Map() }, scope, [queue], []));
    yield problem("idle-policy", place?.span ?? name.span, {
      policy: name.text,
      pattern: policy.pattern,
      things: things[policy.applyTo],
      passed: passed && { queue: passed.name.text, type: queueTypeOf(passed.arguments) },
    });
  }
}

function governs(
  policy: Policy,
  scope: string,
  queues: readonly Queue[],
  exchanges: readonly string[],
): boolean {
  const alone = new Policies();
  alone.set({ ...policy, name: policy.name.text }, false);
  return (
    queues.some(
      ({ name, arguments: given }) =>
        alone.ofQueue(name.text.slice(scope.length), queueTypeOf(given)).policy !== undefined,
    ) || exchanges.some((exchange) => alone.ofExchange(exchange).policy !== undefined)
  );
}
