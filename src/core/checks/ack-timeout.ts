import { placeOf, readings } from "../model/readings.ts";
import { problem } from "../problems/catalogue.ts";
import type { Fix, Problem } from "../problems/problem.ts";
import { releaseOf } from "../queue/release.ts";
import { meanOf } from "../sim/sampler.ts";
import type { Path } from "../text/path.ts";
import { readsQueue, type CheckedFile, type QueueReader } from "./checked-file.ts";

const nanosPerMinute = 60e9;

/** `ack-timeout`: a consumer keeps deliveries for longer than the broker waits for their acks. */
export function* ackTimeout(file: CheckedFile): Iterable<Problem> {
  for (const consumer of readings(file.topology).filter(readsQueue)) yield* late(file, consumer);
}

function* late(file: CheckedFile, consumer: QueueReader): Iterable<Problem> {
  const { name, from, concurrency } = consumer;
  const { ack, prefetch, channelPrefetch } = from.settings;
  if (ack !== "manual") return;
  const each = handlingTime(consumer);
  const held = Math.min(prefetch, channelPrefetch);
  // Of an unlimited prefetch nobody knows how much there is to hold.
  const rounds = held === Infinity ? 1 : Math.ceil(held / concurrency);
  for (const { text: queue } of from.queues) {
    const rules = file.routing?.rulesOf(queue);
    if (rules === undefined || rounds * each <= rules.consumerTimeout) continue;
    const { consumerTimeout: timeout } = rules;
    const alone = each > timeout;
    const path = placeOf(consumer);
    const place = alone ? file.at("consumers", name.text, "processing") : file.at(...path, "prefetch");
    yield problem(
      "ack-timeout",
      place?.span ?? name.span,
      {
        consumer: name.text,
        queue,
        each,
        held: alone ? 1 : held,
        timeout,
        setting: rules.source("consumer-timeout"),
        remedy: remedyOf(file),
      },
      alone ? longer(file, queue, each) : fewer(file, path, Math.floor(timeout / each / 2) * concurrency),
    );
    return;
  }
}

/** Mean ns of the slowest kind of message, with the waits before further attempts. */
function handlingTime({ processing, failures, from }: QueueReader): number {
  const { perMessage, perBatch, byKind, byKey } = processing;
  let slowest = meanOf(perMessage);
  for (const own of [byKind, byKey]) for (const one of own.values()) slowest = Math.max(slowest, meanOf(one));
  const once = slowest + (perBatch === undefined ? 0 : meanOf(perBatch));
  if (failures.share === 0) return once;
  return from.settings.retries.reduce((sum, wait) => sum + wait + once, once);
}

/** Where a longer time-out is written: before 3.11.15 queues have none of their own. */
function remedyOf(file: CheckedFile): "x-consumer-timeout" | "consumer_timeout" {
  const { queueConsumerTimeout } = releaseOf(file.topology.rabbitmq!.version);
  return queueConsumerTimeout ? "x-consumer-timeout" : "consumer_timeout";
}

function longer(file: CheckedFile, queue: string, each: number): Fix[] {
  const minutes = Math.ceil((2 * each) / nanosPerMinute);
  const remedy = remedyOf(file);
  if (remedy === "consumer_timeout")
    return file.set(`Set ${remedy}: ${minutes}m`, ["rabbitmq", "config", remedy], `${minutes}m`);
  const path = ["rabbitmq", "queues", queue, "arguments", remedy];
  return file.set(`Give ${queue} an ${remedy} of ${minutes}m`, path, `${minutes}m`);
}

function fewer(file: CheckedFile, path: Path, prefetch: number): Fix[] {
  return prefetch < 1 ? [] : file.set(`Set prefetch: ${prefetch}`, [...path, "prefetch"], String(prefetch));
}
