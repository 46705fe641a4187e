import { problem } from "../problems/catalogue.ts";
import type { Fix, Problem } from "../problems/problem.ts";
import type { CheckedFile, LogReader } from "./checked-file.ts";

/** Beyond so much more than the mean a member's part is uneven. */
const unevenFrom = 1.1;

/** `idle-members`, `uneven-members`: a partition is read by one member of a group, but for a share group. */
export function* groupSize(file: CheckedFile): Iterable<Problem> {
  for (const [group, consumers] of file.groups) {
    if (consumers.some(({ from }) => from.settings.share !== undefined)) continue;
    const topics = [...new Set(consumers.flatMap(({ from }) => from.topics.map(({ text }) => text)))];
    const counts = topics.flatMap((topic) => file.topology.kafka?.topics.get(topic)?.partitions ?? []);
    const members = membersAtOnce(consumers);
    const partitions = counts.reduce((sum, count) => sum + count, 0);
    // Range gives the first members of each topic a part, and the last ones nothing of any.
    const alike = consumers.every(({ from }) => from.topics.length === topics.length);
    const perTopic = alike && assignsByTopic(file, consumers[0]!);
    const taken = perTopic ? Math.max(...counts) : partitions;
    const size = { group, members, partitions, topics };
    if (members > taken) {
      const last = overflowing(consumers, taken);
      yield problem(
        "idle-members",
        placeOf(file, last),
        { ...size, idle: members - taken },
        idleFixes(file, consumers, topics, { members, taken }),
      );
    } else if (alike) {
      const part = (member: number): number =>
        perTopic
          ? counts.reduce(
              (sum, count) => sum + Math.floor(count / members) + (member < count % members ? 1 : 0),
              0,
            )
          : Math.floor(partitions / members) + (member < partitions % members ? 1 : 0);
      const [most, least] = [part(0), part(members - 1)];
      if (most > (unevenFrom * partitions) / members)
        yield problem("uneven-members", placeOf(file, consumers.at(-1)!), { ...size, most, least });
    }
  }
}

function assignsByTopic(file: CheckedFile, { from: { settings } }: LogReader): boolean {
  return settings.protocol === "consumer"
    ? (settings.remoteAssignor ?? file.topology.kafka!.cluster.groupConsumer.assignors[0]) === "range"
    : settings.strategies[0] === "range";
}

/** The most members that a group has at a time. */
function membersAtOnce(consumers: readonly LogReader[]): number {
  const changes = consumers.flatMap(({ startsAt, stopsAt, instances }) => [
    { at: startsAt, by: instances },
    { at: stopsAt, by: -instances },
  ]);
  let most = 0;
  let now = 0;
  for (const { by } of changes.sort((a, b) => (a.at === b.at ? a.by - b.by : a.at - b.at)))
    most = Math.max(most, (now += by));
  return most;
}

/** The consumer that brings one member too many. */
function overflowing(consumers: readonly LogReader[], taken: number): LogReader {
  let members = 0;
  return consumers.find(({ instances }) => (members += instances) > taken) ?? consumers.at(-1)!;
}

function placeOf(file: CheckedFile, { name }: LogReader) {
  return file.at("consumers", name.text, "instances")?.span ?? name.span;
}

function idleFixes(
  file: CheckedFile,
  consumers: readonly LogReader[],
  topics: readonly string[],
  { members, taken }: { readonly members: number; readonly taken: number },
): Fix[] {
  const [topic, ...otherTopics] = topics;
  const [consumer, ...others] = consumers;
  const fixes: Fix[] = [];
  if (topic !== undefined && otherTopics.length === 0)
    fixes.push(
      ...file.set(
        `Give ${topic} ${members} partitions`,
        ["kafka", "topics", topic, "partitions"],
        String(members),
      ),
    );
  if (consumer !== undefined && others.length === 0)
    fixes.push(
      ...file.set(`Run ${taken} instances`, ["consumers", consumer.name.text, "instances"], String(taken)),
    );
  return fixes;
}
