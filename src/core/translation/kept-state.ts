import type { Consumer, Kafka, Topology } from "../model/topology.ts";
import type { Notes } from "./note.ts";

/** Why expectations of a join go with it. */
export const noJoin = "the `join` is left out";

/** Why expectations of a changelog go with it. */
export const noChangelog = "the `changelog` is left out";

/** A queue's consumer has its state in memory: the topic that holds it elsewhere goes, unless others use it too. */
export function tellChangelog({ name, changelog, window }: Consumer, notes: Notes): void {
  if (changelog === undefined) return;
  const state = window === undefined ? "what waits for its partner" : "its windows";
  notes.add(
    `consumers.${name.text}`,
    changelog.to.name.span,
    `Its \`changelog\` is left out: a queue has no partitions whose state another instance could take over, so ${state} would go with an instance.`,
  );
}

/** The topics that an application has for more than its own state. */
export function topicsBesideState(kafka: Kafka, { consumers, producers }: Topology): Kafka["topics"] {
  const used = new Set<string>();
  for (const { flows } of producers.values()) for (const { to } of flows) used.add(to.name.text);
  const changelogs = new Set<string>();
  for (const { from, sends, changelog } of consumers.values()) {
    if (from.kind === "log") for (const { text } of from.topics) used.add(text);
    for (const { flow } of sends) used.add(flow.to.name.text);
    if (changelog !== undefined) changelogs.add(changelog.to.name.text);
  }
  return new Map([...kafka.topics].filter(([name]) => used.has(name) || !changelogs.has(name)));
}

/** The sources of a join are others in the other model, often one for both: it stays behind. */
export function tellJoin({ name, join, from }: Consumer, notes: Notes): void {
  if (join === undefined) return;
  const [before, after] = from.kind === "log" ? ["topics", "queues"] : ["queues", "topics"];
  notes.add(
    `consumers.${name.text}`,
    name.span,
    `Its \`join\` of two ${before} is left out, and each message is sent on by itself: the ${after} that it reads now are others. Write a \`join\` of two of them.`,
  );
}
