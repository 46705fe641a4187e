import {
  compareText,
  nameOf,
  type Assignment,
  type Assignor,
  type Subscriber,
} from "../assignment/assignment.ts";
import type { ReplicaRacks } from "../assignment/rack-matching.ts";
import { rangeAssign } from "../assignment/range-assignor.ts";
import { uniformAssign } from "../assignment/uniform-assignor.ts";
import {
  byTopicThenPartition,
  clientAssignors,
  countsAt,
  rackAt,
  racksAt,
  topicsAt,
  written,
} from "./assignments.ts";
import { countAt, listAt, NotPlayable, objectAt, textAt, type Recorded } from "./recorded.ts";

/** Generations that one step may cause; balance is found in two or three. */
const followUpsMax = 50;

/** A group and its topics after each step of a sequence. */
interface Stage {
  readonly members: readonly Subscriber[];
  readonly topics: ReadonlyMap<string, number>;
}

/** A file of the kind assign-sequences: the generations that each step brings about, by assignor. */
export function playAssignmentSequences(file: Recorded): Recorded {
  const sequences = listAt(file["sequences"], "sequences").map((item, i) => {
    const sequence = objectAt(item, `sequences[${i}]`);
    const stages = stagesOf(sequence, `sequences[${i}]`);
    const racks = racksAt(sequence["racks"], `sequences[${i}].racks`);
    const results = {
      range: generations(stages, clientAssignors.range, racks, false),
      roundrobin: generations(stages, clientAssignors.roundrobin, racks, false),
      sticky: generations(stages, clientAssignors.sticky, racks, false),
      "cooperative-sticky": generations(stages, clientAssignors["cooperative-sticky"], racks, true),
      "server-uniform": targets(stages, uniformAssign),
      "server-range": targets(stages, rangeAssign),
    };
    return { ...sequence, results };
  });
  return { ...file, sequences };
}

function stagesOf({ topics, steps }: Recorded, where: string): Stage[] {
  const counts = countsAt(topics, `${where}.topics`);
  const members = new Map<string, Subscriber>();
  return listAt(steps, `${where}.steps`).map((step, s) => {
    for (const [o, operation] of listAt(step, `${where}.steps[${s}]`).entries()) {
      const at = `${where}.steps[${s}][${o}]`;
      operate(objectAt(operation, at), at, members, counts);
    }
    return { members: [...members.values()], topics: new Map(counts) };
  });
}

function operate(
  operation: Recorded,
  where: string,
  members: Map<string, Subscriber>,
  counts: Map<string, number>,
): void {
  const op = textAt(operation["op"], `${where}.op`);
  if (op === "partitions") {
    const topic = textAt(operation["topic"], `${where}.topic`);
    const count = countAt(operation["count"], `${where}.count`);
    if (count < (counts.get(topic) ?? 0))
      throw new NotPlayable(`${where}: a topic's partitions cannot become fewer`);
    counts.set(topic, count);
    return;
  }
  if (op !== "join" && op !== "leave" && op !== "subscribe")
    throw new NotPlayable(
      `${where}: there is no operation \`${op}\`; known are join, leave, subscribe, partitions`,
    );
  const id = textAt(operation["member"], `${where}.member`);
  const member = members.get(id);
  if ((op === "join") !== (member === undefined))
    throw new NotPlayable(`${where}: \`${id}\` is ${member === undefined ? "not a" : "already a"} member`);
  if (op === "leave") members.delete(id);
  else {
    const { instanceId } = member ?? {};
    const known = instanceId === undefined ? {} : { instanceId };
    members.set(id, { ...known, ...subscription(operation, where), id });
  }
}

function subscription({ topics, instanceId, rack }: Recorded, where: string): Omit<Subscriber, "id"> {
  return {
    topics: topicsAt(topics, `${where}.topics`),
    ...(typeof instanceId === "string" ? { instanceId } : {}),
    ...rackAt(rack, `${where}.rack`),
  };
}

/**
 * Each rebalance of the classic protocol. A cooperative member that has to give something up does so and joins again,
 * so that another generation follows.
 */
function generations(
  stages: readonly Stage[],
  assign: Assignor,
  racksOf: ReplicaRacks | undefined,
  cooperative: boolean,
): unknown[] {
  let generation = 0;
  let held: Assignment = new Map();
  return stages.map(({ members, topics }) => {
    const caused: unknown[] = [];
    for (let again = true; again;) {
      const before = held;
      const claims = members.map((member) => {
        const owned = before.get(member.id);
        return owned === undefined ? member : { ...member, owned, generation };
      });
      held = assign(claims, topics, racksOf);
      generation++;
      const revoked = missing(held.keys(), before, held);
      again = cooperative && Object.keys(revoked).length > 0 && caused.length < followUpsMax;
      caused.push({
        generation,
        assignment: written(held),
        revoked,
        added: missing(held.keys(), held, before),
        followUpRebalance: again,
      });
    }
    return caused;
  });
}

/** The broker's target assignment after each step, and what surviving members have to give up for it. */
function targets(stages: readonly Stage[], assign: Assignor): unknown[] {
  let target: Assignment = new Map();
  return stages.map(({ members, topics }) => {
    const before = target;
    target = assign(
      members.map((member) => ({ ...member, owned: before.get(member.id) ?? [] })),
      topics,
    );
    return { targetAssignment: written(target), moved: missing(target.keys(), before, target) };
  });
}

/** What the given members have in `some` and not in `others`; those without such have no entry. */
function missing(ids: Iterable<string>, some: Assignment, others: Assignment): Record<string, string[]> {
  const all: [string, string[]][] = [];
  for (const id of [...ids].sort(compareText)) {
    const kept = new Set((others.get(id) ?? []).map(nameOf));
    const gone = (some.get(id) ?? []).filter((one) => !kept.has(nameOf(one)));
    if (gone.length > 0) all.push([id, gone.toSorted(byTopicThenPartition).map(nameOf)]);
  }
  return Object.fromEntries(all);
}
