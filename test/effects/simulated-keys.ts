import { kafkaSettingLines } from "../../src/core/model/kafka-settings-data.ts";
import { librdkafkaSettingLines } from "../../src/core/model/librdkafka-settings-data.ts";
import { formatSchema, resolve, typesOf, type Schema } from "../../src/core/parse/format-schema.ts";

/** Definitions that many keys share: their own keys are counted once, under the definition's name. */
const shared = ["durationDistribution", "sizeDistribution"];

/** Own keys of what a consumer sends on; the others are those of a producer's message. */
const sentOn = ["topic", "exchange", "queue", "key", "routing_key", "ratio", "when", "reply"];

/**
 * Every key of the format that the engine simulates and whose value decides something by itself: as the schema and
 * the table of Kafka's settings mark them. A flow has the keys of a producer, which are counted there.
 */
export function simulatedKeys(): string[] {
  const keys = new Set<string>();
  collect(formatSchema, "", keys);
  for (const side of ["producer", "consumer", "group"] as const)
    for (const line of kafkaSettingLines[side].split("\n")) {
      const [name, , , status] = line.split(" ");
      // A file writes the settings of a group with its consumers.
      if (status === "simulated") keys.add(`${side === "group" ? "consumer" : side}s.*.config.${name}`);
    }
  const ofJava: string = kafkaSettingLines.producer;
  for (const line of librdkafkaSettingLines.librdkafka.split("\n")) {
    const [name, , , status] = line.split(" ");
    // What both clients have is counted once.
    if (status === "simulated" && !ofJava.includes(`${name} `)) keys.add(`producers.*.config.${name}`);
  }
  return [...keys].toSorted();
}

function collect(schema: Schema, path: string, keys: Set<string>): void {
  const whole = resolve(schema);
  if (whole["x-settings"] !== undefined) return;
  const definition = schema.$ref?.slice("#/definitions/".length);
  if (definition !== undefined && shared.includes(definition)) {
    keys.add(path);
    if (path !== definition) {
      collectInside(whole, definition, keys);
      return;
    }
  }
  if (hasOwnValue(whole)) keys.add(path);
  collectInside(whole, path, keys);
}

function collectInside(schema: Schema, path: string, keys: Set<string>): void {
  if (path === "consumers.*.sends.key" || path === "consumers.*.sends.routing_key") return;
  for (const [key, value] of Object.entries(schema.properties ?? {})) {
    const inner = path === "" ? key : `${path}.${key}`;
    // A processing time is a distribution or one of its own keys: the distributions are counted once.
    if (path === "consumers.*.processing" && !/^(?:per|by)/.test(key)) continue;
    if (inner.startsWith("producers.*.flows.*.") && key !== "share") continue;
    // What is sent on is a message as a producer's.
    if (inner.startsWith("consumers.*.sends.") && !sentOn.includes(key)) continue;
    // An input has keys of a consumer.
    if (inner.startsWith("consumers.*.inputs.")) continue;
    // A virtual host has the keys of RabbitMQ as a whole.
    if (inner.startsWith("rabbitmq.vhosts.")) continue;
    collect(value, inner, keys);
  }
  if (schema.items !== undefined) collect(schema.items, path, keys);
  if (typeof schema.additionalProperties === "object")
    collect(schema.additionalProperties, `${path}.*`, keys);
}

function hasOwnValue(schema: Schema): boolean {
  return (
    schema["x-strings"] !== undefined ||
    typesOf(schema).some((type) => !["object", "array", "null"].includes(type))
  );
}
