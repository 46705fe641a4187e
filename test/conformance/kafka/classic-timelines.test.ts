import { describe, expect, it } from "vitest";
import type { Subscriber } from "../../../src/core/log/assignment/assignment.ts";
import { rangeAssign } from "../../../src/core/log/assignment/range-assignor.ts";
import type { ClassicClient, JoinAnswer } from "../../../src/core/log/coordination/classic-client.ts";
import { ClassicGroup } from "../../../src/core/log/coordination/classic-group.ts";
import { groupAlarm, type GroupError } from "../../../src/core/log/coordination/coordinator-host.ts";
import { Heartbeats } from "../../../src/core/log/coordination/heartbeats.ts";
import { inNanos, Stage, type Timeline } from "./group-timelines.ts";
import { recorded } from "./recorded.ts";

/** The recording's client: it joins again at once when a heartbeat tells it to, unless it is slow. No latency. */
class Client implements ClassicClient {
  readonly id: string;
  readonly alarm: number;
  readonly instanceId: string | undefined;
  readonly sessionTimeout: number;
  readonly rebalanceTimeout: number;
  readonly strategies = ["range"];
  readonly beats: Heartbeats;
  slow = false;
  private dead = false;
  private error: GroupError | undefined;
  private told = false;
  private readonly stage: Stage;
  private readonly group: ClassicGroup;

  constructor(id: string, alarm: number, isStatic: boolean, of: Timeline, stage: Stage, group: ClassicGroup) {
    const { settings } = of;
    this.id = id;
    this.alarm = alarm;
    this.instanceId = isStatic ? `instance ${id}` : undefined;
    this.sessionTimeout = inNanos(settings["session.timeout.ms"]!);
    this.rebalanceTimeout = inNanos(settings["max.poll.interval.ms (rebalance timeout)"]!);
    this.beats = new Heartbeats(inNanos(settings["heartbeat.interval.ms"]!));
    this.stage = stage;
    this.group = group;
  }

  get claim(): Subscriber {
    return { id: this.id, topics: ["t"] };
  }

  heardAt(): number {
    return this.beats.last(this.stage.now);
  }

  join(): void {
    this.error = undefined;
    this.stage.note("JoinGroup sent", { member: this.id });
    this.group.join(this, this.claim);
  }

  leave(): void {
    this.dead = true;
    this.stage.note("LeaveGroup sent", { member: this.id });
    this.group.leave(this, "a member left");
  }

  crash(): void {
    this.dead = true;
    this.beats.stop(this.stage.now);
    this.stage.note("crash", { member: this.id });
    this.group.silent(this);
  }

  joinAnswered({ generation, members }: JoinAnswer): void {
    const leads = members === undefined ? {} : { members: members.map(({ id }) => id).sort() };
    this.stage.note("JoinGroup completed", { member: this.id, generation, ...leads });
    this.group.sync(this, generation, members && rangeAssign(members, new Map([["t", 6]])));
  }

  syncAnswered(answer: unknown): void {
    if (!Array.isArray(answer)) return;
    this.stage.note("SyncGroup completed", { member: this.id, generation: this.group.generation });
    this.beats.begin(this.stage.now);
  }

  rebalances(): void {
    this.fail("REBALANCE_IN_PROGRESS");
  }

  removed(): void {
    this.fail("UNKNOWN_MEMBER_ID");
  }

  private fail(error: GroupError): void {
    this.error = error;
    if (this.told || this.dead) return;
    this.told = true;
    this.stage.at(this.beats.next(this.stage.now), () => this.beat());
  }

  private beat(): void {
    this.told = false;
    const { error } = this;
    if (error === undefined || this.dead) return;
    this.stage.note("heartbeat error", { member: this.id, error });
    if (this.slow && error === "REBALANCE_IN_PROGRESS") {
      this.told = true;
      this.stage.at(this.stage.now + this.beats.interval, () => this.beat());
    } else this.join();
  }
}

/** Plays what the clients of a recording did of themselves; the rest has to follow. */
function play(of: Timeline): Stage {
  const stage = new Stage();
  const group = new ClassicGroup(stage, inNanos(of.settings["group.initial.rebalance.delay.ms"]!));
  const clients = new Map<string, Client>();
  for (const { member } of of.events)
    if (member !== undefined && !clients.has(member)) {
      const isStatic = of.name.startsWith("static") && member === "B";
      clients.set(member, new Client(member, clients.size + 1, isStatic, of, stage, group));
    }
  for (const [i, { atMs, event, member }] of of.events.entries()) {
    const client = clients.get(member ?? "");
    const act = (does: () => void) => stage.at(inNanos(atMs), does);
    const before = of.events[i - 1];
    const told = before?.event === "heartbeat error" && before.member === member;
    if (event === "JoinGroup sent" && !told) act(() => client!.join());
    if (event === "LeaveGroup sent") act(() => client!.leave());
    if (event === "crash") act(() => client!.crash());
    const next = of.events[i + 1];
    if (event === "heartbeat error" && next?.event !== "JoinGroup sent") client!.slow = true;
  }
  let state = "Empty";
  stage.after = () => {
    if (group.state !== state) stage.note("group state", { state: (state = group.state) });
  };
  stage.onAlarm = (alarm) => {
    const of = [...clients.values()].find((client) => client.alarm === alarm);
    const knew = of !== undefined && group.knows(of);
    const at = stage.events.length;
    group.expire(alarm);
    if (alarm !== groupAlarm && !(knew && !group.knows(of))) return;
    const key = alarm === groupAlarm ? "join-g" : `heartbeat-g-${of!.id}`;
    stage.events.splice(at, 0, { atMs: stage.now / 1e6, event: "timer expired", key });
  };
  stage.run(of.events.at(-1)!.atMs);
  return stage;
}

/** Who leads is arbitrary, and the recording's leader assigned words. */
const arbitrary = ["leader", "assignment"];

describe("the coordinator of a classic group keeps the recorded times", () => {
  const { scenarios } = recorded("group-timelines") as { scenarios: readonly Timeline[] };

  it.each(scenarios.filter(({ protocol }) => protocol === "classic"))("$name", (scenario) => {
    const expected = scenario.events.map(({ members, ...event }) => ({
      ...Object.fromEntries(Object.entries(event).filter(([field]) => !arbitrary.includes(field))),
      ...(members === undefined
        ? {}
        : { members: (members as string[]).map((id) => (id === "?" ? "B" : id)).sort() }),
    }));
    expect(play(scenario).events).toEqual(expected);
  });
});
