import { predeclared } from "../model/predeclared.ts";
import type { QueueDefaults } from "../model/rabbitmq-nodes.ts";
import { scopeOf, type Binding, type FieldTable, type RabbitMq } from "../model/topology.ts";
import type { Kernel } from "../sim/kernel.ts";
import {
  BoundExchange,
  matchedAs,
  type BindingRule,
  type DestinationHandle,
  type Draw,
  type ExchangeSettings,
} from "./exchange.ts";
import { rebuildRings } from "./hash-rings.ts";
import { matchMode } from "./headers-match.ts";
import { merged, Policies, type Governing, type PolicySettings } from "./policies.ts";
import { argumentsRefusal, queueTypeOf, rulesOf, sameArguments, type QueueRules } from "./queue-arguments.ts";
import { accessRefused, notFound, preconditionFailed, resourceLocked, type Refusal } from "./refusal.ts";
import { releaseOf, type Release } from "./release.ts";

export interface QueueSettings {
  readonly name: string;
  /** As an exchange's. */
  readonly scope: string;
  readonly durable: boolean;
  readonly autoDelete: boolean;
  /** The connection that an exclusive queue belongs to. */
  readonly owner: string | undefined;
  readonly arguments: FieldTable;
}

export type QueueDeclaration = Pick<QueueSettings, "name" | "durable"> & Partial<QueueSettings>;

export interface BindingSettings {
  readonly source: string;
  readonly destination: string;
  readonly destinationType: "queue" | "exchange";
  readonly routingKey: string;
  readonly arguments: FieldTable;
}

const asDeclared = { durable: true, autoDelete: false, internal: false, alternate: undefined };

/**
 * What is declared in one virtual host: exchanges, queues, bindings, by the rules and refusals of the broker. Others may be
 * added, all of whose names begin with their own: nothing leads from one to another. A handle means the same declaration for
 * ever. Whoever keeps what `route` found compares `version`: each change of what leads where adds one.
 */
export class VirtualHost {
  version = 0;
  private restarting = false;
  readonly release: Release;
  /** By handle; a deleted one leaves its name here. */
  readonly queues: QueueSettings[] = [];
  readonly exchanges: BoundExchange[] = [];
  private readonly queueHandles = new Map<string, number>();
  private readonly exchangeHandles = new Map<string, number>();

  /** By what the names of a virtual host begin with. */
  private readonly policies = new Map<string, Policies>();
  private readonly drawFor: (exchange: string) => Draw;
  private readonly defaults: QueueDefaults | undefined;

  /** `drawFor` gives an exchange that draws lots its own numbers; the first destination is drawn where there is none. */
  constructor(
    release = releaseOf("4.1"),
    drawFor: (exchange: string) => Draw = () => () => 0,
    defaults?: QueueDefaults,
  ) {
    this.release = release;
    this.drawFor = drawFor;
    this.defaults = defaults;
    this.add("");
  }

  /** A virtual host whose names all begin like this. */
  add(scope: string): void {
    this.policies.set(scope, new Policies());
    this.addExchange({ ...asDeclared, name: scope, type: "direct", scope });
    for (const [name, type] of predeclared)
      this.addExchange({ ...asDeclared, name: scope + name, type, scope });
  }

  queue(name: string): number | undefined {
    return this.queueHandles.get(name);
  }

  /** What the name of a queue begins with; nothing where there is none of the name. */
  scopeOfQueue(name: string): string {
    return this.queues[this.queueHandles.get(name) ?? -1]?.scope ?? "";
  }

  exchange(name: string): BoundExchange | undefined {
    const handle = this.exchangeHandles.get(name);
    return handle === undefined ? undefined : this.exchanges[handle];
  }

  /** What the arguments of a queue and the policies for it ask for. */
  queueRules(handle: number): QueueRules {
    const { scope, arguments: args } = this.queues[handle]!;
    const rules = rulesOf(args, merged(this.governingQueue(handle)), this.release, this.defaults);
    const { deadLetters } = rules;
    if (scope === "" || deadLetters === undefined) return rules;
    return { ...rules, deadLetters: { ...deadLetters, exchange: scope + deadLetters.exchange } };
  }

