import {
  compareText,
  nameOf,
  type Assignment,
  type Assignor,
  type Subscriber,
  type TopicPartition,
} from "../assignment/assignment.ts";
import type { ReplicaRacks } from "../assignment/rack-matching.ts";
import { rangeAssign } from "../assignment/range-assignor.ts";
import { roundRobinAssign } from "../assignment/round-robin-assignor.ts";
import { simpleAssign } from "../assignment/simple-assignor.ts";
import { cooperativeStickyAssign, stickyAssign } from "../assignment/sticky-assignor.ts";
import { uniformAssign } from "../assignment/uniform-assignor.ts";
import { countAt, listAt, NotPlayable, objectAt, textAt, type Recorded } from "./recorded.ts";

export const clientAssignors = {
  range: rangeAssign,
  roundrobin: roundRobinAssign,
  sticky: stickyAssign,
  "cooperative-sticky": cooperativeStickyAssign,
} as const satisfies Record<string, Assignor>;

const serverAssignors = {
  uniform: uniformAssign,
  range: rangeAssign,
  "simple-share": simpleAssign,
} as const satisfies Record<string, Assignor>;

/** A file of the kind assign-fresh: each configuration with what every assignor gives to a new group. */
export function playFreshAssignments(file: Recorded): Recorded {
  const configurations = listAt(file["configurations"], "configurations").map((item, i) => {
    const where = `configurations[${i}]`;
    const configuration = objectAt(item, where);
    const topics = countsAt(configuration["topics"], `${where}.topics`);
    const members = listAt(configuration["members"], `${where}.members`).map((member, m) =>
      subscriberAt(objectAt(member, `${where}.members[${m}]`), `${where}.members[${m}]`),
    );
    if (new Set(members.map(({ id }) => id)).size < members.length)
      throw new NotPlayable(`${where}.members: two have the same id`);
    const racks = racksAt(configuration["racks"], `${where}.racks`);
    const of = (assignors: Readonly<Record<string, Assignor>>, racksOf?: ReplicaRacks) =>
      Object.fromEntries(
        Object.entries(assignors).map(([name, assign]) => [name, written(assign(members, topics, racksOf))]),
      );
    return { ...configuration, java: of(clientAssignors, racks), server: of(serverAssignors) };
  });
  return { ...file, configurations };
}

export function countsAt(value: unknown, where: string): Map<string, number> {
  return new Map(
    Object.entries(objectAt(value, where)).map(([topic, count]) => [
      topic,
      countAt(count, `${where}.${topic}`),
    ]),
  );
}

export function topicsAt(value: unknown, where: string): readonly string[] {
  return [...new Set(listAt(value, where).map((topic, t) => textAt(topic, `${where}[${t}]`)))];
}

export function written(assignment: Assignment): Record<string, string[]> {
  return Object.fromEntries(
    [...assignment]
      .sort(([a], [b]) => compareText(a, b))
      .map(([id, partitions]) => [id, partitions.toSorted(byTopicThenPartition).map(nameOf)]),
  );
}

export function byTopicThenPartition(a: TopicPartition, b: TopicPartition): number {
  return compareText(a.topic, b.topic) || a.partition - b.partition;
}

/** By topic, the racks of each partition's replicas, again from the first where there are more partitions. */
export function racksAt(value: unknown, where: string): ReplicaRacks | undefined {
  if (value === undefined || value === null) return undefined;
  const racks = new Map(
    Object.entries(objectAt(value, where)).map(([topic, list]) => [
      topic,
      listAt(list, `${where}.${topic}`).map((one, i) => new Set(topicsAt(one, `${where}.${topic}[${i}]`))),
    ]),
  );
  return ({ topic, partition }) => {
    const list = racks.get(topic) ?? [];
    return list[partition % list.length] ?? new Set();
  };
}

/** Where a member says where it stands. */
export function rackAt(value: unknown, where: string): Pick<Subscriber, "rack"> {
  return value === undefined || value === null ? {} : { rack: textAt(value, where) };
}

function subscriberAt({ id, topics, instanceId, rack }: Recorded, where: string): Subscriber {
  return {
    id: textAt(id, `${where}.id`),
    topics: topicsAt(topics, `${where}.topics`),
    ...rackAt(rack, `${where}.rack`),
    ...(instanceId === undefined || instanceId === null
      ? {}
      : { instanceId: textAt(instanceId, `${where}.instanceId`) }),
  };
}
