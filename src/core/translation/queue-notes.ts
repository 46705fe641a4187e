import type { Consumer, Flow } from "../model/topology.ts";
import { tellJoin } from "./kept-state.ts";
import type { QueueHalf } from "./queue-half.ts";

/** What of a queue half a log has no equal for. */
export function tellQueueHalf(half: QueueHalf): void {
  const { topology } = half;
  for (const { name } of half.rabbitmq.queues.values()) tellQueue(half, name.text);
  for (const [name, { type, span }] of exchanges(half)) tellExchange(half, name, type, span);
  for (const producer of topology.producers.values())
    for (const flow of producer.flows) if (half.owns(flow.to.kind)) tellFlow(half, producer.name.text, flow);
  for (const consumer of topology.consumers.values()) {
    tellConsumer(half, consumer);
    if (consumer.from.kind === "queue") tellJoin(consumer, half.notes);
  }
}

function exchanges({ rabbitmq }: QueueHalf) {
  return Array.from(
    rabbitmq.exchanges,
    ([
      name,
      {
        type,
        name: { span },
      },
    ]) => [name, { type, span }] as const,
  );
}

function tellExchange(
  half: QueueHalf,
  name: string,
  type: string,
  span: { start: number; end: number },
): void {
  const add = (says: string): void => half.notes.add(`rabbitmq.exchanges.${name}`, span, says);
  if (half.routes.delaying.has(name))
    add("A log holds no record back: what the exchange delays arrives at once.");
  if (type === "x-recent-history")
    add("Who comes late reads from the log's beginning or its end, not the last few messages.");
  if (
    half.routes.lots.length > 0 &&
    (type === "x-random" || type === "x-local-random" || type === "x-consistent-hash")
  )
    add(
      "It deals messages out to queues; a group deals partitions out to members: the consumers of its queues are one group.",
    );
}

function tellQueue(half: QueueHalf, queue: string): void {
  const { name } = half.rabbitmq.queues.get(queue)!;
  const rules = half.routes.rates.rulesOf(queue);
  if (rules === undefined) return;
  const add = (says: string): void => half.notes.add(`rabbitmq.queues.${queue}`, name.span, says);
  const room = half.routes.rooms.get(queue);
  if (room !== undefined) {
    add("Messages wait here until they expire. A log holds no record back: they go on at once.");
    return;
  }
  if (rules.maxPriority > 0) add("A log has no priorities: records of a partition are read in their order.");
  if (rules.maxLength < Infinity || rules.maxBytes < Infinity)
    add("A log has no limit that publishers feel or that drops by number: it holds what retention leaves.");
  if (rules.messageTtl !== undefined && half.routes.isRead(queue))
    add(
      "Its time to live is the topic's retention: whole segments go, read or not, up to twice as old, and none becomes a dead letter.",
    );
  if (half.rabbitmq.queues.get(queue)!.exclusive)
    add("A topic belongs to no connection: it is there before its reader comes, and stays when it has gone.");
  if (rules.expires !== undefined) add("A topic does not go when nobody uses it.");
  if (rules.singleActiveConsumer)
    add("One active consumer is a topic of one partition: the order of the whole queue is kept.");
  if (rules.delayedRetry !== undefined)
    add("What is retried is not put off beside the others: its partition waits, or it goes on at once.");
  const doubled = half
    .topicsOf([queue])
    .some((topic) =>
      [...topic.queues].some(
        (other) =>
          other !== queue &&
          half.groupName(other) === half.groupName(queue) &&
          !half.routes.lots.some((lot) => lot.includes(queue) && lot.includes(other)),
      ),
    );
  if (doubled)
    add(
      "A consumer reads it beside another queue that gets copies of the same messages; their group reads each record once.",
    );
}

function tellFlow(half: QueueHalf, producer: string, flow: Flow): void {
  const { span } = flow.name;
  const add = (says: string): void => half.notes.add(`producers.${producer}`, span, says);
  const { rabbitmq, requests, arrivals } = flow;
  const targets = half.targets(flow);
  const ways = half.routes.ways(flow);
  if (targets.length > 1)
    add(
      "Its routing keys lead to different queues: for each set of queues there is a topic, and a flow with its share of the messages. Their times are drawn anew.",
    );
  else if (ways.length > 1)
    add(
      "Which queues a message reaches cannot be told apart beforehand: all go to one topic, and each group reads all of them.",
    );
  if (ways.some(({ queues }) => queues.size === 0))
    add(
      "Some messages match no queue, where RabbitMQ drops them; a log keeps them in a topic that nobody reads.",
    );
  if (requests !== undefined)
    add(
      `A log carries no replies: nobody waits for one${arrivals.kind === "closed" ? ", and a client goes on when its record is acknowledged" : ""}.`,
    );
  if (rabbitmq.priority !== undefined) add("`priority` is left out: a log has none.");
  if (rabbitmq.lifetime < Infinity)
    add("`expiration` is left out: a log keeps records by topic, not one by one.");
  if (rabbitmq.confirmWindow > 0 && rabbitmq.confirmWindow < Infinity)
    add("The window of its confirms is left out: Kafka's client limits requests, not messages.");
  if (arrivals.kind === "closed" && requests === undefined)
    add("Its clients send when the last message is confirmed: how many they send depends on the model.");
}

function tellConsumer(half: QueueHalf, { name, from, sends, failures, instances }: Consumer): void {
  const add = (says: string): void => half.notes.add(`consumers.${name.text}`, name.span, says);
  if (sends.some(({ flow }) => flow.to.kind === "reply"))
    add("Its replies are left out: a log carries none.");
  if (
    sends.some(
      ({ flow }) =>
        flow.rabbitmq.routingKey.kind === "same" && half.sends(flow, { from } as Consumer).length > 1,
    )
  )
    add(
      "What it sends on goes to different queues by the routing keys that it has read: the shares are those of what arrives.",
    );
  if (from.kind !== "queue") return;
  const { settings, queues } = from;
  if (settings.priority !== 0) add("`x-priority` is left out: members of a group have none.");
  if (settings.exclusive) add("`exclusive` is left out: a group takes any member.");
  const [queue] = queues;
  const rules = half.routes.rates.rulesOf(queue!.text);
  if (rules?.type === "stream" && instances > 1)
    add("Each of its instances reads the whole stream; as members of a group they share it.");
  if (failures.share === 0) return;
  const limited = rules?.type === "quorum" && rules.deliveryLimit < Infinity;
  if (settings.ack === "manual" && settings.onFailure === "requeue")
    add(
      limited
        ? "Attempts up to the delivery limit follow each other, and the partition waits for them."
        : "What fails is tried again until it succeeds, and the partition waits for it; a queue delivers the next message meanwhile.",
    );
  const room = half.routes.roomBehind(queue!.text);
  if (room !== undefined)
    add(
      `What it rejects waits in \`${room}\`; here its partition waits as long, then it is tried again and goes to the end of the topic.`,
    );
}