  /** Sets a policy; answers the queues that others than before apply to. */
  setPolicy(settings: PolicySettings, byOperator: boolean, scope = ""): number[] {
    return this.changePolicies(() => this.policies.get(scope)!.set(settings, byOperator));
  }

  clearPolicy(name: string, byOperator: boolean, scope = ""): number[] {
    return this.changePolicies(() => this.policies.get(scope)!.clear(name, byOperator));
  }

  /** A publish to a missing exchange closes the channel with 404, to an internal one with 403. */
  publishRefusal(exchange: string): Refusal | undefined {
    const found = this.exchange(exchange);
    if (found === undefined) return notFound;
    return found.settings.internal ? accessRefused : undefined;
  }

  /** A passive declare of what is missing. */
  passiveRefusal(exchange: string): Refusal | undefined {
    return this.exchangeHandles.has(exchange) ? undefined : notFound;
  }

  /** Declaring again what exists is fine if it is the same. */
  declareExchange(settings: ExchangeSettings): Refusal | undefined {
    const { name } = settings;
    const existing = this.exchange(name)?.settings;
    if (existing !== undefined) return same(existing, settings) ? undefined : preconditionFailed;
    if (isReserved(settings)) return accessRefused;
    this.addExchange(settings);
    return undefined;
  }

  /** Answers the refusal, or undefined: the queue is there. */
  declareQueue(declaration: QueueDeclaration): Refusal | undefined {
    const settings: QueueSettings = {
      scope: "",
      autoDelete: false,
      owner: undefined,
      arguments: new Map(),
      ...declaration,
      // What is one connection's own is never durable.
      durable: declaration.durable && declaration.owner === undefined,
    };
    const { name } = settings;
    if (isReserved(settings)) return accessRefused;
    const existing = this.queueHandles.get(name);
    if (existing !== undefined) return this.difference(this.queues[existing]!, settings);
    const refusal = argumentsRefusal(settings.arguments, this.release) ?? typeRefusal(settings);
    if (refusal !== undefined) return refusal;
    this.version++;
    this.queueHandles.set(name, this.queues.push(settings) - 1);
    return undefined;
  }

  /** What a client of this connection is refused that asks for a queue or does something with it. */
  queueRefusal(name: string, connection: string): Refusal | undefined {
    const handle = this.queueHandles.get(name);
    if (handle === undefined) return notFound;
    const { owner } = this.queues[handle]!;
    return owner === undefined || owner === connection ? undefined : resourceLocked;
  }

  /** Binding twice is the same as once. `accepted`: what the source does before a binding that is new leads anywhere. */
  bind(binding: BindingSettings, accepted: () => Refusal | undefined = () => undefined): Refusal | undefined {
    const ends = this.ends(binding);
    if ("code" in ends) return ends;
    const { source, rule } = ends;
    const type = matchedAs(source.settings);
    if (type === "headers" && matchMode(binding.arguments) === undefined) return preconditionFailed;
    if (type === "x-consistent-hash" && !/^\d+$/.test(binding.routingKey)) return preconditionFailed;
    if (type === "topic" && hashes(binding.routingKey) > this.release.hashesMax) return preconditionFailed;
    if (source.has(rule)) return undefined;
    const refusal = accepted();
    if (refusal !== undefined) return refusal;
    source.bind(rule);
    this.version++;
    return undefined;
  }

  /** Unbinding what is not bound, or not there, is fine. An auto-delete exchange goes with its last binding. */
  unbind(binding: BindingSettings): Refusal | undefined {
    const ends = this.ends(binding);
    if ("code" in ends) return ends === notFound ? undefined : ends;
    if (ends.source.unbind(ends.rule)) this.released(ends.source);
    return undefined;
  }

