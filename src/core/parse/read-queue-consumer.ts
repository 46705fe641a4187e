import type { QueueConsumerSettings } from "../model/topology.ts";
import type { Name } from "../text/span.ts";
import type { Names } from "./names.ts";
import type { Keys, ReadContext } from "./read-context.ts";
import { at, textOf } from "./tree.ts";
import { booleanOf, durationsOf, numberOf, quantityOf } from "./value-read.ts";
import { atLeast, isVersion } from "./version.ts";

/** What a consumer asks of its queues, held against the types of these. */
export function readQueueConsumer(
  keys: Keys,
  queues: readonly Name[],
  names: Names,
  context: ReadContext,
): QueueConsumerSettings {
  const prefetch = keys.get("prefetch");
  const channel = at(prefetch, "channel");
  const own = channel === undefined ? (quantityOf(prefetch, "count") ?? 0) : 0;
  const shared = quantityOf(channel, "count") ?? 0;
  const retries = durationsOf(keys.get("onFailure", "retry"));
  const offset = keys.get("arguments", "x-stream-offset");
  for (const queue of queues) checkAgainstQueue(queue, keys, names, context);
  return {
    prefetch: own === 0 ? Infinity : own,
    channelPrefetch: shared === 0 ? Infinity : shared,
    priority: numberOf(keys.get("arguments", "x-priority")) ?? 0,
    exclusive: booleanOf(keys.get("exclusive")) ?? false,
    streamOffset: numberOf(offset) ?? textOf(offset),
    streamFilter: textOf(keys.get("arguments", "x-stream-filter")),
    matchUnfiltered: booleanOf(keys.get("arguments", "x-stream-match-unfiltered")) ?? false,
    ack: keys.choice("ack", "manual", "auto", "early") ?? "manual",
    onFailure: retries.length > 0 ? "reject" : (keys.choice("onFailure", "requeue", "reject") ?? "requeue"),
    retries,
  };
}

/** What the broker refuses of consumers of a quorum queue or a stream. */
function checkAgainstQueue({ text, span }: Name, keys: Keys, names: Names, context: ReadContext): void {
  const type = names.queueTypes.get(text);
  const prefetch = keys.get("prefetch");
  const channel = at(prefetch, "channel");
  const version = textOf(at(names.root, "rabbitmq", "version"));
  const isDenied = version !== undefined && isVersion(version) && atLeast(version, "4.3");
  if (channel !== undefined && (isDenied || type === "quorum" || type === "stream"))
    context.rule(
      channel.span,
      `${isDenied ? `RabbitMQ ${version}` : `\`${text}\` is a ${type} queue, which`} has no limit for a whole channel: the broker closes the connection (540). Write \`prefetch\` as a number.`,
    );
  if (type !== "stream") return;
  if (channel === undefined && (quantityOf(prefetch, "count") ?? 0) === 0)
    context.rule(
      prefetch?.span ?? span,
      `\`${text}\` is a stream, and a stream's consumer needs a \`prefetch\` above 0 (406 without). Add \`prefetch: 100\`.`,
    );
  const ack = keys.get("ack");
  if (ack !== undefined && textOf(ack) === "auto")
    context.rule(
      ack.span,
      `\`${text}\` is a stream, which delivers only for acks (540). Delete \`ack: auto\`.`,
    );
  const failures = keys.get("failures");
  if (failures !== undefined)
    context.rule(
      failures.span,
      `\`${text}\` is a stream, where nothing can be requeued or rejected: the broker closes the connection (540). Delete \`failures\`.`,
    );
}
