import type { FieldTable, KeyChoice, RabbitMq } from "../model/topology.ts";
import { BoundExchange, matchedAs } from "../queue/exchange.ts";
import type { QueueRules } from "../queue/queue-arguments.ts";
import { route } from "../queue/routing.ts";
import { declaredHost, type DeclaredHost } from "../queue/declared-host.ts";
import type { VirtualHost } from "../queue/virtual-host.ts";
import type { Name } from "../text/span.ts";
import type { SentFlow } from "./checked-file.ts";

/** Beyond so many messages that differ, nothing is told of what none of them does. */
const messagesMax = 50_000;
/** Keys of a template that are tried. */
const filledMax = 1000;

/** Handles are below it. */
const wayWidth = 0x40_0000;

/** What routing goes by. */
interface Content {
  readonly keys: readonly string[];
  readonly headers: FieldTable;
}

/** Messages of one flow with one routing key, and the queues that they come to. */
export interface Published extends Content {
  readonly flow: SentFlow;
  /** As the file writes it: of a template for all that it makes. */
  readonly written: Name;
  readonly queues: readonly string[];
}

/** Dead letters of a queue. */
export interface Lettered extends Content {
  readonly exchange: string;
  readonly queues: readonly string[];
  /** Whatever key they have, which nobody says. */
  readonly anyKey: boolean;
}

/** Where the messages of a file go, found with the engine's own exchanges. */
export class RoutedMessages {
  readonly host: VirtualHost;
  readonly published: readonly Published[];
  /** What each queue gets from producers, first hand. */
  readonly arriving = new Map<string, SentFlow[]>();
  /** By the queue that they leave. */
  readonly letters = new Map<string, Lettered[]>();
  private readonly rabbitmq: RabbitMq;
  private readonly filled = new Set<string>();
  private readonly declared: DeclaredHost;
  private readonly passing = new Map<number, Content[]>();
  /** Whether some are sent on with the keys that they came with. */
  private open = false;
  private followed = 0;
  /** From an exchange by a binding to a queue or exchange. */
  private readonly ways = new Set<number>();
  private readonly waiting: { readonly queue: string; readonly content: Content }[] = [];
  private readonly seen = new Set<string>();
  private readonly tables = new Map<FieldTable, number>();

  constructor(rabbitmq: RabbitMq, flows: readonly SentFlow[]) {
    this.rabbitmq = rabbitmq;
    this.declared = declaredHost(rabbitmq);
    this.host = this.declared.host;
    const published: Published[] = [];
    for (const flow of flows) this.publish(flow, published);
    this.published = published;
    this.followLetters();
    for (const { name } of rabbitmq.queues.values()) this.deadLetterUnseen(name.text);
    this.followLetters();
  }

  /** Whether messages of any kind come to a queue. */
  isFilled(queue: string): boolean {
    return this.filled.has(queue);
  }

  /** What a queue's arguments and the policies for it ask for; undefined where the broker refuses to declare it. */
  rulesOf(queue: string): QueueRules | undefined {
    return this.declared.rulesOf(queue);
  }

  /** Whether all that differs has been followed. */
  get complete(): boolean {
    return !this.open && this.followed < messagesMax;
  }

  /** The bindings that no message uses, of the exchanges that messages come to. */
  unusedBindings(): readonly number[] {
    const unused: number[] = [];
    const ways = new Map<number, number>();
    const several = new Set<number>();
    for (const [index, { source, destination, destinationType }] of this.rabbitmq.bindings.entries()) {
      const exchange = this.host.exchange(source.text);
      if (exchange === undefined || !this.passing.has(exchange.handle) || !goesByContent(exchange)) continue;
      const to =
        destinationType === "queue"
          ? this.host.queue(destination.text)
          : -1 - this.host.exchange(destination.text)!.handle;
      if (to === undefined) continue;
      const way = exchange.handle * wayWidth + to;
      const other = ways.get(way);
      if (!this.ways.has(way)) unused.push(index);
      else if (other === undefined) ways.set(way, index);
      else several.add(other).add(index);
    }
    return [...unused, ...this.unmatched(several)].sort((a, b) => a - b);
  }

  /** Of bindings that share their way with others those that match nothing. */
  private unmatched(indices: ReadonlySet<number>): number[] {
    const bySource = new Map<BoundExchange, number[]>();
    for (const index of indices) {
      const exchange = this.host.exchange(this.rabbitmq.bindings[index]!.source.text)!;
      const same = bySource.get(exchange);
      if (same === undefined) bySource.set(exchange, [index]);
      else same.push(index);
    }
    const matched = new Set<number>();
    for (const [exchange, own] of bySource) {
      const numbered = new BoundExchange(exchange.handle, exchange.settings, () => 0);
      for (const index of own) {
        const { routingKey, arguments: args } = this.rabbitmq.bindings[index]!;
        numbered.bind({ destination: index, routingKey: routingKey.text, arguments: args });
      }
      for (const { keys, headers } of this.passing.get(exchange.handle) ?? [])
        for (const index of numbered.destinations(keys, headers)) matched.add(index);
    }
    return [...indices].filter((index) => !matched.has(index));
  }

