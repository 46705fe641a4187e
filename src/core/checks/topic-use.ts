import { readings } from "../model/readings.ts";
import { problem } from "../problems/catalogue.ts";
import type { Problem } from "../problems/problem.ts";
import type { CheckedFile } from "./checked-file.ts";

/** `unread-topic`, `unwritten-topic`: told once the file has applications of that side at all. */
export function* topicUse(file: CheckedFile): Iterable<Problem> {
  const topics = [...(file.topology.kafka?.topics.values() ?? [])];
  const read = new Set<string>();
  for (const consumers of file.groups.values())
    for (const { from } of consumers) for (const { text } of from.topics) read.add(text);
  // Whoever writes a changelog reads it, when it must.
  const changelogs = new Set<string>();
  for (const { changelog } of readings(file.topology))
    if (changelog !== undefined) changelogs.add(changelog.to.name.text);
  const [tellsReaders, tellsWriters] = [file.tells("consumers"), file.tellsSenders];
  for (const { name, preload } of topics) {
    const topic = name.text;
    if (changelogs.has(topic)) continue;
    if (tellsReaders && !read.has(topic)) yield problem("unread-topic", name.span, { topic });
    if (tellsWriters && preload === undefined && file.writersOf(topic).length === 0)
      yield problem("unwritten-topic", name.span, { topic });
  }
}
