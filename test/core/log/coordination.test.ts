import { describe, expect, it } from "vitest";
import type { Subscriber } from "../../../src/core/log/assignment/assignment.ts";
import { rangeAssign } from "../../../src/core/log/assignment/range-assignor.ts";
import type { ClassicClient, JoinAnswer } from "../../../src/core/log/coordination/classic-client.ts";
import { ClassicGroup } from "../../../src/core/log/coordination/classic-group.ts";
import type { GroupError } from "../../../src/core/log/coordination/coordinator-host.ts";
import { Stage } from "../../conformance/kafka/group-timelines.ts";

/** A client that joins when it is told to, syncs at once, and heartbeats until its session is let go. */
class Client implements ClassicClient {
  readonly sessionTimeout = 45_000;
  readonly rebalanceTimeout = 300_000;
  readonly id: string;
  readonly instanceId: string | undefined;
  readonly alarm: number;
  readonly strategies: readonly string[];
  alive = true;
  joins: JoinAnswer[] = [];
  assignments: string[][] = [];
  errors: GroupError[] = [];
  private readonly stage: Stage;
  private readonly group: ClassicGroup;
  private heard = 0;

  constructor(
    stage: Stage,
    group: ClassicGroup,
    id: string,
    alarm: number,
    instanceId?: string,
    strategies = ["range"],
  ) {
    this.stage = stage;
    this.group = group;
    this.id = id;
    this.alarm = alarm;
    this.instanceId = instanceId;
    this.strategies = strategies;
  }

  join(): void {
    const claim: Subscriber = { id: this.id, topics: ["t"] };
    this.group.join(this, claim);
  }

  heardAt(): number {
    if (this.alive) this.heard = this.stage.now;
    return this.heard;
  }

  die(): void {
    this.heardAt();
    this.alive = false;
    this.group.silent(this);
  }

  joinAnswered(answer: JoinAnswer): void {
    this.joins.push(answer);
    if (!this.alive) return;
    const { members, generation } = answer;
    this.group.sync(this, generation, members && rangeAssign(members, new Map([["t", 4]])));
  }

  syncAnswered(answer: unknown): void {
    if (Array.isArray(answer)) this.assignments.push(answer.map(({ partition }) => String(partition)));
  }

  rebalances(): void {
    this.errors.push("REBALANCE_IN_PROGRESS");
    if (this.alive) this.stage.at(this.stage.now + 1000, () => this.join());
  }

  removed(): void {
    this.errors.push("UNKNOWN_MEMBER_ID");
  }
}

function coordinator(): { stage: Stage; group: ClassicGroup } {
  const stage = new Stage();
  const group = new ClassicGroup(stage, 3000);
  stage.onAlarm = (alarm) => group.expire(alarm);
  return { stage, group };
}

/** The stage counts in nanoseconds, and so do these tests: the numbers are what matters. */
function runTo(stage: Stage, time: number): void {
  stage.run(time / 1e6);
}

describe("a classic group", () => {
  it("gives a static member that comes back within its session what it had, and nobody else notices (KIP-345)", () => {
    const { stage, group } = coordinator();
    const [a, b] = [new Client(stage, group, "a", 1), new Client(stage, group, "b", 2, "one")];
    a.join();
    b.join();
    runTo(stage, 10_000);
    expect(group.state).toBe("Stable");
    b.die();
    runTo(stage, 30_000);
    const again = new Client(stage, group, "b", 3, "one");
    again.join();
    runTo(stage, 100_000);
    expect(group.generation).toBe(1);
    expect(again.assignments).toEqual(b.assignments);
    expect(a.errors).toEqual([]);
  });

  it("removes a static member that stays away longer than its session, and the others take over", () => {
    const { stage, group } = coordinator();
    const [a, b] = [new Client(stage, group, "a", 1), new Client(stage, group, "b", 2, "one")];
    a.join();
    b.join();
    runTo(stage, 10_000);
    b.die();
    runTo(stage, 100_000);
    expect(group.generation).toBe(2);
    expect(a.assignments.at(-1)).toEqual(["0", "1", "2", "3"]);
  });

  it("waits for a member that died until its session is over, whoever joins meanwhile", () => {
    const { stage, group } = coordinator();
    const [a, b, c] = [1, 2, 3].map((n) => new Client(stage, group, `m${n}`, n)) as [Client, Client, Client];
    a.join();
    b.join();
    runTo(stage, 10_000);
    b.die();
    c.join();
    runTo(stage, 54_999);
    expect(c.joins).toEqual([]);
    runTo(stage, 56_000);
    expect(group.size).toBe(2);
    expect(c.assignments).toEqual([["2", "3"]]);
  });

  it("takes the strategy that all members have and most prefer", () => {
    const { stage, group } = coordinator();
    const lists = [
      ["range", "cooperative-sticky"],
      ["cooperative-sticky", "range"],
      ["sticky", "cooperative-sticky", "range"],
    ];
    const members = lists.map((list, i) => new Client(stage, group, `m${i}`, i + 1, undefined, list));
    for (const member of members) member.join();
    runTo(stage, 10_000);
    expect(members.map(({ joins }) => joins[0]!.strategy)).toEqual(Array(3).fill("cooperative-sticky"));
  });

  it("is empty again, and begins anew, when the last member has left", () => {
    const { stage, group } = coordinator();
    const a = new Client(stage, group, "a", 1);
    a.join();
    runTo(stage, 5000);
    group.leave(a, "a member left");
    expect(group.state).toBe("Empty");
    const b = new Client(stage, group, "b", 2);
    b.join();
    expect(b.joins).toEqual([]);
    runTo(stage, 8000);
    expect(b.assignments).toEqual([["0", "1", "2", "3"]]);
    expect(group.generation).toBe(3);
  });

  it("refuses the assignment of an earlier generation", () => {
    const { stage, group } = coordinator();
    const a = new Client(stage, group, "a", 1);
    a.join();
    runTo(stage, 5000);
    const answers: unknown[] = [];
    a.syncAnswered = (answer) => answers.push(answer);
    group.sync(a, 0, undefined);
    expect(answers).toEqual(["ILLEGAL_GENERATION"]);
  });
});
