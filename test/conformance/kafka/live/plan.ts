import { parse as readYaml } from "yaml";
import type { Distribution } from "../../../../src/core/text/distribution.ts";
import type { Consumer, Flow, Topology } from "../../../../src/core/model/topology.ts";
import type { ReplayPoint } from "../../../../src/core/model/timeline.ts";
import { ReplicaPlacer } from "../../../../src/core/log/replication/replica-placer.ts";
import { Kernel } from "../../../../src/core/sim/kernel.ts";
import { livesOf, producerLives } from "./lives.ts";
import type { SimulatedRun } from "./simulated.ts";

type Settings = Readonly<Record<string, string | number | boolean>>;

/** The parts of a file whose settings go to Kafka word for word: times in ms, sizes in bytes, without units. */
interface Written {
  readonly kafka: {
    readonly config?: Settings;
    readonly topics: Readonly<Record<string, { config?: Settings } | null>>;
  };
  readonly producers: Readonly<Record<string, { config?: Settings }>>;
  readonly consumers?: Readonly<Record<string, { config?: Settings; commit?: string; onFailure?: string }>>;
}

/** What an administrator or a fault does to clients. `client` is a list of the plan and a place in it. */
type PlayedAction =
  | { readonly at: number; readonly kind: "crash"; readonly client: string }
  | {
      readonly at: number;
      readonly kind: "replay";
      readonly group: string;
      readonly topic: string;
      readonly to: ReplayPoint;
    }
  | {
      readonly at: number;
      readonly kind: "deleteRecords";
      readonly topic: string;
      readonly partition: number;
      readonly before: number;
    }
  | { readonly at: number; readonly kind: "partitions"; readonly topic: string; readonly count: number };

/** What Live.java executes. Times are ns since its begin. */
export type Plan = ReturnType<typeof planOf>;

export function brokerSettings(text: string): Settings {
  return (readYaml(text) as Written).kafka.config ?? {};
}

/** The same file for Kafka, its names behind a prefix: the very sends of the simulated run, and all else as the file says it. */
export function planOf(
  prefix: string,
  text: string,
  simulatedRun: SimulatedRun,
  bootstrap: string,
  ofNode: readonly string[] = [],
) {
  const written = readYaml(text) as Written;
  const { topology } = simulatedRun;
  const kafka = topology.kafka!;
  const members = membersOf(prefix, simulatedRun, written);
  const producers = producersOf(simulatedRun, written, ofNode);
  const crashes = Object.entries({ members, producers }).flatMap(([kind, clients]) =>
    clients.flatMap(({ crash }, place) =>
      crash === null ? [] : [{ at: crash, kind: "crash" as const, client: `${kind} ${place}` }],
    ),
  );
  return {
    bootstrap,
    prefix,
    duration: topology.run.duration,
    brokers: kafka.brokers,
    topics: [...kafka.topics.values()].map(({ name: { text: name }, partitions, replicas }) => ({
      name,
      config: written.kafka.topics[name]?.config ?? {},
      replicas: replicasOf(topology, name, partitions, replicas),
    })),
    quotas: quotasOf(prefix, topology, members),
    producers,
    members,
    actions: [...crashes, ...administration(topology)].toSorted((a, b) => a.at - b.at),
  };
}

/** Each life of each producer, with what it sends in it. */
function producersOf({ topology, sends }: SimulatedRun, written: Written, ofNode: readonly string[]) {
  return producerLives(topology).map(({ producer, start, end, crash }) => {
    const { instances, flows } = producer;
    const name = producer.name.text;
    const [flow] = flows;
    if (instances > 1 || flow === undefined || flows.length > 1)
      throw new Error(`${name}: write several producers instead of several instances or flows`);
    return {
      name,
      /** Which client plays it. */
      client: ofNode.includes(name) ? "node" : "java",
      config: written.producers[name]?.config ?? {},
      perCommit: flow.kafka.transactions?.messages ?? 0,
      start,
      crash: crash ?? null,
      ownProcess: crash !== undefined,
      sends: sends.flatMap(({ at, producer: by, key }, n) =>
        by === name && at >= start && at < end
          ? [[at, [n, flow.to.name.text, key, sizeOf(flow)]] as const]
          : [],
      ),
    };
  });
}

/** Kafka counts them by client id, which each instance here has for itself. */
function quotasOf(
  prefix: string,
  { kafka }: Topology,
  members: readonly { readonly consumer: string; readonly clientId: string }[],
) {
  return [...kafka!.quotas].flatMap(([name, { produce, fetch }]) => {
    const own = members.filter(({ consumer }) => consumer === name);
    if (own.length > 1) throw new Error(`${name}: a quota of several instances is one client id's in Kafka`);
    const clientId = own[0]?.clientId ?? prefix + name;
    const rates = { producer_byte_rate: produce, consumer_byte_rate: fetch };
    return Object.entries(rates).flatMap(([key, bytes]) =>
      bytes === undefined || bytes === Infinity ? [] : [{ clientId, key, bytes }],
    );
  });
}

/** Kafka draws where it begins, the simulator as well: this is what the simulator drew. */
function replicasOf(
  { kafka, run }: Topology,
  topic: string,
  partitions: number,
  replicas: number,
): number[][] {
  const { brokers, racks } = kafka!;
  const rackOf = Array.from({ length: brokers }, (_, i) => racks[i % racks.length] ?? "");
  const placer = new ReplicaPlacer(rackOf, new Kernel(run.seed).stream(`replicas of topic ${topic}`));
  return Array.from({ length: partitions }, () => placer.place(replicas).map((broker) => broker + 1));
}