  /** Its bindings go with it; deleting what does not exist is fine. */
  deleteQueue(name: string): void {
    const handle = this.queueHandles.get(name);
    if (handle === undefined) return;
    this.queueHandles.delete(name);
    this.removeDestination(handle);
  }

  /** It is not declared yet, and nothing goes for lack of its bindings. */
  withhold(handle: number): void {
    this.restarting = true;
    this.deleteQueue(this.queues[handle]!.name);
    this.restarting = false;
  }

  /** A queue that has gone, or was withheld, is declared as it was: it has its handle again. */
  declareAgain(handle: number): void {
    this.version++;
    this.queueHandles.set(this.queues[handle]!.name, handle);
  }

  /** The broker has started again: what was not durable is gone, its bindings with it, and nothing goes for lack of them. */
  restart(): void {
    this.restarting = true;
    for (const [name, handle] of [...this.queueHandles])
      if (!this.queues[handle]!.durable) this.deleteQueue(name);
    for (const [name, handle] of [...this.exchangeHandles])
      if (!this.exchanges[handle]!.settings.durable) this.deleteExchange(name, false);
    this.restarting = false;
    rebuildRings(this);
    this.version++;
  }

  /** `ifUnused` refuses while it is the source of a binding. */
  deleteExchange(name: string, ifUnused: boolean): Refusal | undefined {
    const exchange = this.exchange(name);
    if (name === "" || name.startsWith("amq.") || exchange?.isDeclared === false) return accessRefused;
    if (exchange === undefined) return undefined;
    if (ifUnused && exchange.isBound) return preconditionFailed;
    this.exchangeHandles.delete(name);
    exchange.clear();
    exchange.deleted = true;
    this.removeDestination(-1 - exchange.handle);
    return undefined;
  }

  private addExchange(settings: ExchangeSettings): void {
    this.version++;
    const draw = this.drawFor(settings.name);
    const { hashesTypedHeaders } = this.release;
    const exchange = new BoundExchange(this.exchanges.length, settings, draw, hashesTypedHeaders);
    this.exchanges.push(exchange);
    this.exchangeHandles.set(settings.name, exchange.handle);
    this.govern(exchange);
  }

  private changePolicies(change: () => void): number[] {
    const queues = [...this.queueHandles.values()];
    const before = queues.map((handle) => this.governingQueue(handle));
    change();
    this.version++;
    for (const handle of this.exchangeHandles.values()) this.govern(this.exchanges[handle]!);
    return queues.filter((handle, i) => {
      const { policy, operatorPolicy } = this.governingQueue(handle);
      return policy !== before[i]!.policy || operatorPolicy !== before[i]!.operatorPolicy;
    });
  }

  private governingQueue(handle: number): Governing {
    const { name, scope, arguments: args } = this.queues[handle]!;
    return this.policies.get(scope)!.ofQueue(name.slice(scope.length), queueTypeOf(args));
  }

  private govern(exchange: BoundExchange): void {
    const { scope, settings } = exchange;
    const governing = this.policies.get(scope)!.ofExchange(settings.name.slice(scope.length));
    const alternate = merged(governing).get("alternate-exchange");
    exchange.policyAlternate = alternate === undefined ? undefined : String(alternate.value);
  }

  private difference(existing: QueueSettings, declared: QueueSettings): Refusal | undefined {
    if (existing.owner !== declared.owner) return resourceLocked;
    const same = existing.durable === declared.durable && existing.autoDelete === declared.autoDelete;
    const sameRules = sameArguments(existing.arguments, declared.arguments, this.release);
    return same && sameRules ? undefined : preconditionFailed;
  }

  private removeDestination(destination: DestinationHandle): void {
    this.version++;
    for (const handle of [...this.exchangeHandles.values()]) {
      const exchange = this.exchanges[handle]!;
      if (exchange.release(destination)) this.released(exchange);
    }
  }

