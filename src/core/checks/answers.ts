import { readings } from "../model/readings.ts";
import { problem } from "../problems/catalogue.ts";
import type { Fix, Problem } from "../problems/problem.ts";
import { readsQueue, type CheckedFile, type QueueReader } from "./checked-file.ts";
import type { RoutedMessages } from "./routed-messages.ts";

/** `unanswered-requests`: requests that come to no consumer that replies. */
export function* answers(file: CheckedFile): Iterable<Problem> {
  const { routing } = file;
  if (routing === undefined || !file.tells("rabbitmq") || !file.tells("consumers")) return;
  for (const flow of file.flows) {
    const { requests } = flow.flow;
    if (requests === undefined) continue;
    const first = routing.published.filter((one) => one.flow === flow).flatMap(({ queues }) => queues);
    const reached = withDeadLetters(first, routing);
    const readers = readings(file.topology)
      .filter(readsQueue)
      .filter(({ from }) => from.queues.some(({ text }) => reached.has(text)));
    if (readers.length === 0 || readers.some(replies)) continue;
    yield problem(
      "unanswered-requests",
      flow.place("requests"),
      {
        producer: flow.name.text,
        readers: readers.map(({ name }) => name.text),
        limited: requests.timeout < Infinity,
      },
      readers.length === 1 ? answer(file, readers[0]!) : [],
    );
  }
}

function replies({ sends }: QueueReader): boolean {
  return sends.some(({ flow }) => flow.to.kind === "reply");
}

/** These queues, and those that their dead letters come to. */
function withDeadLetters(queues: readonly string[], routing: RoutedMessages): ReadonlySet<string> {
  const reached = new Set(queues);
  for (const queue of reached)
    for (const letter of routing.letters.get(queue) ?? [])
      for (const next of letter.queues) reached.add(next);
  return reached;
}

function answer(file: CheckedFile, { name, sends }: QueueReader): Fix[] {
  const path = ["consumers", name.text, "sends"];
  const title = `Let ${name.text} reply`;
  if (sends.length === 0) return file.set(title, path, "[{reply: true}]");
  const edits = file.edits.append(path, "{reply: true}");
  return edits.length === 0 ? [] : [{ title, edits }];
}