  private publish(flow: SentFlow, published: Published[]): void {
    const { to, rabbitmq: publishing, key, requests } = flow.flow;
    if (requests?.replyTo !== undefined) this.followReply(requests.replyTo.text);
    if (to.kind === "topic" || to.kind === "reply") return;
    const scope = to.kind === "queue" ? this.host.scopeOfQueue(to.name.text) : "";
    const named = to.kind === "queue" ? scope : to.name.text;
    const exchange = this.host.exchange(named)?.handle;
    if (exchange === undefined || this.host.exchanges[exchange]!.settings.internal) return;
    const { routingKey: choice, headers, cc, bcc } = publishing;
    if (choice.kind === "same" || (choice.kind === "template" && flow.sameKey)) {
      this.open = true;
      return;
    }
    const one = (written: Name, text: string): void => {
      const keys = [text.slice(scope.length), ...cc, ...bcc];
      const queues = this.follow(exchange, { keys, headers });
      for (const queue of queues) {
        const flows = this.arriving.get(queue);
        if (flows === undefined) this.arriving.set(queue, [flow]);
        else if (flows.at(-1) !== flow) flows.push(flow);
      }
      published.push({ flow, written, keys, headers, queues });
    };
    if (choice.kind === "template") for (const text of filled(choice.text.text, key)) one(choice.text, text);
    else
      for (const [index, name] of choice.keys.entries()) if (choice.weights[index]! > 0) one(name, name.text);
  }

  /** Replies come to a requester's queue, by the default exchange of its virtual host. */
  private followReply(queue: string): void {
    const scope = this.host.scopeOfQueue(queue);
    const { handle } = this.host.exchange(scope)!;
    this.follow(handle, { keys: [queue.slice(scope.length)], headers: new Map() });
  }

  /** The queues that a content comes to; what is new there waits for its dead letters. */
  private follow(exchange: number, content: Content): string[] {
    const { queues, exchanges, steps } = route(this.host, exchange, content.keys, content.headers);
    this.followed++;
    for (const { from, to, alternate } of steps) if (!alternate) this.ways.add(from * wayWidth + to);
    for (const passed of exchanges) {
      if (this.host.exchanges[passed]!.isDefault) continue;
      const contents = this.passing.get(passed);
      if (contents === undefined) this.passing.set(passed, [content]);
      else contents.push(content);
    }
    const names = queues.map((queue) => this.host.queues[queue]!.name);
    for (const queue of names) {
      this.filled.add(queue);
      if (this.rulesOf(queue)?.deadLetters !== undefined && this.isNew(queue, content))
        this.waiting.push({ queue, content });
    }
    return names;
  }

  private followLetters(): void {
    for (let next = this.waiting.pop(); next !== undefined; next = this.waiting.pop())
      this.deadLetter(next.queue, next.content);
  }

  /** Where dead letters go of a queue that no producer of the file fills, if the key does not decide it. */
  private deadLetterUnseen(queue: string): void {
    const target = this.rulesOf(queue)?.deadLetters;
    const found = target === undefined ? undefined : this.host.exchange(target.exchange);
    if (this.letters.has(queue) || target === undefined || found === undefined) return;
    const named = target.routingKey !== undefined;
    const keyless = matchedAs(found.settings) === "fanout" || (!found.isBound && !found.isDefault);
    if (keyless || named) this.deadLetter(queue, { keys: [""], headers: new Map() }, !named);
  }

  private deadLetter(queue: string, { keys, headers }: Content, anyKey = false): void {
    const target = this.rulesOf(queue)?.deadLetters;
    const handle = target === undefined ? undefined : this.host.exchange(target.exchange)?.handle;
    if (target === undefined || handle === undefined) return;
    const content = { keys: target.routingKey === undefined ? keys : [target.routingKey], headers };
    const letter = { ...content, exchange: target.exchange, queues: this.follow(handle, content), anyKey };
    const known = this.letters.get(queue);
    if (known === undefined) this.letters.set(queue, [letter]);
    else known.push(letter);
  }

  private isNew(queue: string, { keys, headers }: Content): boolean {
    let table = headers.size === 0 ? 0 : this.tables.get(headers);
    if (table === undefined) this.tables.set(headers, (table = this.tables.size + 1));
    const place = `${queue} ${table} ${JSON.stringify(keys)}`;
    if (this.seen.has(place) || this.followed >= messagesMax) return false;
    this.seen.add(place);
    return true;
  }
}

/** Whether keys or headers decide: not where chance does, or a hash of the key. */
function goesByContent({ settings }: BoundExchange): boolean {
  return !["x-random", "x-local-random", "x-consistent-hash"].includes(matchedAs(settings));
}

/** The routing keys that a template makes of a flow's keys, the first ones where there are many. */
function filled(template: string, key: KeyChoice): string[] {
  const fill = (text: string): string => template.replaceAll("{key}", () => text);
  switch (key.kind) {
    case "none":
      return [fill("")];
    case "weights":
      return key.keys.filter((_, index) => key.weights[index]! > 0).map(fill);
    case "unique":
      return numbers(filledMax).map(fill);
    case "uniform":
    case "zipf":
      return numbers(Math.min(key.values, filledMax)).map(fill);
  }
}

function numbers(count: number): string[] {
  return Array.from({ length: count }, (_, number) => String(number));
}
