import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Assignment, Assignor, Subscriber } from "../../../src/core/log/assignment/assignment.ts";
import { rangeAssign } from "../../../src/core/log/assignment/range-assignor.ts";
import { roundRobinAssign } from "../../../src/core/log/assignment/round-robin-assignor.ts";
import { simpleAssign } from "../../../src/core/log/assignment/simple-assignor.ts";
import { cooperativeStickyAssign, stickyAssign } from "../../../src/core/log/assignment/sticky-assignor.ts";
import { uniformAssign } from "../../../src/core/log/assignment/uniform-assignor.ts";

const topicNames = ["a", "b", "c", "d"];

const counts = fc
  .array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 })
  .map((sizes) => new Map(sizes.map((size, i) => [topicNames[i]!, size])));

const subscriptions = fc.oneof(
  fc.constant([topicNames]),
  fc.array(fc.subarray(topicNames, { minLength: 1 }), { minLength: 1, maxLength: 4 }),
);

/** A group as it changes: who is a member at each stage. */
const stages = fc
  .tuple(
    subscriptions,
    fc.array(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 8 }), {
      minLength: 1,
      maxLength: 6,
    }),
  )
  .map(([topics, groups]) =>
    groups.map((numbers) =>
      [...new Set(numbers)].map((n): Subscriber => ({
        id: `consumer-${n}`,
        topics: topics[n % topics.length]!,
        ...(n % 3 === 2 ? { instanceId: `i${9 - n}` } : {}),
      })),
    ),
  );

const assignors: Readonly<Record<string, Assignor>> = {
  range: rangeAssign,
  roundrobin: roundRobinAssign,
  sticky: stickyAssign,
  uniform: uniformAssign,
};

type Counts = ReadonlyMap<string, number>;

function names(assignment: Assignment, id: string): string[] {
  return (assignment.get(id) ?? []).map(({ topic, partition }) => `${topic}-${partition}`);
}

function all(members: readonly Subscriber[], topics: Counts): string[] {
  return [...topics]
    .filter(([topic]) => members.some((member) => member.topics.includes(topic)))
    .flatMap(([topic, count]) => Array.from({ length: count }, (_, p) => `${topic}-${p}`))
    .sort();
}

function expectSubscribed(members: readonly Subscriber[], assignment: Assignment): void {
  for (const { id, topics } of members)
    for (const { topic } of assignment.get(id)!) expect(topics).toContain(topic);
}

function alike(members: readonly Subscriber[]): boolean {
  return new Set(members.map(({ topics }) => topics.join())).size === 1;
}

function spread(members: readonly Subscriber[], assignment: Assignment): number {
  const sizes = members.map(({ id }) => assignment.get(id)!.length);
  return Math.max(...sizes) - Math.min(...sizes);
}

/** Lives through the stages, each member claiming what the stage before gave it. */
function live(assign: Assignor, groups: readonly (readonly Subscriber[])[], topics: Counts): Assignment[] {
  let held: Assignment = new Map();
  return groups.map((members, generation) => {
    held = assign(
      members.map((member) => ({ ...member, owned: held.get(member.id) ?? [], generation })),
      topics,
    );
    return held;
  });
}

