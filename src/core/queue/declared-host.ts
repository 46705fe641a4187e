import type { RabbitMq } from "../model/topology.ts";
import type { QueueRules } from "./queue-arguments.ts";
import { virtualHost, type VirtualHost } from "./virtual-host.ts";

/** What a file declares, as long as nothing runs: checks and predictions ask the same of it. */
export class DeclaredHost {
  readonly host: VirtualHost;
  private readonly rules = new Map<string, QueueRules>();

  constructor(rabbitmq: RabbitMq) {
    this.host = virtualHost(rabbitmq);
  }

  /** What a queue's arguments and the policies for it ask for; undefined where the broker refuses to declare it. */
  rulesOf(queue: string): QueueRules | undefined {
    const known = this.rules.get(queue);
    if (known !== undefined) return known;
    const handle = this.host.queue(queue);
    if (handle === undefined) return undefined;
    const rules = this.host.queueRules(handle);
    this.rules.set(queue, rules);
    return rules;
  }
}

const known = new WeakMap<RabbitMq, DeclaredHost>();

/** The same for each who asks: nobody declares anything in it. */
export function declaredHost(rabbitmq: RabbitMq): DeclaredHost {
  let declared = known.get(rabbitmq);
  if (declared === undefined) known.set(rabbitmq, (declared = new DeclaredHost(rabbitmq)));
  return declared;
}
