import { arrivalRate } from "../model/arrival-rate.ts";
import type { Topic } from "../model/topology.ts";
import { placeKeys, spreadMax, type KeyPlacement } from "../log/key-placement.ts";
import { problem } from "../problems/catalogue.ts";
import type { Problem } from "../problems/problem.ts";
import type { CheckedFile, SentFlow } from "./checked-file.ts";

/** So many times the even share make a partition hot. */
const hotFrom = 2;

/** `compacted-without-key`, `few-keys`, `hot-partition`: what the keys of a topic's messages make of it. */
export function* keySpread(file: CheckedFile): Iterable<Problem> {
  const { kafka } = file.topology;
  if (kafka === undefined) return;
  const placements = new Placements();
  for (const topic of kafka.topics.values()) {
    const flows = file.writersOf(topic.name.text);
    yield* withoutKey(file, topic, flows);
    const { partitions } = topic;
    if (flows.length === 0 || partitions < 2 || partitions > spreadMax || !flows.every(goesByKey)) continue;
    const few = fewKeys(topic, flows);
    if (few !== undefined) yield few;
    else if (file.tellsSenders) yield* hotPartition(topic, flows, placements);
  }
}

function* withoutKey(file: CheckedFile, { name, log, preload }: Topic, flows: readonly SentFlow[]) {
  if (!log.compact) return;
  for (const flow of flows)
    if (flow.flow.key.kind === "none" && !flow.sameKey)
      yield problem(
        "compacted-without-key",
        flow.at("key")?.span ?? flow.flow.to.name.span,
        { sender: `\`${flow.name.text}\``, topic: name.text },
        flow.set("Give its messages one of 1000 keys", ["key"], "{values: 1000}"),
      );
  if (preload?.key.kind === "none")
    yield problem(
      "compacted-without-key",
      file.key("kafka", "topics", name.text, "preload") ?? name.span,
      { sender: "its `preload`", topic: name.text },
      file.set(
        "Give its messages one of 1000 keys",
        ["kafka", "topics", name.text, "preload", "key"],
        "{values: 1000}",
      ),
    );
}

/** Whether Kafka's own hash of the key decides. */
function goesByKey(flow: SentFlow): boolean {
  const { key, kafka } = flow.flow;
  const { kind } = key;
  return kind !== "none" && kind !== "unique" && !kafka.ignoreKeys && !kafka.roundRobin && flow.isJava;
}

function fewKeys({ name, partitions }: Topic, flows: readonly SentFlow[]): Problem | undefined {
  const keys = new Set<string>();
  for (const { flow } of flows)
    if (flow.key.kind === "weights") {
      for (const [index, text] of flow.key.keys.entries()) if (flow.key.weights[index]! > 0) keys.add(text);
    } else if (flow.key.kind === "uniform" || flow.key.kind === "zipf") {
      if (flow.key.values >= partitions) return undefined;
      for (let key = 0; key < flow.key.values; key++) keys.add(String(key));
    }
  if (keys.size >= partitions) return undefined;
  const texts = [...keys];
  const placed = placeKeys({ kind: "weights", keys: texts, weights: texts.map(() => 1) }, partitions)!;
  const used = placed.shares.filter((share) => share > 0).length;
  return problem("few-keys", flows[0]!.place("key"), { topic: name.text, keys: keys.size, partitions, used });
}

function* hotPartition({ name, partitions }: Topic, flows: readonly SentFlow[], placements: Placements) {
  const parts = flows.map((flow) => ({
    flow,
    rate: flows.length === 1 ? 1 : arrivalRate(flow.flow.arrivals),
    placed: placements.of(flow, partitions),
  }));
  const total = parts.reduce((sum, { rate }) => sum + (rate ?? Number.NaN), 0);
  if (!(total > 0)) return;
  const shares = new Float64Array(partitions);
  for (const { rate, placed } of parts)
    for (let partition = 0; partition < partitions; partition++)
      shares[partition]! += ((rate ?? 0) / total) * (placed?.shares[partition] ?? 1 / partitions);
  const partition = shares.indexOf(Math.max(...shares));
  const share = shares[partition]!;
  if (share <= hotFrom / partitions) return;
  const most = parts.reduce((best, part) =>
    brings(part, partition) > brings(best, partition) ? part : best,
  );
  const key = most.placed?.keys[partition];
  if (key === undefined) return;
  const keyShare = (key.share * (most.rate ?? 0)) / total;
  yield problem("hot-partition", most.flow.place("key"), {
    topic: name.text,
    partition,
    share,
    partitions,
    key: { text: key.text, share: keyShare },
  });
}

interface Part {
  readonly rate: number | undefined;
  readonly placed: KeyPlacement | undefined;
}

function brings({ rate, placed }: Part, partition: number): number {
  return (rate ?? 0) * (placed?.shares[partition] ?? 0);
}

/** Keys hashed while one file is checked. */
const hashedMax = 300_000;

/** Placements of equal choices are found once, and none any more when they have cost too much. */
class Placements {
  private readonly known = new Map<string, KeyPlacement | undefined>();
  private hashed = 0;

  of({ flow: { key } }: SentFlow, partitions: number): KeyPlacement | undefined {
    const name = `${partitions} ${JSON.stringify(key)}`;
    if (this.known.has(name) || this.hashed > hashedMax) return this.known.get(name);
    const placed = placeKeys(key, partitions);
    this.hashed +=
      key.kind === "weights" ? key.keys.length : "values" in key ? Math.min(key.values, 10_000) : 0;
    this.known.set(name, placed);
    return placed;
  }
}