describe.each(Object.entries(assignors))("%s", (name, assign) => {
  it("gives each partition to exactly one of its subscribers", () => {
    fc.assert(
      fc.property(stages, counts, (groups, topics) => {
        for (const [stage, assignment] of live(assign, groups, topics).entries()) {
          const members = groups[stage]!;
          expect(members.flatMap(({ id }) => names(assignment, id)).sort()).toEqual(all(members, topics));
          expectSubscribed(members, assignment);
          if (name !== "range" && alike(members)) expect(spread(members, assignment)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it("gives the same whatever the order in which members and topics are named", () => {
    fc.assert(
      fc.property(stages, counts, ([members = []], topics) => {
        const first = assign(members, topics);
        const second = assign(members.toReversed(), topics);
        for (const { id } of members) expect(names(second, id).sort()).toEqual(names(first, id).sort());
      }),
    );
  });
});

describe.each([
  ["sticky", stickyAssign],
  ["uniform", uniformAssign],
] as const)("%s moves no more than it has to", (_, assign) => {
  it("nothing where nothing changes", () => {
    fc.assert(
      fc.property(stages, counts, ([members = []], topics) => {
        fc.pre(alike(members));
        const [before, after] = live(assign, [members, members], topics);
        for (const { id } of members) expect(names(after!, id).sort()).toEqual(names(before!, id).sort());
      }),
    );
  });

  it("a member that leaves moves only its own partitions", () => {
    fc.assert(
      fc.property(stages, counts, ([members = []], topics) => {
        fc.pre(members.length > 1 && alike(members));
        const rest = members.slice(1);
        const [before, after] = live(assign, [members, rest], topics);
        for (const { id } of rest)
          expect(names(after!, id)).toEqual(expect.arrayContaining(names(before!, id)));
      }),
    );
  });

  it("a member that joins takes its share and no partition moves between the others", () => {
    fc.assert(
      fc.property(stages, counts, ([members = []], topics) => {
        fc.pre(alike(members));
        const newcomer: Subscriber = { id: "new", topics: members[0]!.topics };
        const [before, after] = live(assign, [members, [...members, newcomer]], topics);
        for (const { id } of members)
          expect(names(before!, id)).toEqual(expect.arrayContaining(names(after!, id)));
      }),
    );
  });
});

describe("cooperative-sticky", () => {
  it("never gives a partition to one member in the generation in which another still has it", () => {
    fc.assert(
      fc.property(stages, counts, (groups, topics) => {
        let held: Assignment = new Map();
        for (const [generation, members] of groups.entries()) {
          const owners = new Map(
            members.flatMap(({ id }) => names(held, id).map((one) => [one, id] as const)),
          );
          held = cooperativeStickyAssign(
            members.map((member) => ({ ...member, owned: held.get(member.id) ?? [], generation })),
            topics,
          );
          const given = members.flatMap(({ id }) => names(held, id).map((one) => [one, id] as const));
          expect(new Set(given.map(([one]) => one)).size).toBe(given.length);
          for (const [one, id] of given) expect(owners.get(one) ?? id).toBe(id);
        }
      }),
    );
  });

  it("hands out what it withheld in the rebalances that follow", () => {
    fc.assert(
      fc.property(stages, counts, (groups, topics) => {
        for (let stage = 1; stage < groups.length; stage++) {
          const members = groups[stage]!;
          // Where subscriptions differ, handing out can move others again.
          const follow = alike(members) ? 1 : 5;
          const rounds = Array.from({ length: 1 + follow }, () => members);
          const last = live(cooperativeStickyAssign, [groups[stage - 1]!, ...rounds], topics).at(-1)!;
          expect(members.flatMap(({ id }) => names(last, id)).sort()).toEqual(all(members, topics));
        }
      }),
    );
  });
});

describe("two members that claim the same partition", () => {
  const owned = [{ topic: "a", partition: 0 }];
  const topics = new Map([["a", 2]]);

  it("in different generations: the later one keeps it", () => {
    const assignment = stickyAssign(
      [
        { id: "A", topics: ["a"], owned, generation: 3 },
        { id: "B", topics: ["a"], owned, generation: 4 },
      ],
      topics,
    );
    expect(names(assignment, "B")).toEqual(["a-0"]);
  });

  it("in the same generation: neither keeps it, and cooperative members wait for it", () => {
    const members = ["A", "B"].map((id) => ({ id, topics: ["a"], owned, generation: 4 }));
    expect(names(stickyAssign(members, topics), "A")).toEqual(["a-0"]);
    const cooperative = cooperativeStickyAssign(members, topics);
    expect([...names(cooperative, "A"), ...names(cooperative, "B")]).toEqual(["a-1"]);
  });
});

describe("simple, for share groups", () => {
  it("leaves no partition without a member and no member without one of its topics", () => {
    fc.assert(
      fc.property(stages, counts, (groups, topics) => {
        for (const [stage, assignment] of live(simpleAssign, groups, topics).entries()) {
          const members = groups[stage]!;
          expect([...new Set(members.flatMap(({ id }) => names(assignment, id)))].sort()).toEqual(
            all(members, topics),
          );
          expectSubscribed(members, assignment);
          for (const { id, topics: subscribed } of members)
            if (subscribed.some((topic) => topics.has(topic)))
              expect(assignment.get(id)!.length).toBeGreaterThan(0);
        }
      }),
    );
  });
});
