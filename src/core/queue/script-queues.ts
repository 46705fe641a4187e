import { ClassicQueue } from "./classic-queue.ts";
import { outcomeMessage } from "./outcome-message.ts";
import { Verdict } from "./queue-event.ts";
import { notFound, notImplemented, preconditionFailed } from "./refusal.ts";
import type { Depth, Depths, OutcomeMessage, ScenarioQueue, ShownError } from "./scenario.ts";
import type { ScriptBroker } from "./script-broker.ts";
import type { ScriptClients } from "./script-clients.ts";
import { tableOf } from "./script-settings.ts";

interface DeclaredQueue {
  readonly stream: boolean;
  readonly exclusive: boolean;
  readonly channel: string | undefined;
}

/** What a script declares, looks at, empties and deletes of queues. */
export class ScriptQueues {
  private readonly clients: ScriptClients;
  private readonly script: ScriptBroker;
  /** All that were ever declared. */
  private readonly declared = new Map<string, DeclaredQueue>();

  constructor(clients: ScriptClients, script: ScriptBroker) {
    this.clients = clients;
    this.script = script;
  }

  declare(queue: ScenarioQueue, channel: string): void {
    const { clients, script } = this;
    const at = clients.channel(queue.channel ?? channel);
    const { name, args = {}, exclusive = false, autoDelete = false } = queue;
    const durable = queue.durable ?? Boolean(args["x-queue-type"]);
    const owner = exclusive ? at.connection : undefined;
    const declaration = { name, durable, autoDelete, owner, arguments: tableOf(args) };
    clients.call(at, script.broker.host.declareQueue(declaration));
    script.broker.declared(name);
    const stream = args["x-queue-type"] === "stream";
    this.declared.set(name, { stream, exclusive, channel: queue.channel });
  }

  report(name: string, channel: string): void {
    const queue = this.script.broker.queue(name)!;
    const ready = queue instanceof ClassicQueue ? queue.ready.size : queue.length;
    this.clients.tell({ ev: "declared", channel, queue: name, ready, consumers: queue.consumersShown });
  }

  delete(name: string, ifEmpty: boolean, ifUnused: boolean): void {
    const { clients, script } = this;
    const at = clients.channel("admin");
    const refusal = script.broker.host.queueRefusal(name, at.connection);
    if (refusal !== notFound) clients.call(at, refusal);
    const queue = script.broker.queue(name);
    let count = 0;
    if (queue !== undefined) {
      // A stream takes no notice of the conditions, a quorum queue has none.
      const conditions = queue instanceof ClassicQueue && (ifEmpty || ifUnused);
      if (conditions && queue.rules.type === "quorum") clients.call(at, notImplemented);
      const ready = queue instanceof ClassicQueue ? queue.ready.size : 0;
      if (conditions && ((ifUnused && queue.consumers > 0) || (ifEmpty && ready > 0)))
        clients.call(at, preconditionFailed);
      count = ready;
      script.broker.deleteQueue(queue.number);
    }
    clients.tell({ ev: "deleted", channel: "admin", queue: name, count });
  }

  purge(name: string): void {
    const { clients, script } = this;
    const at = clients.channel("admin");
    clients.call(at, script.broker.host.queueRefusal(name, at.connection));
    const queue = script.broker.queue(name)!;
    if (!(queue instanceof ClassicQueue)) return clients.call(at, notImplemented);
    script.broker.context.rules?.count("Q5");
    clients.tell({ ev: "purged", channel: "admin", queue: name, count: queue.purge() });
  }

  get names(): string[] {
    return [...this.declared.keys()].sort();
  }

  depths(): Depths {
    return Object.fromEntries(this.names.map((name) => [name, this.depth(name)]));
  }

  /** A passive declare, which counts as use. */
  depth(name: string): Depth {
    const { broker } = this.script;
    const { exclusive = false, channel, stream = false } = this.declared.get(name) ?? {};
    const owner = exclusive ? (this.clients.connectionOf(channel) ?? "main") : "main";
    if (exclusive && owner !== "main" && !this.clients.isConnected(owner)) return null;
    const refusal = broker.host.queueRefusal(name, owner);
    if (refusal !== undefined) return refusal === notFound ? null : { error: refusal.name };
    const queue = broker.declared(name);
    return stream || !(queue instanceof ClassicQueue)
      ? []
      : [queue.ready.size, this.clients.unacked(name), queue.consumersShown];
  }

  /** Reads a queue empty, or a stream from its start. */
  drain(name: string): OutcomeMessage[] | ShownError | null {
    const { clients, script } = this;
    const info = this.declared.get(name);
    if (info === undefined) return null;
    const owner = info.exclusive ? clients.connectionOf(info.channel) : undefined;
    if (owner !== undefined && !clients.isConnected(owner)) return null;
    const at = clients.channel(`_drain_${owner ?? "main"}`, false, owner ?? "main");
    const messages: OutcomeMessage[] = [];
    const { broker } = script;
    for (;;) {
      if (broker.queue(name) !== undefined && info.stream) return this.readStream(name);
      const got = at.channel.get(name, true);
      if (got === undefined) break;
      if ("code" in got) {
        clients.refuse(at, got);
        return got === notFound ? null : { code: got.code, name: got.name };
      }
      messages.push(outcomeMessage(broker, got.copy, true));
      at.channel.forget(got.copy);
      script.pass(0);
    }
    return messages;
  }

  private readStream(name: string): OutcomeMessage[] {
    const { script } = this;
    const messages: OutcomeMessage[] = [];
    const reader = script.open("main", {
      delivered: (_, tag, copy) => {
        messages.push(outcomeMessage(script.broker, copy, false));
        script.later(() => reader.settle(tag, false, Verdict.ack));
      },
      returned: () => undefined,
      confirmed: () => undefined,
      cancelled: () => undefined,
    });
    reader.qos(1000, false);
    const request = { noAck: false, exclusive: false, arguments: { "x-stream-offset": "first" } };
    reader.consume("_drain", name, request);
    script.pass(0);
    reader.close();
    return messages;
  }
}
