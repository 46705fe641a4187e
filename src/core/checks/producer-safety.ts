import { storedPacking } from "../model/compression.ts";
import type { Topic } from "../model/topology.ts";
import { describe } from "../parse/tree.ts";
import { booleanOf } from "../parse/value-read.ts";
import { problem } from "../problems/catalogue.ts";
import type { Problem } from "../problems/problem.ts";
import { span } from "../problems/words.ts";
import type { Distribution } from "../text/distribution.ts";
import type { Span } from "../text/span.ts";
import type { CheckedFile, SentFlow } from "./checked-file.ts";

const inFlight = "max.in.flight.requests.per.connection";
/** A broker remembers so many batches of a producer. */
const inFlightMax = 5;

/**
 * `weak-acks`, `idempotence-conflict`, `reorder-on-retry`: what a retry or a crash does to what was sent. `bad-value`: what the
 * client or the topic refuses.
 */
export function* producerSafety(file: CheckedFile): Iterable<Problem> {
  const { kafka } = file.topology;
  if (kafka === undefined) return;
  const seen = new Set<string>();
  for (const flow of file.flows) {
    if (!("flows" in flow.owner)) continue;
    const topic = kafka.topics.get(flow.flow.to.name.text);
    if (flow.flow.to.kind !== "topic" || topic === undefined) continue;
    for (const found of [
      ...weakAcks(flow, topic.name.text, topic.replicas),
      ...idempotenceConflict(flow, kafka.version),
      ...reorderOnRetry(flow, topic.name.text),
      ...deliveryTime(flow),
      ...tooLarge(flow, topic),
    ]) {
      // Flows share the settings of their producer: one place, one problem.
      const place = `${found.code} ${found.span.start}`;
      if (!seen.has(place)) yield found;
      seen.add(place);
    }
  }
}

function* weakAcks(flow: SentFlow, topic: string, replicas: number): Iterable<Problem> {
  const { acks } = flow.flow.kafka;
  if (acks === "all" || replicas < 2) return;
  yield problem(
    "weak-acks",
    flow.place("config", "acks"),
    { producer: flow.name.text, topic, acks, replicas },
    flow.set("Set acks: all", ["config", "acks"], "all"),
  );
}

interface Obstacle {
  readonly setting: string;
  readonly value: string;
  readonly needed: string;
  readonly mend: string;
}

/** What idempotence cannot live with. (ProducerConfig.postProcessAndValidateIdempotenceConfigs) */
function* obstacles({ flow: { kafka } }: SentFlow): Iterable<Obstacle> {
  if (kafka.acks !== "all")
    yield { setting: "acks", value: String(kafka.acks), needed: "`acks: all`", mend: "all" };
  if (kafka.retries === 0)
    yield { setting: "retries", value: "0", needed: "`retries` above 0", mend: "2147483647" };
  if (kafka.maxInFlight > inFlightMax)
    yield {
      setting: inFlight,
      value: String(kafka.maxInFlight),
      needed: `at most ${inFlightMax} requests in flight`,
      mend: String(inFlightMax),
    };
}

function* idempotenceConflict(flow: SentFlow, version: string): Iterable<Problem> {
  const asked = booleanOf(flow.at("config", "enable.idempotence"));
  // What librdkafka is not told it sets as idempotence needs it, and it has none that nobody asks for.
  const byDefault = flow.isJava && Number.parseInt(version, 10) >= 3;
  if (asked === false || (asked === undefined && !byDefault)) return;
  for (const { setting, value, needed, mend } of obstacles(flow)) {
    if (!flow.isJava && flow.at("config", setting) === undefined) continue;
    yield problem(
      "idempotence-conflict",
      flow.place("config", setting),
      { producer: flow.name.text, setting, value, needed, written: asked === true },
      flow.set(`Set ${setting}: ${mend}`, ["config", setting], mend),
      asked === true ? {} : { severity: "warning" },
    );
  }
}

/** Where another setting switches idempotence off in silence, that is what is told. */
function* reorderOnRetry(flow: SentFlow, topic: string): Iterable<Problem> {
  const { key, kafka } = flow.flow;
  const switchedOff = booleanOf(flow.at("config", "enable.idempotence")) === false;
  if (!switchedOff || key.kind === "none" || key.kind === "unique") return;
  if (kafka.retries === 0 || kafka.maxInFlight < 2 || kafka.acks === 0) return;
  const safe = [...obstacles(flow)].length === 0;
  const place: Span = flow.place("config", "enable.idempotence");
  yield problem("reorder-on-retry", place, { producer: flow.name.text, topic, inFlight: kafka.maxInFlight }, [
    ...(safe ? flow.set("Enable idempotence", ["config", "enable.idempotence"], "true") : []),
    ...flow.set(`Set ${inFlight}: 1`, ["config", inFlight], "1"),
  ]);
}

/** (ProducerConfig, KafkaProducer.configureDeliveryTimeout) */
function* deliveryTime(flow: SentFlow): Iterable<Problem> {
  const { linger, requestTimeout, deliveryTimeout } = flow.flow.kafka;
  const written = flow.at("config", "delivery.timeout.ms");
  if (written === undefined || !flow.isJava || deliveryTimeout >= linger + requestTimeout) return;
  yield problem("bad-value", written.span, {
    key: "delivery.timeout.ms",
    found: describe(written),
    reason: `it is at least \`linger.ms\` and \`request.timeout.ms\` together, ${span(linger + requestTimeout)}, or the client refuses to start. Raise it, or lower \`request.timeout.ms\``,
  });
}

/** Where even the smallest value is larger than what the client sends, or than what the topic takes as it is stored. */
function* tooLarge(flow: SentFlow, { log, compression }: Topic): Iterable<Problem> {
  const written = flow.at("size");
  const { size, kafka, tombstone } = flow.flow;
  if (written === undefined || tombstone) return;
  const client = flow.isJava ? "max.request.size" : "message.max.bytes";
  const refused = (reason: string): Problem =>
    problem("bad-value", written.span, { key: "size", found: describe(written), reason }, [], {
      severity: "warning",
    });
  if (smallest(size) > kafka.maxRequestSize)
    yield refused(
      `\`${client}\` of the client is ${kafka.maxRequestSize} bytes, so it refuses every message. Raise it, and the topic's \`max.message.bytes\` with it`,
    );
  else if (
    smallest(size) > log.maxMessageBytes &&
    storedPacking(compression, kafka.compression).codec === "none"
  )
    yield refused(
      `\`max.message.bytes\` of the topic is ${log.maxMessageBytes} bytes, so the broker refuses every message. Raise it`,
    );
}

function smallest(size: Distribution): number {
  if (size.kind === "constant") return size.value;
  if (size.kind === "uniform") return size.from;
  if (size.kind === "pareto") return size.minimum;
  return size.kind === "empirical" ? Math.min(...size.values) : 0;
}
