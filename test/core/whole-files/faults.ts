import fc from "fast-check";
import { maybe, one } from "../random-text.ts";
import type { Counts } from "./counts.ts";

export const faults = fc.array(
  fc.record({
    at: fc.nat(3500),
    lasts: maybe("for: 150ms, ", "for: 900ms, "),
    number: fc.nat(5),
    instance: maybe(", instance: 1"),
    action: one("crash", "stop", "start", "restart", "slow", "isolate", "one-off"),
    target: one("consumer", "consumer", "producer", "broker", "controller", "node", "queue"),
    oneOff: fc.nat(6),
  }),
  { maxLength: 5 },
);

type Fault = typeof faults extends fc.Arbitrary<(infer One)[]> ? One : never;

export function faultText(
  { at, lasts, number, instance, action, target, oneOff }: Fault,
  { topics, queues, producers, consumers, brokers, nodes }: Counts,
): string {
  const consumer = `consumer: c${number % consumers}`;
  const producer = `producer: p${number % producers}`;
  const queueName = `queue: q${number % queues}`;
  const named = {
    consumer: consumer + instance,
    producer: producer + instance,
    queue: queueName,
    broker: `broker: ${1 + (number % brokers)}`,
    controller: "controller: 1",
    node: `node: ${1 + (number % nodes)}`,
  }[target];
  const cut = {
    consumer: `consumers: [c${number % consumers}]`,
    producer: `producers: [p${number % producers}]`,
    broker: `brokers: [${1 + (number % brokers)}]`,
    controller: "controllers: [1]",
    node: `nodes: [${1 + (number % nodes)}]`,
    queue: `nodes: [1]`,
  }[target];
  const topicName = `t${number % topics}`;
  const oneOffs = [
    `scale: {${consumer}, instances: ${number}}`,
    `rate: {${producer}, factor: ${number}}`,
    `purge: {${queueName}}`,
    `alarm: {node: 1, kind: memory}`,
    `replay: {group: g${number % 3}, topic: ${topicName}, to: earliest}`,
    `partitions: {topic: ${topicName}, count: ${number + 3}}`,
    `deleteRecords: {topic: ${topicName}, partition: 0, before: ${number * 9}}`,
  ];
  const when = (undone: boolean): string => `at: ${at}ms, ${undone ? lasts : ""}`;
  if (action === "one-off") return `{${when(oneOff < 2 || oneOff === 3)}${oneOffs[oneOff]!}}`;
  if (action === "isolate") return `{${when(true)}isolate: {${cut}}}`;
  const factor = action === "slow" ? ", factor: 5" : "";
  return `{${when(["crash", "stop", "slow"].includes(action))}${action}: {${named}${factor}}}`;
}
