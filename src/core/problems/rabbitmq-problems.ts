import { error, information, warning } from "./entry.ts";
import { listed, span } from "./words.ts";

export interface Of {
  readonly queue: string;
}

export interface Sent {
  readonly producer: string;
  readonly queue: string;
}

export interface Binding {
  readonly exchange: string;
  readonly destination: string;
}

/** What the queue model's checks say. Times are nanoseconds. */
export const rabbitmqProblems = {
  "unreachable-queue": warning(
    ({ queue }: Of) =>
      `Nothing can arrive in queue \`${queue}\`: no exchange is bound to it and no producer names it. Bind it, or take it out.`,
  ),
  "unconsumed-queue": warning(
    ({ queue }: Of) =>
      `Nobody consumes queue \`${queue}\`, and neither a TTL nor a length limits it: it grows for ever. Add a consumer or a limit.`,
  ),
  "unanswered-requests": warning(
    ({
      producer,
      readers,
      limited,
    }: {
      readonly producer: string;
      readonly readers: readonly string[];
      readonly limited: boolean;
    }) =>
      `${listed(readers)} ${readers.length === 1 ? "reads" : "read"} the requests of \`${producer}\` and ${readers.length === 1 ? "sends" : "send"} no reply: each waits ${limited ? "until its time-out" : "for ever"}. Add \`sends: [{reply: true}]\`, or take \`requests\` out.`,
  ),
  unroutable: warning(
    ({
      producer,
      exchange,
      keys,
      by,
      mandatory,
    }: {
      readonly producer: string;
      readonly exchange: string;
      readonly keys: readonly string[];
      readonly by: "key" | "headers" | "internal";
      readonly mandatory: boolean;
    }) =>
      by === "internal"
        ? `Exchange \`${exchange}\` is internal, for other exchanges alone: the broker refuses what \`${producer}\` publishes to it (403). Take \`internal\` away, or publish to an exchange that leads to it.`
        : `No binding of exchange \`${exchange}\` matches ${by === "headers" ? `the headers of \`${producer}\`` : keys.join() === "" ? `messages of \`${producer}\` without a routing key` : `${keys.length === 1 ? "the routing key" : "the routing keys"} ${listed(keys)} of \`${producer}\``}: these messages are ${mandatory ? "returned" : "dropped, confirmed all the same"}. Bind a queue for them, or give \`${exchange}\` an alternate exchange.`,
  ),
  "dead-binding": information(
    ({ exchange, destination, key }: Binding & { readonly key: string }) =>
      `No message that comes to exchange \`${exchange}\` matches the binding${key === "" ? "" : ` \`${key}\``} of \`${destination}\`: it carries nothing. Correct it, or take it out.`,
  ),
  "duplicate-binding": information(
    ({ exchange, destination, other }: Binding & { readonly other: string | undefined }) =>
      other === undefined
        ? `\`${destination}\` is bound to exchange \`${exchange}\` in this way already: it gets one copy of a message all the same. Delete one of the two.`
        : `The binding \`${other}\` of \`${destination}\` to exchange \`${exchange}\` already matches all that this one matches, and a message arrives once. Delete it.`,
  ),
  "pattern-word": warning(
    ({ pattern, word }: { readonly pattern: string; readonly word: string }) =>
      `In \`${pattern}\` the word \`${word}\` is literal: \`*\` and \`#\` stand for words only when they stand alone between dots. Let it be a word of its own.`,
  ),
  "key-ignored": information(
    ({ exchange, type, key }: { readonly exchange: string; readonly type: string; readonly key: string }) =>
      `Exchange \`${exchange}\` is of type ${type}, which goes by ${type === "headers" ? "headers" : "nothing and gives every bound queue a copy"}: the routing key \`${key}\` has no effect. Delete it, or use a direct or topic exchange.`,
  ),
  "headers-without-match": warning(
    ({ exchange, destination, mode }: Binding & { readonly mode: "all" | "any" }) =>
      `The binding of \`${destination}\` to the headers exchange \`${exchange}\` names no header: with \`x-match: ${mode}\` it matches ${mode === "all" ? "every message" : "no message"}. Name the headers under \`arguments\`.`,
  ),
  "dead-letter-missing": error(
    ({
      queue,
      exchange,
      nearest,
    }: Of & { readonly exchange: string; readonly nearest: string | undefined }) =>
      `The file names no exchange \`${exchange}\`: dead letters of queue \`${queue}\` vanish. ${nearest === undefined ? "Declare it and bind a queue to it." : `Did you mean \`${nearest}\`?`}`,
  ),
  "dead-letter-unroutable": warning(
    ({ queue, exchange, keys }: Of & { readonly exchange: string; readonly keys: readonly string[] }) =>
      `Dead letters of queue \`${queue}\`${keys.length === 0 ? "" : ` with the routing key ${listed(keys)}`} match no binding of ${exchange === "" ? "the default exchange" : `exchange \`${exchange}\``}: they vanish. Bind a queue for them, or set \`x-dead-letter-routing-key\`.`,
  ),
  "dead-letter-loop": warning(
    ({ queue, path, rejected }: Of & { readonly path: readonly string[]; readonly rejected: boolean }) =>
      `Dead letters of queue \`${queue}\` come back to it${path.length === 0 ? "" : ` by way of ${listed(path)}`}. ${rejected ? "A consumer's reject lies on the way, so a message that always fails circulates for ever. Count its rounds by `x-death` and end them." : "No reject lies on the way, so RabbitMQ drops a message when it comes round. Let the last queue lead elsewhere."}`,
  ),
  "requeue-loop": warning(
    ({ consumer, queue }: Of & { readonly consumer: string }) =>
      `\`${consumer}\` requeues what fails, and queue \`${queue}\` has no delivery limit: a message that always fails circulates for ever and keeps the consumer busy. Reject it after some tries, or use a quorum queue with \`x-delivery-limit\`.`,
  ),
  "silent-expiry": information(
    ({ queue, setting }: Of & { readonly setting: string }) =>
      `\`${setting}\` takes messages out of queue \`${queue}\`, which has no dead-letter exchange: they vanish. Add \`x-dead-letter-exchange\` to keep them.`,
  ),
  "ttl-behind-head": information(
    ({ queue, producer, other }: Sent & { readonly other: string }) =>
      `Messages of \`${producer}\` expire earlier than those of \`${other}\` in queue \`${queue}\`, but only at its head: an expired one stays, and counts, behind one that lives. Give each lifetime a queue of its own.`,
  ),
  "unlimited-prefetch": warning(
    ({ consumer, queues }: { readonly consumer: string; readonly queues: readonly string[] }) =>
      `\`${consumer}\` has no prefetch limit: one instance takes all that waits in ${listed(queues)} into its memory, and others get nothing. Set \`prefetch\`, 10 say.`,
  ),
  "ack-timeout": warning(
    ({
      consumer,
      queue,
      each,
      held,
      timeout,
      setting,
      remedy,
    }: Of & {
      readonly consumer: string;
      readonly each: number;
      readonly held: number;
      readonly timeout: number;
      readonly setting: string;
      readonly remedy: "x-consumer-timeout" | "consumer_timeout";
    }) =>
      `\`${consumer}\` works ${span(each)} on a message${held > 1 ? `, and the last of ${held} that it holds waits ${span(held * each)}` : ""}; after ${span(timeout)} without an ack (${setting}) the broker ends it and delivers again what it holds, from \`${queue}\`. ${held > 1 ? "Let it hold fewer" : `${remedy === "consumer_timeout" ? "Set a longer" : "Give the queue a longer"} \`${remedy}\`, or make the work smaller`}.`,
  ),
  "prefetch-hoards": information(
    ({
      consumer,
      prefetch,
      each,
    }: {
      readonly consumer: string;
      readonly prefetch: number;
      readonly each: number;
    }) =>
      `An instance of \`${consumer}\` holds up to ${prefetch} messages of ${span(each)} each: the last one waits ${span((prefetch - 1) * each)} there while other instances may idle. Lower \`prefetch\`.`,
  ),
  "auto-ack-loss": warning(
    ({ consumer, queues }: { readonly consumer: string; readonly queues: readonly string[] }) =>
      `\`${consumer}\` takes messages of ${listed(queues)} as done when they are sent to it: what it holds is lost when it crashes. Use \`ack: manual\` with a \`prefetch\`.`,
  ),
  "transient-queue": warning(
    ({ queue, producer }: Sent) =>
      `Queue \`${queue}\` is not durable: a restart of the broker deletes it with the persistent messages of \`${producer}\`. Set \`durable: true\`.`,
  ),
  "transient-message": information(
    ({ queue, producer }: Sent) =>
      `Messages of \`${producer}\` are transient: a restart of the broker takes them out of the durable queue \`${queue}\`. Use \`delivery_mode: 2\`.`,
  ),
  "no-confirms": warning(
    ({ queue, producer, why }: Sent & { readonly why: "refuses" | "nodes" }) =>
      `\`${producer}\` asks for no confirms, so it never learns that ${why === "refuses" ? `the full queue \`${queue}\` has refused a message` : `a message for queue \`${queue}\` was lost with a node`}. Set \`confirms: true\`.`,
  ),
  "priority-without-queue": warning(
    ({ queue, producer, priority, most }: Sent & { readonly priority: number; readonly most: number }) =>
      most === 0
        ? `Queue \`${queue}\` has no priorities: the priority ${priority} of \`${producer}\` changes nothing there. Give it \`x-max-priority\`.`
        : `Queue \`${queue}\` has priorities up to ${most}: the priority ${priority} of \`${producer}\` counts as ${most}. Raise \`x-max-priority\`, or lower the priority.`,
  ),
  "argument-conflict": error(({ message }: { readonly message: string }) => message),
  "quorum-nodes": warning(
    ({ queue, nodes }: Of & { readonly nodes: number }) =>
      `Quorum queue \`${queue}\` has ${nodes === 1 ? "1 node" : `${nodes} nodes`}: it pays for copies, yet stops when one node is down. Use three nodes or more.`,
  ),
  "exclusive-access": warning(
    ({
      queue,
      reads,
      by,
      refused,
    }: Of & {
      readonly reads: readonly string[] | undefined;
      readonly by: string;
      readonly refused: number;
    }) =>
      reads === undefined
        ? `Nobody reads the exclusive queue \`${queue}\`: it is declared by the connection that reads it, so it is never there, and messages for it go nowhere. Add a consumer.`
        : `${by === "queue" ? `Queue \`${queue}\` is exclusive to one connection` : `\`${by}\` wants queue \`${queue}\` for itself`}, but ${listed(reads)} would read it with ${refused + 1} at a time: ${refused === 1 ? "1 is" : `${refused} are`} refused and ${refused === 1 ? "stays" : "stay"} idle. Run one instance, or use \`x-single-active-consumer\`, which lets another one take over.`,
  ),
  "exchange-cycle": information(
    ({ exchanges }: { readonly exchanges: readonly string[] }) =>
      `Exchanges ${listed(exchanges)} are bound in a circle; a message passes each once, so one of the bindings does nothing for it. Take one out.`,
  ),
  "idle-policy": information(
    ({
      policy,
      pattern,
      things,
      passed,
    }: {
      readonly policy: string;
      readonly pattern: string;
      readonly things: string;
      readonly passed: { readonly queue: string; readonly type: string } | undefined;
    }) =>
      passed === undefined
        ? `Policy \`${policy}\` applies to nothing: no ${things} of the file has a name that \`${pattern}\` matches. Correct the pattern, or take the policy out.`
        : `Policy \`${policy}\` applies to nothing: it says what is not for ${passed.type} queues, so the broker passes \`${passed.queue}\` by with all of it. Put that into a policy of its own.`,
  ),
  "unused-exchange": information(
    ({ exchange }: { readonly exchange: string }) =>
      `Nothing publishes to exchange \`${exchange}\`. Add a producer, or take it out.`,
  ),
};
