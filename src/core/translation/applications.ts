import { inputKeys } from "../model/reading-keys.ts";
import type { Consumer, Flow, Producer } from "../model/topology.ts";
import { at, textOf, type MapTree, type Tree } from "../parse/tree.ts";
import { readQuantity } from "../text/units.ts";
import type { Half, Target } from "./half.ts";
import { copied, mapOf, same, type Written, type WrittenMap } from "./written.ts";

/** The half of the file that a flow with such a destination belongs to, where that half is translated. */
export type HalfOf = (kind: string) => Half | undefined;

const destinations = ["topic", "exchange", "queue"];
/** What a message says to one broker alone. */
const brokerKeys: ReadonlySet<string> = new Set([
  ...destinations,
  ...["config", "client", "compression_rate", "value", "transaction"],
  ...["routing_key", "headers", "properties", "mandatory", "confirms", "cc", "bcc", "requests"],
]);
/** What a consumer says to one broker alone; the other half says its own in their place. */
const readingKeys: ReadonlySet<string> = new Set([...inputKeys, "compression_rate"]);

/** A producer as the other model has it: arrivals, keys and sizes to the letter. */
export function writtenProducer(tree: Tree, producer: Producer, halfOf: HalfOf): Written {
  if (tree.kind !== "map" || producer.flows.every(({ to }) => halfOf(to.kind) === undefined))
    return copied(tree);
  const flows = at(tree, "flows");
  if (flows?.kind !== "map")
    return alone(tree, halfOf(producer.flows[0]!.to.kind)!.targets(producer.flows[0]!));
  const parts = producer.flows.map((flow) => {
    const own = flows.entries.get(flow.name.text)!.value;
    const map = own.kind === "map" ? own : undefined;
    return { flow, map, targets: halfOf(flow.to.kind)?.targets(flow) ?? [kept(tree, map)] };
  });
  const common = alike(parts.flatMap(({ targets }) => targets.map(({ keys }) => keys)));
  const written = new Map<string, Written>();
  for (const { flow, map, targets } of parts)
    for (const { name, share, keys } of targets) {
      const split = targets.length > 1;
      const own = new Map<string, Written>([
        ...(common ? [] : keys),
        ...shared(map, keys),
        ...(split ? partly(flow, tree, map, producer, share) : []),
      ]);
      written.set(split ? `${flow.name.text}.${name}` : flow.name.text, own);
    }
  return new Map<string, Written>([...(common ?? []), ...shared(tree, common), ["flows", written]]);
}

/** A producer that says of itself what it sends. */
function alone(tree: MapTree, targets: readonly Target[]): Written {
  const [first] = targets;
  if (targets.length === 1) return new Map<string, Written>([...first!.keys, ...shared(tree, first!.keys)]);
  const flows = new Map<string, Written>();
  const common = new Map([...first!.keys].filter(([key]) => !destinations.includes(key)));
  for (const [number, { name, share, keys }] of targets.entries()) {
    const own = new Map([...keys].filter(([key]) => destinations.includes(key)));
    // What is left of the whole needs no number.
    if (number < targets.length - 1) own.set("share", exact(share));
    flows.set(name, own);
  }
  return new Map<string, Written>([...shared(tree, common), ...common, ["flows", flows]]);
}

function shared(tree: MapTree | undefined, instead: WrittenMap | undefined): [string, Written][] {
  return Array.from(tree?.entries ?? [])
    .filter(([key]) => !brokerKeys.has(key) && key !== "flows" && instead?.has(key) !== true)
    .map(([key, { value }]) => [key, copied(value)]);
}

/** A flow that stays where it is, with what its producer says for it. */
function kept(producer: MapTree, flow: MapTree | undefined): Target {
  const keys = new Map<string, Written>();
  const redirected = destinations.some((key) => flow?.entries.has(key));
  for (const [key, { value }] of [...producer.entries, ...(flow?.entries ?? [])])
    if (brokerKeys.has(key)) keys.set(key, copied(value));
  if (redirected) for (const key of destinations) if (!flow!.entries.has(key)) keys.delete(key);
  return { name: "", share: 1, keys };
}

/** What all flows say alike is said once. */
function alike(all: readonly WrittenMap[]): WrittenMap | undefined {
  return all.every((keys) => same(keys, all[0]!)) ? all[0] : undefined;
}

