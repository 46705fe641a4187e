import { readings, readingsOf } from "../model/readings.ts";
import type { Consumer } from "../model/topology.ts";
import { at, type Entry, type MapTree, type Tree } from "../parse/tree.ts";
import { FreeNames } from "./free-names.ts";
import type { Notes } from "./note.ts";
import type { ReadFile } from "./translation.ts";

/** The file with a consumer for each of the inputs of one that has several. */
export function inputsApart({ topology, tree }: ReadFile, notes: Notes): ReadFile {
  const section = at(tree, "consumers");
  if (tree?.kind !== "map" || section?.kind !== "map") return { topology, tree };
  if (readings(topology).every(({ input }) => input === undefined)) return { topology, tree };
  const names = new FreeNames(section.entries.keys(), (wanted) => wanted);
  const consumers = new Map<string, Consumer>();
  const entries = new Map<string, Entry>();
  for (const [key, entry] of section.entries) {
    const consumer = topology.consumers.get(key);
    if (consumer === undefined || entry.value.kind !== "map") continue;
    for (const reading of readingsOf(consumer)) {
      const text = reading === consumer ? key : names.take(key);
      consumers.set(text, { ...reading, name: { ...reading.name, text }, input: undefined, others: [] });
      entries.set(text, { key: { ...entry.key, text }, value: inputOf(entry.value, reading.input) });
    }
    if (consumer.others.length > 0)
      notes.add(
        `consumers.${key}`,
        consumer.name.span,
        "Each of its inputs is a consumer of its own, and the first one keeps the name: the timeline and what is expected are about that alone.",
      );
  }
  const written = { ...section, entries };
  const all = new Map(tree.entries);
  all.set("consumers", { key: all.get("consumers")!.key, value: written });
  return { topology: { ...topology, consumers }, tree: { ...tree, entries: all } };
}

/** What the consumer of one input would say. */
function inputOf(consumer: MapTree, input: number | undefined): Tree {
  const inputs = consumer.entries.get("inputs")?.value;
  const own = input !== undefined && inputs?.kind === "list" ? inputs.items[input] : undefined;
  if (own?.kind !== "map") return consumer;
  const shared = [...consumer.entries].filter(([key]) => key !== "inputs");
  return { ...consumer, entries: new Map([...own.entries, ...shared]) };
}