  /** A binding of it has gone: an auto-delete exchange goes with its last one. */
  private released(exchange: BoundExchange): void {
    this.version++;
    if (this.restarting) return;
    if (!exchange.isBound && exchange.settings.autoDelete) this.deleteExchange(exchange.settings.name, false);
  }

  /** The default exchange takes no bindings (403); both ends must exist (404). */
  private ends(binding: BindingSettings): { source: BoundExchange; rule: BindingRule } | Refusal {
    const { destinationType, routingKey, arguments: args } = binding;
    const source = this.exchange(binding.source);
    const target = destinationType === "exchange" ? this.exchange(binding.destination) : undefined;
    if (source?.isDefault === true || target?.isDefault === true) return accessRefused;
    const destination = destinationType === "queue" ? this.queue(binding.destination) : target?.handle;
    if (source === undefined || destination === undefined) return notFound;
    const handle = destinationType === "queue" ? destination : -1 - destination;
    return { source, rule: { destination: handle, routingKey, arguments: args } };
  }
}

/** Quorum queues and streams are durable and nobody's own. */
function typeRefusal({ durable, autoDelete, owner, arguments: args }: QueueSettings): Refusal | undefined {
  if (queueTypeOf(args) === "classic") return undefined;
  return durable && !autoDelete && owner === undefined ? undefined : preconditionFailed;
}

function hashes(pattern: string): number {
  return pattern.split(".").filter((word) => word === "#").length;
}

/**
 * The virtual host of a topology; what the broker would refuse is left out, the checks have told it. Without a kernel an
 * exchange that draws lots takes the first.
 */
export function virtualHost(rabbit: RabbitMq, kernel?: Kernel): VirtualHost {
  const draw =
    (exchange: string): Draw =>
    (count) =>
      kernel?.stream(`exchange ${exchange}`).below(count) ?? 0;
  const host = new VirtualHost(releaseOf(rabbit.version), draw, rabbit.queueDefaults);
  for (const vhost of rabbit.vhosts) host.add(scopeOf(vhost));
  for (const [policies, byOperator] of [
    [rabbit.policies, false],
    [rabbit.operatorPolicies, true],
  ] as const)
    for (const { vhost, name, ...policy } of policies)
      host.setPolicy({ ...policy, name: name.text }, byOperator, scopeOf(vhost));
  for (const {
    name,
    vhost,
    type,
    durable,
    autoDelete,
    internal,
    alternate,
    arguments: args,
  } of rabbit.exchanges.values())
    host.declareExchange({
      name: name.text,
      scope: scopeOf(vhost),
      type,
      durable,
      autoDelete,
      internal,
      alternate: alternate?.text.slice(scopeOf(vhost).length),
      arguments: args,
    });
  for (const { name, vhost, durable, exclusive, autoDelete, arguments: args } of rabbit.queues.values())
    host.declareQueue({
      name: name.text,
      scope: scopeOf(vhost),
      durable,
      autoDelete,
      owner: exclusive ? firstReader : undefined,
      arguments: args,
    });
  for (const binding of rabbit.bindings) host.bind(settingsOf(binding));
  return host;
}

/** The owner of a file's exclusive queues, whoever that will be. */
const firstReader = "first reader";

/** What begins with `amq.` is the broker's own. */
function isReserved({ name, scope = "" }: { readonly name: string; readonly scope?: string }): boolean {
  return name.startsWith(`${scope}amq.`);
}

export function settingsOf({
  source,
  destination,
  destinationType,
  routingKey,
  arguments: args,
}: Binding): BindingSettings {
  return {
    source: source.text,
    destination: destination.text,
    destinationType,
    routingKey: routingKey.text,
    arguments: args,
  };
}

function same(a: ExchangeSettings, b: ExchangeSettings): boolean {
  return (
    a.type === b.type &&
    a.durable === b.durable &&
    a.autoDelete === b.autoDelete &&
    a.internal === b.internal &&
    a.alternate === b.alternate
  );
}