function administration({ timeline }: Topology): PlayedAction[] {
  return timeline.flatMap(({ at, action }): PlayedAction[] => {
    if (action.kind === "replay")
      return [{ at, kind: "replay", group: action.group.text, topic: action.topic.text, to: action.to }];
    if (action.kind === "deleteRecords") {
      const { topic, partition, before } = action;
      return [{ at, kind: "deleteRecords", topic: topic.text, partition, before }];
    }
    if (action.kind === "partitions")
      return [{ at, kind: "partitions", topic: action.topic.text, count: action.count }];
    return [];
  });
}

/** What a file writes in a consumer's `config`, and Kafka keeps of the share group. */
const groupSettings: ReadonlySet<string> = new Set([
  "share.auto.offset.reset",
  "share.heartbeat.interval.ms",
  "share.session.timeout.ms",
  "share.record.lock.duration.ms",
]);

function membersOf(prefix: string, simulatedRun: SimulatedRun, written: Written) {
  const { topology, poison } = simulatedRun;
  const all = livesOf(topology).map(({ consumer, instance, start, stop, crash }) => {
    const { name, from, processing } = consumer;
    if (from.kind !== "log") throw new Error(`${name.text} reads no topic`);
    const { config: all = {}, commit = "auto", onFailure = "release" } = written.consumers![name.text]!;
    const { "group.instance.id": id, ...client } = all;
    const shares = from.settings.share !== undefined;
    const ofGroup = ([key]: readonly [string, unknown]) => shares && groupSettings.has(key);
    const group = Object.fromEntries(Object.entries(client).filter(ofGroup));
    const config = Object.fromEntries(Object.entries(client).filter((one) => !ofGroup(one)));
    const place = [...topology.consumers.keys()].indexOf(name.text);
    return {
      consumer: name.text,
      instance,
      // Member ids begin with it, and assignors go by their order.
      clientId: `${prefix}m${place}${String(instance).padStart(3, "0")}`,
      // Each of several instances adds its number.
      instanceId: id === undefined || consumer.instances === 1 ? (id ?? null) : `${id}-${instance}`,
      group: from.group.text,
      topics: from.topics.map(({ text }) => text),
      config,
      commit,
      /** Only of a member of a share group: its group's settings, and what it says of a record that failed. */
      share: shares ? { group, onFailure } : null,
      poison: poison.get(name.text) ?? [],
      sendsOn: consumer.sends.length > 0,
      forwards: forwardsOf(simulatedRun, consumer, start, Math.min(stop ?? Infinity, crash ?? Infinity)),
      processing: constant(processing.perMessage, name.text),
      byKey: Object.fromEntries([...processing.byKey].map(([key, time]) => [key, constant(time, name.text)])),
      pace: paceOf(topology, name.text, instance),
      start,
      stop: stop ?? null,
      crash: crash ?? null,
      ownProcess: crash !== undefined,
    };
  });
  return all.map((member) => {
    const peers = all.filter(({ group, start }) => group === member.group && start === 0);
    const subscribed = new Set(peers.flatMap(({ topics }) => topics));
    const groupPartitions = [...subscribed].reduce(
      (sum, topic) => sum + topology.kafka!.topics.get(topic)!.partitions,
      0,
    );
    return { ...member, groupPartitions, mayIdle: peers.length > groupPartitions };
  });
}

/** What each record becomes that a member reads in one life: `[n, [n, topic, key, size]]`. */
function forwardsOf({ sends, forwards }: SimulatedRun, consumer: Consumer, start: number, end: number) {
  const { sends: written, concurrency, instances, name } = consumer;
  const [forward] = written;
  if (forward === undefined) return [];
  if (written.length > 1 || forward.ratio !== 1 || concurrency * instances > 1)
    throw new Error(`${name.text}: one handler sends one message on for each that it reads`);
  const { flow } = forward;
  return (forwards.get(name.text) ?? []).flatMap(([n, next]) => {
    const { at, key } = sends[next]!;
    return at >= start && at < end ? [[n, [next, flow.to.name.text, key, sizeOf(flow), at]] as const] : [];
  });
}

/** `[from, factor]`, in the order of time. */
function paceOf({ timeline }: Topology, consumer: string, instance: number): [at: number, factor: number][] {
  return timeline
    .flatMap(({ at, for: span, action }): [number, number][] => {
      if (action.kind !== "slow" || action.target.kind !== "consumer") return [];
      const { target, factor } = action;
      if (target.name.text !== consumer || (target.instance !== 0 && target.instance !== instance)) return [];
      return span === undefined
        ? [[at, factor]]
        : [
            [at, factor],
            [at + span, 1],
          ];
    })
    .toSorted(([a], [b]) => a - b);
}

function sizeOf(flow: Flow): number | null {
  return flow.tombstone ? null : constant(flow.size, flow.name.text);
}

/** Both sides must do the same: nothing is drawn but by the simulator, which tells what it drew. */
function constant(distribution: Distribution, of: string): number {
  if (distribution.kind !== "constant") throw new Error(`${of}: a scenario's times and sizes are constant`);
  return distribution.value;
}
