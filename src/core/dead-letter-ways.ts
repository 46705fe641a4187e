import { scopeOf, type Queue, type RabbitMq } from "./model/topology.ts";
import { predeclared } from "./model/predeclared.ts";
import { merged, Policies } from "./queue/policies.ts";
import { queueTypeOf, rulesOf } from "./queue/queue-arguments.ts";
import { releaseOf } from "./queue/release.ts";

/** Where the dead letters of a queue go. */
export interface DeadLetterWay {
  readonly from: Queue;
  readonly to: { readonly kind: "exchange" | "queue"; readonly name: string };
}

/**
 * The ways of dead letters that the arguments of the queues and the policies of the file ask for. By the default exchange they
 * lead straight to the queue of the dead letters' key, where they have one of their own. What does not exist is no way.
 */
export function* deadLetterWays(rabbitmq: RabbitMq): Iterable<DeadLetterWay> {
  const { exchanges, queues, version } = rabbitmq;
  const release = releaseOf(version);
  const policies = policiesByHost(rabbitmq);
  for (const queue of queues.values()) {
    const { name, vhost, arguments: args } = queue;
    const scope = scopeOf(vhost);
    const governing = policies.get(vhost)?.ofQueue(name.text.slice(scope.length), queueTypeOf(args));
    const { deadLetters } = rulesOf(args, governing ? merged(governing) : new Map(), release);
    if (deadLetters === undefined) continue;
    const { exchange, routingKey } = deadLetters;
    const kind = exchange === "" ? "queue" : "exchange";
    const to = `${scope}${exchange === "" ? routingKey : exchange}`;
    const exists = kind === "queue" ? queues.has(to) : exchanges.has(to) || predeclared.has(exchange);
    if (exists) yield { from: queue, to: { kind, name: to } };
  }
}

function policiesByHost({ policies, operatorPolicies }: RabbitMq): ReadonlyMap<string, Policies> {
  const hosts = new Map<string, Policies>();
  const add = (all: RabbitMq["policies"], byOperator: boolean): void => {
    for (const { vhost, name, ...policy } of all) {
      const host = hosts.get(vhost) ?? new Policies();
      hosts.set(vhost, host);
      host.set({ ...policy, name: name.text }, byOperator);
    }
  };
  add(policies, false);
  add(operatorPolicies, true);
  return hosts;
}
