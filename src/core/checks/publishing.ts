import type { Queue, RabbitMq } from "../model/topology.ts";
import { problem } from "../problems/catalogue.ts";
import type { Problem } from "../problems/problem.ts";
import type { QueueRules } from "../queue/queue-arguments.ts";
import type { CheckedFile, SentFlow } from "./checked-file.ts";

/** What producers ask of the queues that their messages come to first. */
export function* publishing(file: CheckedFile): Iterable<Problem> {
  const { rabbitmq } = file.topology;
  const { routing } = file;
  if (rabbitmq === undefined || routing === undefined) return;
  const told = new Set<string>();
  for (const [name, flows] of routing.arriving) {
    const queue = rabbitmq.queues.get(name);
    const rules = routing.rulesOf(name);
    if (queue === undefined || rules === undefined) continue;
    const found = [
      ...transient(file, queue, rules, flows),
      ...noConfirms(rabbitmq, queue, rules, flows),
      ...priorities(file, queue, rules, flows),
      ...lifetimes(queue, rules, flows),
    ];
    for (const one of found) {
      // A producer of several queues, or a flow's own key of its producer, is told once.
      const place = `${one.code} ${one.span.start}`;
      if (!told.has(place)) yield one;
      told.add(place);
    }
  }
}

/** `transient-queue`, `transient-message`. */
function* transient(
  file: CheckedFile,
  { name, durable }: Queue,
  { type }: QueueRules,
  flows: readonly SentFlow[],
): Iterable<Problem> {
  const queue = name.text;
  for (const flow of flows) {
    const { persistent } = flow.flow.rabbitmq;
    const producer = flow.name.text;
    if (persistent && !durable) {
      const path = ["rabbitmq", "queues", queue, "durable"];
      yield problem(
        "transient-queue",
        file.at(...path)?.span ?? name.span,
        { queue, producer },
        file.set("Make it durable", path, "true"),
        { related: [{ message: `\`${producer}\` sends persistent messages to it`, span: flow.name.span }] },
      );
    }
    if (!persistent && durable && type === "classic")
      yield problem(
        "transient-message",
        flow.place("properties", "delivery_mode"),
        { queue, producer },
        flow.set("Make them persistent", ["properties", "delivery_mode"], "2"),
      );
  }
}

function* noConfirms(
  { nodes }: RabbitMq,
  { name }: Queue,
  { overflow, maxLength, maxBytes }: QueueRules,
  flows: readonly SentFlow[],
): Iterable<Problem> {
  const refuses = overflow !== "drop-head" && (maxLength < Infinity || maxBytes < Infinity);
  if (!refuses && nodes < 2) return;
  for (const flow of flows) {
    if (flow.flow.rabbitmq.confirmWindow > 0 || flow.at("transaction") !== undefined) continue;
    yield problem(
      "no-confirms",
      flow.place("confirms"),
      { queue: name.text, producer: flow.name.text, why: refuses ? "refuses" : "nodes" },
      flow.set("Ask for confirms", ["confirms"], "true"),
      refuses ? { related: [{ message: "this queue refuses when it is full", span: name.span }] } : {},
    );
  }
}

/** `priority-without-queue`: quorum queues have levels of their own from 4.0 on. */
function* priorities(
  file: CheckedFile,
  { name }: Queue,
  { type, maxPriority }: QueueRules,
  flows: readonly SentFlow[],
): Iterable<Problem> {
  const { quorumPriorities } = file.routing!.host.release;
  if (type === "stream" || (type === "quorum" && quorumPriorities !== "none")) return;
  const queue = name.text;
  for (const flow of flows) {
    const priority = flow.flow.rabbitmq.priority ?? 0;
    if (priority <= maxPriority) continue;
    yield problem(
      "priority-without-queue",
      flow.place("properties", "priority"),
      { queue, producer: flow.name.text, priority, most: maxPriority },
      type === "quorum"
        ? []
        : file.set(
            `Give ${queue} x-max-priority: ${priority}`,
            ["rabbitmq", "queues", queue, "arguments", "x-max-priority"],
            String(priority),
          ),
      { related: [{ message: "the queue", span: name.span }] },
    );
  }
}

/** `ttl-behind-head`: expired messages leave at the head alone. */
function* lifetimes(
  { name }: Queue,
  { type, messageTtl }: QueueRules,
  flows: readonly SentFlow[],
): Iterable<Problem> {
  if (type === "stream") return;
  const lives = (flow: SentFlow): number => Math.min(flow.flow.rabbitmq.lifetime, messageTtl ?? Infinity);
  const [longest, ...others] = flows.length < 2 ? [] : [...flows].sort((a, b) => lives(b) - lives(a));
  const shorter = others.find((flow) => lives(flow) < lives(longest!));
  if (longest === undefined || shorter === undefined) return;
  yield problem(
    "ttl-behind-head",
    shorter.place("properties", "expiration"),
    { queue: name.text, producer: shorter.name.text, other: longest.name.text },
    [],
    { related: [{ message: "these live longer", span: longest.place("properties", "expiration") }] },
  );
}
