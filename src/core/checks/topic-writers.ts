import type { KeyChoice } from "../model/topology.ts";
import { textOf } from "../parse/tree.ts";
import { problem } from "../problems/catalogue.ts";
import type { Fix, Problem } from "../problems/problem.ts";
import type { CheckedFile, SentFlow } from "./checked-file.ts";

/** `mixed-partitioners`, `several-writers`: several producers of one keyed topic. */
export function* topicWriters(file: CheckedFile): Iterable<Problem> {
  for (const topic of file.topology.kafka?.topics.keys() ?? []) {
    const keyed = file.writersOf(topic).filter(({ flow }) => flow.key.kind !== "none");
    yield* mixedPartitioners(topic, keyed);
    yield* severalWriters(topic, keyed);
  }
}

/** How a producer finds the partition of a key, and the key of the file that says so. */
interface Way {
  readonly name: string;
  readonly path: readonly [string, ...string[]];
}

const byKey: Way = { name: "places keys by Kafka's own hash", path: ["config"] };

function wayOf(flow: SentFlow): Way {
  if (!flow.isJava) {
    const partitioner = textOf(flow.at("config", "partitioner"));
    if (partitioner?.startsWith("murmur2") === true) return byKey;
    return {
      name: `places keys by librdkafka's \`${partitioner ?? "consistent_random"}\``,
      path: ["client"],
    };
  }
  const { ignoreKeys, roundRobin } = flow.flow.kafka;
  if (roundRobin) return { name: "deals records out in turn", path: ["config", "partitioner.class"] };
  return ignoreKeys ? { name: "ignores keys", path: ["config", "partitioner.ignore.keys"] } : byKey;
}

function* mixedPartitioners(topic: string, flows: readonly SentFlow[]): Iterable<Problem> {
  const [first] = flows;
  if (first === undefined) return;
  const way = wayOf(first);
  const other = flows.find((flow) => wayOf(flow).name !== way.name);
  if (other === undefined) return;
  // The odd one out is the one that leaves Kafka's own way.
  const [odd, even] = wayOf(other) === byKey ? [first, other] : [other, first];
  const { name, path } = wayOf(odd);
  const fixes: Fix[] =
    path[1] === "partitioner.ignore.keys" ? odd.set("Let the key decide", path, "false") : [];
  yield problem(
    "mixed-partitioners",
    odd.place(...path),
    { topic, producer: odd.name.text, way: name, other: even.name.text, otherWay: wayOf(even).name },
    fixes,
    { related: [{ message: `\`${even.name.text}\` ${wayOf(even).name}`, span: even.flow.to.name.span }] },
  );
}

function* severalWriters(topic: string, flows: readonly SentFlow[]): Iterable<Problem> {
  const [first, ...later] = flows;
  const second = later.find(
    ({ owner, flow }) => owner !== first?.owner && overlap(first!.flow.key, flow.key),
  );
  if (first === undefined || second === undefined) return;
  const producers = [...new Set(flows.map(({ owner }) => owner.name.text))];
  yield problem("several-writers", second.flow.to.name.span, { topic, producers }, [], {
    related: [{ message: `\`${first.name.text}\` writes to it as well`, span: first.flow.to.name.span }],
  });
}

/** Whether two choices of keys have a key in common; a unique key is nobody else's. */
function overlap(a: KeyChoice, b: KeyChoice): boolean {
  if (a.kind === "weights" && b.kind === "weights") return a.keys.some((key) => b.keys.includes(key));
  if (a.kind === "weights") return overlap(b, a);
  if (a.kind === "none" || a.kind === "unique" || b.kind === "none" || b.kind === "unique") return false;
  return b.kind === "weights"
    ? b.keys.some((key) => /^(?:0|[1-9]\d*)$/u.test(key) && Number(key) < a.values)
    : true;
}