/** The pace of a part of a flow: its share of the producer's, or of its own. */
function partly(
  flow: Flow,
  producer: MapTree,
  own: MapTree | undefined,
  { flows }: Producer,
  share: number,
): [string, Written][] {
  const paced =
    own?.entries.has("rate") === true ||
    (own?.entries.has("arrivals") === true && !producer.entries.has("rate"));
  const entries: [string, Written][] = [];
  if (own?.entries.has("messages") === true && flow.messages < Infinity)
    entries.push(["messages", String(Math.max(1, Math.round(flow.messages * share)))]);
  if (!paced) return [...entries, ["share", exact(shareOf(flow, producer, flows) * share)]];
  const { arrivals } = flow;
  if ("rate" in arrivals) return [...entries, ["rate", `${exact(arrivals.rate * share)}/s`]];
  const whole = (count: number): string => String(Math.max(1, Math.round(count * share)));
  const written = copied(own!.entries.get("arrivals")!.value) as WrittenMap;
  const inner = (kind: string, key: string, count: number): Written =>
    mapOf({ [kind]: new Map<string, Written>([...(written.get(kind) as WrittenMap), [key, whole(count)]]) });
  if (arrivals.kind === "bursts") entries.push(["arrivals", inner("bursts", "size", arrivals.size)]);
  if (arrivals.kind === "closed") entries.push(["arrivals", inner("closed", "clients", arrivals.clients)]);
  return entries;
}

/** Of its producer's pace: as it is written, or an even part of what the others leave. */
function shareOf(flow: Flow, producer: MapTree, all: readonly Flow[]): number {
  const written = (name: string): number | undefined => {
    const value = textOf(at(producer, "flows", name, "share"));
    const read = value === undefined ? undefined : readQuantity("share", value);
    return typeof read === "number" ? read : undefined;
  };
  const own = written(flow.name.text);
  if (own !== undefined) return own;
  const shares = all.map(({ name }) => written(name.text));
  const stated = shares.reduce((sum: number, share) => sum + (share ?? 0), 0);
  return Math.max(0, 1 - stated) / shares.filter((share) => share === undefined).length;
}

const exact = (value: number): string => String(Number(value.toPrecision(12)));

/** A consumer as the other model has it: its work, its instances and what it sends on to the letter. */
export function writtenConsumer(tree: Tree, consumer: Consumer, halfOf: HalfOf): Written {
  const half = halfOf(consumer.from.kind === "log" ? "topic" : "queue");
  const sending = consumer.sends.some(({ flow }) => halfOf(flow.to.kind) !== undefined);
  if (tree.kind !== "map" || (half === undefined && !sending)) return copied(tree);
  const sends = sendsOf(tree, consumer, halfOf);
  if (half === undefined)
    return new Map<string, Written>([...entriesBut(tree, new Set(["sends"])), ...sends]);
  const reading = half.reading(consumer);
  const all = [...((sends[0]?.[1] ?? []) as readonly Written[]), ...reading.sends];
  const [first] = reading.keys;
  const dropped = new Set([...readingKeys, ...reading.keys.keys(), "join", "changelog", "sends"]);
  return new Map<string, Written>([
    ...[...reading.keys].filter(([key]) => key === first?.[0] || key === "group"),
    ...entriesBut(tree, dropped),
    ...[...reading.keys].filter(([key]) => key !== first?.[0] && key !== "group"),
    ...(all.length > 0 ? [["sends", all] as const] : []),
  ]);
}

function entriesBut(tree: MapTree, dropped: ReadonlySet<string>): [string, Written][] {
  return Array.from(tree.entries)
    .filter(([key]) => !dropped.has(key))
    .map(([key, { value }]) => [key, copied(value)]);
}

/** `sends`, entry by entry; the flows of the model are in their order. */
function sendsOf(tree: MapTree, consumer: Consumer, halfOf: HalfOf): [string, Written][] {
  const list = at(tree, "sends");
  if (list?.kind !== "list") return [];
  const written = list.items.flatMap((item, number): Written[] => {
    const forward = consumer.sends[number];
    const half = forward && halfOf(forward.flow.to.kind);
    if (forward === undefined || half === undefined || item.kind !== "map") return [copied(item)];
    return half.sends(forward.flow, consumer).map(({ share, keys }) => {
      const ratio =
        share === 1 ? at(item, "ratio") && copied(at(item, "ratio")!) : exact(forward.ratio * share);
      return new Map<string, Written>([
        ...keys,
        ...shared(item, new Map([...keys, ["ratio", ""], ["reply", ""]])),
        ...(ratio === undefined ? [] : [["ratio", ratio] as const]),
      ]);
    });
  });
  return written.length > 0 ? [["sends", written]] : [];
}
