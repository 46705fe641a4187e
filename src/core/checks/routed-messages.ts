import type { FieldTable, KeyChoice, RabbitMq } from "../model/topology.ts";
import { BoundExchange, matchedAs } from "../queue/exchange.ts";
import type { QueueRules } from "../queue/queue-arguments.ts";
import { route } from "../queue/routing.ts";
import { defaultExchange, virtualHost, type VirtualHost } from "../queue/virtual-host.ts";
import type { Name } from "../text/span.ts";
import type { SentFlow } from "./checked-file.ts";

/** Beyond so many messages that differ, nothing is told of what none of them does. */
const messagesMax = 50_000;
/** Keys of a template that are tried. */
const filledMax = 1000;

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
  readonly arriving = new Map<string, Set<SentFlow>>();
  /** By the queue that they leave. */
  readonly letters = new Map<string, Lettered[]>();
  private readonly rabbitmq: RabbitMq;
  private readonly filled = new Set<string>();
  private readonly rules = new Map<string, QueueRules | undefined>();
  private readonly passing = new Map<number, Content[]>();
  /** Whether some are sent on with the keys that they came with. */
  private open = false;
  private readonly waiting: { readonly queue: string; readonly content: Content }[] = [];
  private readonly seen = new Set<string>();
  private readonly tables = new Map<FieldTable, number>();

  constructor(rabbitmq: RabbitMq, flows: readonly SentFlow[]) {
    this.rabbitmq = rabbitmq;
    this.host = virtualHost(rabbitmq);
    this.published = flows.flatMap((flow) => [...this.publish(flow)]);
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
    if (!this.rules.has(queue)) {
      const handle = this.host.queue(queue);
      this.rules.set(queue, handle === undefined ? undefined : this.host.queueRules(handle));
    }
    return this.rules.get(queue);
  }

  /** Whether all that differs has been followed. */
  get complete(): boolean {
    return !this.open && this.seen.size < messagesMax;
  }

  /** Whether messages come to an exchange. */
  reaches(exchange: string): boolean {
    const handle = this.host.exchange(exchange)?.handle;
    return handle !== undefined && this.passing.has(handle);
  }

  /** The bindings that no message uses, of the exchanges that messages come to. */
  unusedBindings(): readonly number[] {
    const used = new Set<number>();
    const bySource = new Map<string, number[]>();
    for (const [index, { source }] of this.rabbitmq.bindings.entries()) {
      const same = bySource.get(source.text);
      if (same === undefined) bySource.set(source.text, [index]);
      else same.push(index);
    }
    const unused: number[] = [];
    for (const [source, indices] of bySource) {
      const exchange = this.host.exchange(source);
      const contents = exchange === undefined ? undefined : this.passing.get(exchange.handle);
      if (exchange === undefined || contents === undefined || !goesByContent(exchange)) continue;
      const numbered = new BoundExchange(exchange.handle, exchange.settings, () => 0);
      numbered.bindings = indices.map((index) => {
        const { routingKey, arguments: args } = this.rabbitmq.bindings[index]!;
        return { destination: index, routingKey: routingKey.text, arguments: args };
      });
      for (const { keys, headers } of contents)
        for (const index of numbered.destinations(keys, headers)) used.add(index);
      unused.push(...indices.filter((index) => !used.has(index)));
    }
    return unused;
  }

  private *publish(flow: SentFlow): Iterable<Published> {
    const { to, rabbitmq: publishing, key } = flow.flow;
    if (to.kind === "topic") return;
    const exchange = to.kind === "queue" ? defaultExchange : this.host.exchange(to.name.text)?.handle;
    if (exchange === undefined || this.host.exchanges[exchange]!.settings.internal) return;
    const { routingKey: choice, headers, cc, bcc } = publishing;
    if (choice.kind === "same" || (choice.kind === "template" && flow.sameKey)) {
      this.open = true;
      return;
    }
    const copies = [...cc, ...bcc];
    const listed =
      choice.kind === "weights"
        ? choice.keys.flatMap((name, index) =>
            choice.weights[index]! > 0 ? [{ name, text: name.text }] : [],
          )
        : filled(choice.text.text, key).map((text) => ({ name: choice.text, text }));
    for (const { name, text } of listed) {
      const keys = [text, ...copies];
      const queues = this.follow(exchange, { keys, headers });
      for (const queue of queues) {
        const flows = this.arriving.get(queue);
        if (flows === undefined) this.arriving.set(queue, new Set([flow]));
        else flows.add(flow);
      }
      yield { flow, written: name, keys, headers, queues };
    }
  }

  /** The queues that a content comes to; what is new there waits for its dead letters. */
  private follow(exchange: number, content: Content): string[] {
    const { queues, exchanges } = route(this.host, exchange, content.keys, content.headers);
    const known = this.idOf(content);
    for (const passed of exchanges) {
      if (!this.isNew(`${passed}<${known}`)) continue;
      const contents = this.passing.get(passed);
      if (contents === undefined) this.passing.set(passed, [content]);
      else contents.push(content);
    }
    const names = queues.map((queue) => this.host.queues[queue]!.name);
    for (const name of names) this.filled.add(name);
    for (const queue of names)
      if (this.rulesOf(queue)?.deadLetters !== undefined)
        if (this.isNew(`${queue}>${known}`)) this.waiting.push({ queue, content });
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
    const keyless =
      matchedAs(found.settings) === "fanout" ||
      (found.bindings.length === 0 && found.handle !== defaultExchange);
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

  private isNew(place: string): boolean {
    if (this.seen.has(place) || this.seen.size >= messagesMax) return false;
    this.seen.add(place);
    return true;
  }

  private idOf({ keys, headers }: Content): string {
    let table = headers.size === 0 ? 0 : this.tables.get(headers);
    if (table === undefined) this.tables.set(headers, (table = this.tables.size + 1));
    return `${table} ${JSON.stringify(keys)}`;
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
