import type { Expectation, ExpectationTarget } from "../model/expectation.ts";
import { readings, readingsOf } from "../model/readings.ts";
import type { Consumer, Topology } from "../model/topology.ts";
import { inputKeys } from "../model/reading-keys.ts";
import { at, type Entry, type MapTree, type Tree } from "../parse/tree.ts";
import { FreeNames } from "./free-names.ts";
import type { Notes } from "./note.ts";
import type { ReadFile } from "./translation.ts";
import { isList, isMap, same, text, type Written, type WrittenMap } from "./written.ts";

/** A file with a consumer for each of the inputs of one that has several; and those brought together again, once they are written. */
export class InputsApart {
  readonly topology: Topology;
  readonly tree: Tree | undefined;
  /** By consumer of the file that has several inputs, those of its inputs. */
  private readonly parts = new Map<string, readonly string[]>();
  private readonly notes: Notes;
  /** Likewise, of those whose inputs stay consumers of their own; all names as they are written. */
  private readonly apart = new Map<Written, readonly Written[]>();

  constructor({ topology, tree }: ReadFile, notes: Notes) {
    this.notes = notes;
    this.topology = topology;
    this.tree = tree;
    const section = at(tree, "consumers");
    if (tree?.kind !== "map" || section?.kind !== "map") return;
    if (readings(topology).every(({ input }) => input === undefined)) return;
    const names = new FreeNames(section.entries.keys(), (wanted) => wanted);
    const consumers = new Map<string, Consumer>();
    const entries = new Map<string, Entry>();
    for (const [key, entry] of section.entries) {
      const consumer = topology.consumers.get(key);
      const { value } = entry;
      if (consumer === undefined || value.kind !== "map") continue;
      const parts = readingsOf(consumer).map((reading) => {
        const name = reading === consumer ? key : names.take(key);
        consumers.set(name, {
          ...reading,
          name: { ...reading.name, text: name },
          input: undefined,
          others: [],
        });
        entries.set(name, { key: { ...entry.key, text: name }, value: inputOf(value, reading.input) });
        if (consumer.others.length > 0)
          notes.call(`consumers.${name}`, `consumers.${key}.inputs[${reading.input}]`);
        return name;
      });
      if (parts.length > 1) this.parts.set(key, parts);
    }
    const all = new Map(tree.entries);
    all.set("consumers", { key: all.get("consumers")!.key, value: { ...section, entries } });
    this.tree = { ...tree, entries: all };
    this.topology = { ...topology, consumers, ...this.ofParts(topology) };
  }

  /** What the file says of a consumer it says of each of its inputs. */
  private ofParts({ timeline, expect }: Topology): Pick<Topology, "timeline" | "expect"> {
    const others = (name: string): readonly string[] => this.parts.get(name)?.slice(1) ?? [];
    const scaled = timeline.flatMap((entry) => {
      const { action } = entry;
      if (action.kind !== "scale") return [];
      return others(action.consumer.text).map((part) => ({
        ...entry,
        action: { ...action, consumer: { ...action.consumer, text: part } },
      }));
    });
    const expected = expect.flatMap((one) => {
      const { of } = one;
      if (of?.kind !== "consumer") return [];
      return others(of.name.text).map((part) => ({
        ...one,
        of: { ...of, name: { ...of.name, text: part } },
      }));
    });
    return { timeline: [...timeline, ...scaled], expect: [...expect, ...expected] };
  }

  /** Consumers as they are written: again one with `inputs`, where the inputs differ in nothing else than what they read and how. */
  together(written: WrittenMap): WrittenMap {
    const consumers = new Map(written);
    for (const [name, parts] of this.parts) {
      const maps = parts.map((part) => written.get(part) as WrittenMap);
      const own = maps.map((map) => new Map([...map].filter(([key]) => inputKeys.has(key))));
      const shared = maps.map((map) => new Map([...map].filter(([key]) => !inputKeys.has(key))));
      const keys = new Set(shared.flatMap((map) => [...map.keys()]));
      const differing = [...keys].filter((key) =>
        shared.some((map) => !same(map.get(key) ?? "", shared[0]!.get(key) ?? "")),
      );
      if (differing.length > 0) {
        this.stayApart(name, parts, differing);
        continue;
      }
      for (const part of parts.slice(1)) consumers.delete(part);
      consumers.set(name, new Map<string, Written>([["inputs", own], ...shared[0]!]));
    }
    return consumers;
  }

  private stayApart(name: string, parts: readonly string[], differing: readonly string[]): void {
    this.apart.set(text(name), parts.map(text));
    const quoted = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(", ");
    const { span } = this.topology.consumers.get(name)!.name;
    this.notes.add(
      `consumers.${name}.inputs`,
      span,
      `Its inputs differ in ${quoted(differing)} there, so each is a consumer of its own: ${quoted(parts)}. The timeline acts on all of them.`,
    );
  }

  /** An entry of the timeline, written: again for each consumer that came of the one that it acts on; where it lists them, with all. */
  acted(entry: Written): readonly Written[] {
    if (!isMap(entry)) return [entry];
    for (const [key, action] of entry) {
      if (!isMap(action)) continue;
      const listing = new Map(action);
      for (const list of ["consumers", "from"]) {
        const names = action.get(list);
        if (isList(names))
          listing.set(
            list,
            names.flatMap((name) => this.apart.get(name) ?? [name]),
          );
      }
      const consumers = this.apart.get(action.get("consumer") ?? "");
      const actions = consumers?.map((one) => new Map(listing).set("consumer", one)) ?? [listing];
      return actions.map((one) => new Map(entry).set(key, one));
    }
    return [entry];
  }

  /** Why there is no figure of what an expectation is about. */
  hasNone(of: ExpectationTarget | undefined): string | undefined {
    if (of?.kind !== "consumer" || !this.apart.has(text(of.name.text))) return undefined;
    return `\`${of.name.text}\` is several consumers there, and no figure is of all of them`;
  }

  /** The one group whose lag a consumer of several inputs has; there it may come to have others. */
  groupMeant({ metric, of }: Expectation): string | undefined {
    if (of?.kind !== "consumer" || !/^(?:lag|recovery)\b/u.test(metric.text)) return undefined;
    if (!this.parts.has(of.name.text)) return undefined;
    const [group, ...others] = new Set(
      inputsNamed(this.topology, of.name.text).flatMap(({ from }) =>
        from.kind === "log" ? [from.group.text] : [],
      ),
    );
    return others.length === 0 ? group : undefined;
  }

  /** The consumer that one of the inputs belongs to, as it is written. */
  ownerOf(consumer: string): string {
    for (const [name, parts] of this.parts)
      if (!this.apart.has(text(name)) && parts.includes(consumer)) return name;
    return consumer;
  }
}

/** The consumers that the inputs of one became; it alone where it has one. */
export function inputsNamed({ consumers }: Pick<Topology, "consumers">, name: string): readonly Consumer[] {
  const start = consumers.get(name)?.name.span.start;
  return [...consumers.values()].filter((one) => one.name.span.start === start);
}

/** What the consumer of one input would say. */
function inputOf(consumer: MapTree, input: number | undefined): Tree {
  const inputs = consumer.entries.get("inputs")?.value;
  const own = input !== undefined && inputs?.kind === "list" ? inputs.items[input] : undefined;
  if (own?.kind !== "map") return consumer;
  const shared = [...consumer.entries].filter(([key]) => key !== "inputs");
  return { ...consumer, entries: new Map([...own.entries, ...shared]) };
}
