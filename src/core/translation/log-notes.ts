import type { Consumer, Topic } from "../model/topology.ts";
import { at, entriesOf, textOf, type Tree } from "../parse/tree.ts";
import { tellChangelog, tellJoin } from "./kept-state.ts";
import type { LogHalf } from "./log-half.ts";

/** What of a log half queues have no equal for. */
export function tellLogHalf(half: LogHalf): void {
  const { notes } = half;
  for (const topic of half.kafka.topics.values()) tellTopic(half, topic);
  const config = [...entriesOf(at(half.tree, "kafka", "config"))];
  if (config.length > 0)
    notes.add("kafka.config", config[0]!.key.span, `${named(config)}: Kafka's own, left out.`);
  const quotas = [...entriesOf(at(half.tree, "kafka", "quotas"))];
  if (quotas.length > 0)
    notes.add("kafka.quotas", quotas[0]!.key.span, "RabbitMQ has no quotas of clients: left out.");
  for (const { name, flows } of half.topology.producers.values())
    if (flows.some(({ to }) => to.kind === "topic")) tellProducer(half, name.text);
  for (const consumer of half.topology.consumers.values())
    if (consumer.from.kind === "log") {
      tellJoin(consumer, notes);
      tellChangelog(consumer, notes);
      tellConsumer(half, consumer);
    }
}

function tellTopic(half: LogHalf, { name, log, preload, replicas }: Topic): void {
  const { notes } = half;
  const where = `kafka.topics.${name.text}`;
  const add = (says: string): void => notes.add(where, name.span, says);
  const readers = [...half.groups.values()].filter(({ topics }) =>
    topics.some((one) => one.name.text === name.text),
  );
  if (readers.length === 0)
    add("No group reads it. An exchange keeps nothing: what is sent there matches no queue and is dropped.");
  if (log.compact)
    add("A queue has no compaction: every message is delivered, and none is kept for later readers.");
  if (
    preload !== undefined &&
    readers.every(
      ({ members, queues, topics }) => queues.length > 1 || half.preloaded(members, topics) === undefined,
    )
  )
    add("What it holds at the start is read by no group from its beginning, so no queue holds it.");
  if (replicas > 1)
    add("Its copies are those of a quorum queue, which confirms when a majority has the message.");
  const rest = [...entriesOf(at(half.tree, "kafka", "topics", name.text, "config"))].filter(
    ({ key }) =>
      key.text !== "min.insync.replicas" && key.text !== "cleanup.policy" && key.text !== "retention.ms",
  );
  if (rest.length > 0) add(`${named(rest)}: Kafka's own, left out.`);
}

function tellProducer(half: LogHalf, name: string): void {
  const map = at(half.tree, "producers", name);
  const levels = [map, ...Array.from(entriesOf(at(map, "flows")), ({ value }) => value)];
  for (const level of levels) {
    const add = (tree: Tree, says: string): void => half.notes.add(`producers.${name}`, tree.span, says);
    const rest = [...entriesOf(at(level, "config"))].filter(({ key }) => !answered.has(key.text));
    if (rest.length > 0)
      add(
        at(level, "config")!,
        `${named(rest)}: Kafka's own, left out. RabbitMQ's publisher sends each message at once.`,
      );
    const acks = textOf(at(level, "config", "acks"));
    if (acks === "1")
      add(
        at(level, "config", "acks")!,
        "`acks: 1` became `confirms: true`: a queue has no leader that answers for itself alone.",
      );
    if (textOf(at(level, "value")) === "none")
      add(at(level, "value")!, "A tombstone is an empty message: a queue deletes nothing for it.");
    for (const key of ["client", "compression_rate"])
      if (at(level, key) !== undefined) add(at(level, key)!, `\`${key}\` is Kafka's own, left out.`);
  }
}

function tellConsumer(
  half: LogHalf,
  { name, from, startsAt, processing, instances, concurrency }: Consumer,
): void {
  if (from.kind !== "log") return;
  const group = half.groups.get(from.group.text)!;
  const { settings } = from;
  const add = (says: string): void => half.notes.add(`consumers.${name.text}`, name.span, says);
  if (group.ordered && group.queues.length > 1)
    add(
      "Order is expected, so each partition is a queue with a single active consumer. Queues are not shared out anew: who comes later waits until an active one leaves.",
    );
  else if (
    settings.share === undefined &&
    instances * concurrency > 1 &&
    settings.orderedBy !== "none" &&
    !group.ordered
  )
    add(
      "Its consumers compete for one queue: the order of a key is not kept. Expect `order.violations` to be 0 to have it kept, by a queue for each partition.",
    );
  if (settings.commit === "auto" && settings.share === undefined)
    add("`commit: auto` commits by time; a queue's consumer acknowledges each message when it is done.");
  if (settings.commit === "transactional")
    add(
      "RabbitMQ has no transaction over what is read and what is sent: it acknowledges when what it sends is confirmed.",
    );
  if (processing.perBatch !== undefined)
    add("A queue delivers message by message: `perBatch` is paid for each.");
  if (startsAt > 0 && !readsHistory(settings))
    add("Its queue is there from the start, and keeps what is sent before it comes: it reads that as well.");
  const rest = [...entriesOf(at(half.tree, "consumers", name.text, "config"))].filter(
    ({ key }) =>
      !["max.poll.records", "auto.offset.reset", "share.delivery.count.limit", ...answered].includes(
        key.text,
      ),
  );
  if (rest.length > 0) add(`${named(rest)}: Kafka's own, left out.`);
}

/** Settings of producers that RabbitMQ's confirms and transactions answer to. */
const answered: ReadonlySet<string> = new Set(["acks", "enable.idempotence", "transactional.id"]);

function named(entries: readonly { readonly key: { readonly text: string } }[]): string {
  return entries.map(({ key }) => `\`${key.text}\``).join(", ");
}

/** Whether a group that comes late reads from the beginning. */
export function readsHistory(settings: {
  readonly autoOffsetReset: string;
  readonly share: { readonly autoOffsetReset: string } | undefined;
}): boolean {
  return (settings.share ?? settings).autoOffsetReset === "earliest";
}
