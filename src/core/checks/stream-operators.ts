import type { WindowRule } from "../model/consumer-work.ts";
import { readings } from "../model/readings.ts";
import { instancesMax } from "../model/timeline.ts";
import type { Consumer } from "../model/topology.ts";
import { problem } from "../problems/catalogue.ts";
import type { Problem } from "../problems/problem.ts";
import type { CheckedFile, SentFlow } from "./checked-file.ts";

/**
 * `operator-without-sends`, `operator-without-key`, `join-apart`, `window-outlasts-run`, `changelog-unfit`: what consumers
 * gather before they send it on.
 */
export function* streamOperators(file: CheckedFile): Iterable<Problem> {
  for (const consumer of readings(file.topology)) {
    const { name, window, join, sends } = consumer;
    const operator = window === undefined ? "join" : "window";
    if (window === undefined && join === undefined) continue;
    const place = file.key("consumers", name.text, operator) ?? name.span;
    if (!sends.some(({ when }) => when === "success")) {
      if (file.at("consumers", name.text, "sends") === undefined || file.isSound("consumers", name.text))
        yield problem("operator-without-sends", place, { consumer: name.text, operator });
      continue;
    }
    if (window !== undefined) yield* outlasts(file, name.text, window);
    yield* changelogUnfit(file, consumer);
    if (join !== undefined) yield* apart(file, consumer, join.of);
    if (window?.byKey === true) yield* withoutKey(file, consumer, operator, sourcesOf(consumer));
    if (join?.by === "key") {
      const joined = join.of.map((source) => sourcesOf(consumer)[source]!);
      yield* withoutKey(file, consumer, operator, joined);
    }
  }
}

function sourcesOf({ from }: Consumer): readonly string[] {
  return (from.kind === "log" ? from.topics : from.queues).map(({ text }) => text);
}

function* outlasts(file: CheckedFile, consumer: string, window: WindowRule): Iterable<Problem> {
  const { duration } = file.topology.run;
  // Of hopping ones the first has begun before the run.
  const first = window.grace + (window.kind === "session" ? window.gap : window.every);
  const place = file.key("consumers", consumer, "window");
  if (first <= duration || place === undefined) return;
  yield problem(
    "window-outlasts-run",
    place,
    { consumer, first, duration },
    file.set(
      "Let the run last for two such windows",
      ["run", "duration"],
      `${Math.ceil((2 * first) / 1e9)}s`,
    ),
  );
}

/** As Kafka Streams makes its own: a partition for each task, compacted, and kept for as long as windows are. */
function* changelogUnfit(file: CheckedFile, consumer: Consumer): Iterable<Problem> {
  const { kafka, timeline } = file.topology;
  const { name, from, window, join, changelog } = consumer;
  const topic = changelog && kafka?.topics.get(changelog.to.name.text);
  if (topic === undefined || from.kind === "queue") return;
  const place = changelog!.to.name.span;
  const args = { consumer: name.text, topic: topic.name.text };
  const path = ["kafka", "topics", topic.name.text] as const;
  const countOf = (of: string): number =>
    timeline.reduce(
      (most, { action }) =>
        action.kind === "partitions" && action.topic.text === of ? Math.max(most, action.count) : most,
      kafka!.topics.get(of)!.partitions,
    );
  const read = Math.max(...from.topics.map(({ text }) => countOf(text)));
  if (topic.partitions !== read)
    yield problem(
      "changelog-unfit",
      place,
      { ...args, why: { kind: "partitions", counts: [topic.partitions, read] } },
      file.set(`Give ${args.topic} ${read} partitions`, [...path, "partitions"], String(read)),
    );
  if (!topic.log.compact) {
    yield problem(
      "changelog-unfit",
      place,
      { ...args, why: { kind: "uncompacted" } },
      file.set(`Compact ${args.topic}`, [...path, "config", "cleanup.policy"], "compact"),
    );
    return;
  }
  const length = window === undefined ? 0 : window.kind === "session" ? window.gap : window.size;
  const needed = join === undefined ? length + (window?.grace ?? 0) : 2 * join.within;
  if (topic.log.delete && topic.log.retentionTime < needed)
    yield problem("changelog-unfit", place, {
      ...args,
      why: { kind: "retention", kept: topic.log.retentionTime, needed },
    });
}

function* withoutKey(
  file: CheckedFile,
  { name, from }: Consumer,
  operator: "window" | "join",
  sources: readonly string[],
): Iterable<Problem> {
  const by = file.at("consumers", name.text, operator, "by")?.span ?? name.span;
  for (const source of sources)
    for (const flow of comingTo(file, from.kind, source))
      if (flow.flow.key.kind === "none" && !flow.sameKey)
        yield problem(
          "operator-without-key",
          by,
          { consumer: name.text, operator, sender: `\`${flow.name.text}\``, from: source },
          flow.set(`Give messages of ${flow.name.text} one of 1000 keys`, ["key"], "{values: 1000}"),
          { related: [{ message: `\`${flow.name.text}\` sends there`, span: flow.flow.to.name.span }] },
        );
}

/** The flows that write to a topic, or whose messages come to a queue first hand. */
function comingTo(file: CheckedFile, kind: "log" | "queue", name: string): readonly SentFlow[] {
  return kind === "log" ? file.writersOf(name) : (file.routing?.arriving.get(name) ?? []);
}

/** Two messages meet in one instance, and there in the task of their partitions' number. */
function* apart(file: CheckedFile, consumer: Consumer, of: readonly [number, number]): Iterable<Problem> {
  const { name, from, instances } = consumer;
  const [left, right] = of.map((source) => sourcesOf(consumer)[source]!) as [string, string];
  const args = { consumer: name.text, left, right };
  const place = file.at("consumers", name.text, "join", "of")?.span ?? name.span;
  const isSeveral = instancesMax(name.text, instances, file.topology.timeline) > 1;
  if (from.kind === "queue") {
    if (isSeveral)
      yield problem(
        "join-apart",
        place,
        { ...args, why: { kind: "instances" } },
        file.set("Run one instance", ["consumers", name.text, "instances"], "1"),
      );
    return;
  }
  const topics = [left, right].map((topic) => file.topology.kafka!.topics.get(topic)!);
  const counts = topics.map(({ partitions }) => partitions) as [number, number];
  if (counts[0] !== counts[1]) {
    const fewer = counts[0] < counts[1] ? left : right;
    yield problem(
      "join-apart",
      place,
      { ...args, why: { kind: "partitions", counts } },
      file.set(
        `Give ${fewer} ${Math.max(...counts)} partitions`,
        ["kafka", "topics", fewer, "partitions"],
        String(Math.max(...counts)),
      ),
    );
    return;
  }
  const { protocol, remoteAssignor, strategies } = from.settings;
  const { groupConsumer } = file.topology.kafka!.cluster;
  const assignor = protocol === "consumer" ? (remoteAssignor ?? groupConsumer.assignors[0]!) : strategies[0]!;
  const members = (file.groups.get(from.group.text) ?? []).length;
  if (assignor === "range" || (!isSeveral && members < 2) || counts[0] < 2) return;
  const key = protocol === "consumer" ? "group.remote.assignor" : "partition.assignment.strategy";
  yield problem(
    "join-apart",
    place,
    { ...args, why: { kind: "assignor", assignor } },
    file.set("Assign by range", ["consumers", name.text, "config", key], "range"),
  );
}
