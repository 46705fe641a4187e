import type { Consumer } from "../model/topology.ts";
import type { Notes } from "./note.ts";

/** Why expectations of a join go with it. */
export const noJoin = "the `join` is left out";

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
