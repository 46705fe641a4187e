import { problem } from "../problems/catalogue.ts";
import type { Problem } from "../problems/problem.ts";
import type { CheckedFile, SentFlow } from "./checked-file.ts";

/** `moved-keys`: partitions that are added to a topic take keys away from those that have records of them. */
export function* addedPartitions(file: CheckedFile): Iterable<Problem> {
  for (const { action } of file.topology.timeline) {
    if (action.kind !== "partitions") continue;
    const { topic, count } = action;
    const before = file.topology.kafka?.topics.get(topic.text)?.partitions;
    const producers = file.writersOf(topic.text).filter(goesByKey);
    if (before === undefined || producers.length === 0) continue;
    const names = [...new Set(producers.map(({ name }) => name.text))];
    yield problem("moved-keys", topic.span, { topic: topic.text, before, count, producers: names });
  }
}

function goesByKey({ flow: { key, kafka } }: SentFlow): boolean {
  return key.kind !== "none" && key.kind !== "unique" && !kafka.ignoreKeys && !kafka.roundRobin;
}
