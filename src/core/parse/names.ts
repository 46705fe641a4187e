import { at, entriesOf, nameOf, textOf } from "./tree.ts";
import type { Tree } from "./tree.ts";
import { scopeOf } from "../model/topology.ts";
import { predeclared } from "../model/predeclared.ts";
import { mapOrEmpty } from "./read-brokers.ts";
import { readControllers } from "./read-cluster.ts";
import { quantityOf } from "./value-read.ts";

/** What a file names, whether or not the rest of each thing can be read: what references may refer to. */
export interface Names {
  readonly topics: ReadonlySet<string>;
  readonly exchanges: ReadonlySet<string>;
  /** Exchanges that exist without being declared, in each virtual host. */
  readonly predeclared: readonly string[];
  readonly queues: ReadonlySet<string>;
  /** Queues with `x-queue-type`, as it is written. */
  readonly queueTypes: ReadonlyMap<string, string>;
  readonly producers: ReadonlySet<string>;
  readonly consumers: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
  readonly brokers: number;
  readonly nodes: number;
  readonly controllers: number;
  readonly root: Tree | undefined;
}

export function readNames(root: Tree | undefined): Names {
  const rabbitmq = at(root, "rabbitmq");
  const brokers = at(root, "kafka", "brokers");
  const exchanges = keys(at(rabbitmq, "exchanges"));
  const queues = keys(at(rabbitmq, "queues"));
  const queueTypes = new Map<string, string>();
  addTypes(queueTypes, rabbitmq, "");
  const ready = [...predeclared.keys()];
  for (const { key, value } of entriesOf(at(rabbitmq, "vhosts"))) {
    for (const name of keys(at(value, "exchanges"))) exchanges.add(`${key.text}/${name}`);
    for (const name of keys(at(value, "queues"))) queues.add(`${key.text}/${name}`);
    addTypes(queueTypes, value, scopeOf(key.text));
    for (const name of predeclared.keys()) ready.push(`${key.text}/${name}`);
  }
  const hasKafka = mapOrEmpty(at(root, "kafka")) !== undefined;
  const count =
    quantityOf(brokers?.kind === "map" ? at(brokers, "count") : brokers, "count") ?? (hasKafka ? 1 : 0);
  return {
    topics: keys(at(root, "kafka", "topics")),
    exchanges,
    predeclared: ready,
    queues,
    queueTypes,
    producers: keys(at(root, "producers")),
    consumers: keys(at(root, "consumers")),
    groups: groupsOf(at(root, "consumers")),
    brokers: count,
    nodes: quantityOf(at(rabbitmq, "nodes"), "count") ?? (mapOrEmpty(rabbitmq) === undefined ? 0 : 1),
    controllers: hasKafka ? readControllers(brokers, count) : 0,
    root,
  };
}

function addTypes(types: Map<string, string>, host: Tree | undefined, scope: string): void {
  for (const { key, value } of entriesOf(at(host, "queues"))) {
    const type = textOf(at(value, "arguments", "x-queue-type"));
    if (type !== undefined) types.set(scope + key.text, type);
  }
}

function keys(tree: Tree | undefined): Set<string> {
  return new Set(tree?.kind === "map" ? tree.entries.keys() : []);
}

function groupsOf(consumers: Tree | undefined): Set<string> {
  const groups = new Set<string>();
  for (const { value } of entriesOf(consumers)) {
    const inputs = at(value, "inputs");
    for (const holder of [value, ...(inputs?.kind === "list" ? inputs.items : [])])
      for (const key of ["group", "shareGroup"]) {
        const group = nameOf(at(holder, key));
        if (group !== undefined) groups.add(group.text);
      }
  }
  return groups;
}
