import { placeOf, readings } from "../model/readings.ts";
import type { Consumer, Queue } from "../model/topology.ts";
import { problem } from "../problems/catalogue.ts";
import type { Fix, Problem } from "../problems/problem.ts";
import type { Span } from "../text/span.ts";
import { readsQueue, type CheckedFile, type QueueReader } from "./checked-file.ts";

/** Somebody that reads a queue: a consumer, or a producer for its replies. */
interface Reader {
  readonly name: string;
  readonly instances: number;
  readonly startsAt: number;
  readonly stopsAt: number;
}

/** `exclusive-access`: who may not read a queue that another connection has for itself, and a queue that nobody declares. */
export function* exclusiveAccess(file: CheckedFile): Iterable<Problem> {
  const { rabbitmq } = file.topology;
  const queues = [...(rabbitmq?.queues.values() ?? [])];
  const takes = (one: Consumer): boolean => one.from.kind === "queue" && one.from.settings.exclusive;
  if (!queues.some(({ exclusive }) => exclusive) && !readings(file.topology).some(takes)) return;
  const consumers = consumersByQueue(file);
  const requesting = requestersByQueue(file);
  for (const queue of queues) {
    const reading = consumers.get(queue.name.text) ?? [];
    const owner = reading.find(({ from }) => from.settings.exclusive);
    if (!queue.exclusive && owner === undefined) continue;
    const readers = [...reading.map(readerOf), ...(requesting.get(queue.name.text) ?? [])];
    const path = ["rabbitmq", "queues", queue.name.text, "exclusive"];
    if (queue.exclusive) yield* forOne(file, queue, readers, file.at(...path)?.span ?? queue.name.span);
    else if (owner !== undefined) yield* besideOne(file, queue.name.text, owner, readers);
  }
}

function* forOne(
  file: CheckedFile,
  { name }: Queue,
  readers: readonly Reader[],
  at: Span,
): Iterable<Problem> {
  const queue = name.text;
  if (readers.length === 0) {
    if (file.tells("consumers") || (file.topology.consumers.size === 0 && file.tells("producers")))
      yield problem("exclusive-access", at, { queue, reads: undefined, by: "queue", refused: 0 });
    return;
  }
  const refused = atOnce(readers) - 1;
  if (refused < 1) return;
  const path = ["rabbitmq", "queues", queue];
  yield problem("exclusive-access", at, { queue, reads: namesOf(readers), by: "queue", refused }, [
    ...oneInstance(file, readers),
    ...file.set("Let all of them compete", [...path, "exclusive"], "false"),
  ]);
}

function* besideOne(
  file: CheckedFile,
  queue: string,
  { name, input }: QueueReader,
  readers: readonly Reader[],
): Iterable<Problem> {
  const refused = atOnce(readers) - 1;
  if (refused < 1) return;
  const path = [...placeOf({ name, input }), "exclusive"];
  yield problem(
    "exclusive-access",
    file.at(...path)?.span ?? name.span,
    { queue, reads: namesOf(readers), by: name.text, refused },
    oneInstance(file, readers),
  );
}

function readerOf({ name, instances, startsAt, stopsAt }: QueueReader): Reader {
  return { name: name.text, instances, startsAt, stopsAt };
}

/** Each consumer once for each of its queues. */
function consumersByQueue({ topology }: CheckedFile): Map<string, QueueReader[]> {
  const found = new Map<string, QueueReader[]>();
  for (const consumer of readings(topology)) {
    if (!readsQueue(consumer)) continue;
    for (const queue of new Set(consumer.from.queues.map(({ text }) => text))) add(found, queue, consumer);
  }
  return found;
}

function requestersByQueue({ flows }: CheckedFile): Map<string, Reader[]> {
  const found = new Map<string, Reader[]>();
  for (const { owner, flow } of flows) {
    const queue = flow.requests?.replyTo?.text;
    if (queue === undefined) continue;
    const reader = { name: owner.name.text, instances: owner.instances, startsAt: 0, stopsAt: Infinity };
    add(found, queue, reader);
  }
  return found;
}

function add<T>(lists: Map<string, T[]>, name: string, one: T): void {
  const known = lists.get(name);
  if (known === undefined) lists.set(name, [one]);
  else known.push(one);
}

function namesOf(readers: readonly Reader[]): string[] {
  return [...new Set(readers.map(({ name }) => name))];
}

/** The most instances that are there at a time. */
function atOnce(readers: readonly Reader[]): number {
  const at = (time: number): number =>
    readers.reduce(
      (sum, { startsAt, stopsAt, instances }) => sum + (startsAt <= time && time < stopsAt ? instances : 0),
      0,
    );
  return Math.max(...readers.map(({ startsAt }) => at(startsAt)));
}

function oneInstance(file: CheckedFile, readers: readonly Reader[]): Fix[] {
  const [only, ...others] = readers;
  return only === undefined || others.length > 0
    ? []
    : file.set("Run 1 instance", ["consumers", only.name, "instances"], "1");
}
