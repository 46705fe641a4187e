import { librdkafkaPartitioners } from "../model/librdkafka.ts";
import type { KafkaProducerSettings, ProducerTransactions } from "../model/topology.ts";
import type { Unit } from "../text/units.ts";
import { readCompression, readLibrdkafkaCompression } from "./read-compression.ts";
import { at, textOf, type Tree } from "./tree.ts";
import { booleanOf, quantityOf } from "./value-read.ts";

const defaultTransactionTimeout = 60_000e6;

export function kafkaSettings(
  config: Tree | undefined,
  version: string,
  transaction?: Tree,
  isLibrdkafka = false,
): KafkaProducerSettings {
  const java = javaSettings(config, version, transaction);
  return isLibrdkafka ? librdkafkaSettings(config, java) : java;
}

/** librdkafka's own defaults and limits. Each setting that has two names is taken by the first that the file gives. */
function librdkafkaSettings(config: Tree | undefined, java: KafkaProducerSettings): KafkaProducerSettings {
  const count = (standard: number, ...names: string[]) => numberBy("count", config, names) ?? standard;
  const size = (standard: number, ...names: string[]) => numberBy("size", config, names) ?? standard;
  const duration = (standard: number, ...names: string[]) => numberBy("duration", config, names) ?? standard;
  const idempotence = booleanOf(at(config, "enable.idempotence")) ?? java.transactions !== undefined;
  const inFlight = count(1_000_000, "max.in.flight.requests.per.connection", "max.in.flight");
  const partitioner = textOf(at(config, "partitioner"));
  return {
    ...java,
    acks: acksOf(textOf(firstOf(config, ["acks", "request.required.acks"]))),
    batchSize: size(1_000_000, "batch.size"),
    batchMessages: count(10_000, "batch.num.messages"),
    linger: duration(5e6, "linger.ms", "queue.buffering.max.ms"),
    idempotence,
    maxInFlight: idempotence ? Math.min(inFlight, 5) : inFlight,
    maxRequestSize: size(1_000_000, "message.max.bytes"),
    bufferMemory: 1024 * count(1_048_576, "queue.buffering.max.kbytes"),
    compression: readLibrdkafkaCompression(config),
    retries: count(2_147_483_647, "retries", "message.send.max.retries"),
    // 0 is for ever.
    deliveryTimeout: duration(300_000e6, "delivery.timeout.ms", "message.timeout.ms") || Infinity,
    metadataMaxAge: duration(300_000e6, "topic.metadata.refresh.interval.ms"),
    roundRobin: false,
    librdkafka: {
      partitioner: librdkafkaPartitioners.find((known) => known === partitioner) ?? "consistent_random",
      stickyLinger: duration(10e6, "sticky.partitioning.linger.ms"),
      queueMessages: count(100_000, "queue.buffering.max.messages"),
      backpressure: count(1, "queue.buffering.backpressure.threshold"),
      gapless: idempotence && booleanOf(at(config, "enable.gapless.guarantee")) === true,
    },
  };
}

function firstOf(config: Tree | undefined, names: readonly string[]): Tree | undefined {
  return names.map((name) => at(config, name)).find((tree) => tree !== undefined);
}

function numberBy(unit: Unit, config: Tree | undefined, names: readonly string[]): number | undefined {
  return quantityOf(firstOf(config, names), unit);
}

function acksOf(text: string | undefined): 0 | 1 | "all" {
  return text === "0" ? 0 : text === "1" ? 1 : "all";
}

/** Before 4.0 `linger.ms` was 0 by default. (KIP-1030) */
function javaSettings(
  config: Tree | undefined,
  version: string,
  transaction: Tree | undefined,
): KafkaProducerSettings {
  const acks = textOf(at(config, "acks"));
  const defaultLinger = Number.parseInt(version, 10) < 4 ? 0 : 5e6;
  return {
    acks: acksOf(acks),
    batchSize: quantityOf(at(config, "batch.size"), "size") ?? 16_384,
    batchMessages: Infinity,
    linger: quantityOf(at(config, "linger.ms"), "duration") ?? defaultLinger,
    maxInFlight: quantityOf(at(config, "max.in.flight.requests.per.connection"), "count") ?? 5,
    maxRequestSize: quantityOf(at(config, "max.request.size"), "size") ?? 1_048_576,
    bufferMemory: quantityOf(at(config, "buffer.memory"), "size") ?? 33_554_432,
    maxBlock: quantityOf(at(config, "max.block.ms"), "duration") ?? 60_000e6,
    ignoreKeys: booleanOf(at(config, "partitioner.ignore.keys")) ?? false,
    availabilityTimeout: quantityOf(at(config, "partitioner.availability.timeout.ms"), "duration") ?? 0,
    adaptive: booleanOf(at(config, "partitioner.adaptive.partitioning.enable")) ?? true,
    roundRobin: textOf(at(config, "partitioner.class"))?.endsWith("RoundRobinPartitioner") === true,
    idempotence: idempotence(config, acks),
    retries: quantityOf(at(config, "retries"), "count") ?? 2_147_483_647,
    retryBackoff: quantityOf(at(config, "retry.backoff.ms"), "duration") ?? 100e6,
    retryBackoffMax: quantityOf(at(config, "retry.backoff.max.ms"), "duration") ?? 1000e6,
    reconnectBackoff: quantityOf(at(config, "reconnect.backoff.ms"), "duration") ?? 50e6,
    reconnectBackoffMax: quantityOf(at(config, "reconnect.backoff.max.ms"), "duration") ?? 1000e6,
    metadataMaxAge: quantityOf(at(config, "metadata.max.age.ms"), "duration") ?? 300_000e6,
    requestTimeout: quantityOf(at(config, "request.timeout.ms"), "duration") ?? 30_000e6,
    deliveryTimeout: quantityOf(at(config, "delivery.timeout.ms"), "duration") ?? 120_000e6,
    librdkafka: undefined,
    compression: readCompression(config),
    transactions: transactionsOf(config, transaction),
  };
}

/** A transaction in two-phase commit never times out: who commits it decides elsewhere. (KIP-939) */
export function transactionTimeout(config: Tree | undefined): number {
  if (booleanOf(at(config, "transaction.two.phase.commit.enable")) === true) return Infinity;
  return quantityOf(at(config, "transaction.timeout.ms"), "duration") ?? defaultTransactionTimeout;
}

function transactionsOf(
  config: Tree | undefined,
  transaction: Tree | undefined,
): ProducerTransactions | undefined {
  const id = textOf(at(config, "transactional.id"));
  if (id === undefined) return undefined;
  return {
    id,
    messages: quantityOf(at(transaction, "messages"), "count") ?? 1,
    timeout: transactionTimeout(config),
  };
}

/** On, unless it is said or another setting forbids it: that needs all replicas, retries and few requests in flight. */
function idempotence(config: Tree | undefined, acks: string | undefined): boolean {
  const written = booleanOf(at(config, "enable.idempotence"));
  if (written !== undefined) return written;
  const retries = quantityOf(at(config, "retries"), "count");
  const inFlight = quantityOf(at(config, "max.in.flight.requests.per.connection"), "count") ?? 5;
  return acks !== "0" && acks !== "1" && retries !== 0 && inFlight <= 5;
}
