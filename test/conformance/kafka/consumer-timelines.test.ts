import { describe, expect, it } from "vitest";
import type { Subscriber } from "../../../src/core/log/assignment/assignment.ts";
import { rangeAssign } from "../../../src/core/log/assignment/range-assignor.ts";
import { uniformAssign } from "../../../src/core/log/assignment/uniform-assignor.ts";
import type { ConsumerClient } from "../../../src/core/log/coordination/consumer-client.ts";
import { ConsumerGroup } from "../../../src/core/log/coordination/consumer-group.ts";
import { Heartbeats } from "../../../src/core/log/coordination/heartbeats.ts";
import { inNanos, Stage, type Timeline } from "./group-timelines.ts";
import { recorded } from "./recorded.ts";

const reaction = inNanos(100);

/** The recording's client: it confirms a changed assignment, and joins anew when it is fenced, 100 ms later. */
class Client implements ConsumerClient {
  readonly id: string;
  readonly alarm: number;
  readonly instanceId = undefined;
  readonly rebalanceTimeout: number;
  readonly subscription: Subscriber;
  slow = false;
  private epoch = 0;
  private assigned: ReadonlySet<string> = new Set();
  private dead = false;
  private readonly beats: Heartbeats;
  private due = Infinity;
  private readonly stage: Stage;
  private readonly group: ConsumerGroup;

  constructor(id: string, alarm: number, of: Timeline, stage: Stage, group: ConsumerGroup) {
    this.id = id;
    this.alarm = alarm;
    this.rebalanceTimeout = inNanos(of.settings["rebalance timeout (max.poll.interval.ms)"]!);
    this.subscription = { id, topics: Object.keys(of.topics!) };
    this.beats = new Heartbeats(inNanos(of.settings["group.consumer.heartbeat.interval.ms"]!));
    this.stage = stage;
    this.group = group;
  }

  heardAt(): number {
    return this.beats.last(this.stage.now);
  }

  stirred(): void {
    this.beatAt(this.beats.next(this.stage.now), false);
  }

  removed(): void {
    this.stirred();
  }

  crash(): void {
    this.dead = true;
    this.beats.stop(this.stage.now);
    this.stage.note("crash", { member: this.id });
    this.group.silent(this);
  }

  beat(confirms: boolean): void {
    if (this.dead) return;
    this.beats.begin(this.stage.now);
    this.due = Infinity;
    const sentEpoch = this.epoch;
    const owned = confirms ? this.assigned : undefined;
    const at = this.stage.events.length;
    const answer = this.group.heartbeat(this, { epoch: sentEpoch, owned });
    if (answer === undefined || typeof answer === "string") {
      this.stage.note("heartbeat error", { member: this.id, sentEpoch, error: "UNKNOWN_MEMBER_ID" });
      this.epoch = 0;
      this.assigned = new Set();
      this.beatAt(this.stage.now + reaction, false);
      return;
    }
    const { epoch: memberEpoch, assigned } = answer;
    const changed = [...assigned].sort().join() !== [...this.assigned].sort().join();
    if (changed || memberEpoch !== sentEpoch || confirms) {
      const reported = owned === undefined ? {} : { reportedOwned: [...owned].sort() };
      const heard = {
        member: this.id,
        sentEpoch,
        memberEpoch,
        ...reported,
        assignment: [...assigned].sort(),
      };
      this.stage.note("heartbeat", heard);
      this.stage.events.push(...this.stage.events.splice(at, this.stage.events.length - at - 1));
    }
    this.epoch = memberEpoch;
    this.assigned = assigned;
    if (changed && this.slow && sentEpoch > 0) {
      this.stage.note("member is slow to revoke", { member: this.id });
      this.slow = false;
    } else if (changed) this.beatAt(this.stage.now + reaction, true);
  }

  private beatAt(time: number, confirms: boolean): void {
    if (time >= this.due) return;
    this.due = time;
    this.stage.at(time, () => {
      if (this.due === time) this.beat(confirms);
    });
  }
}

/** Plays what the clients of a recording did of themselves; the rest has to follow. */
function play(of: Timeline): Stage {
  const stage = new Stage();
  const assign = of.assignor === "uniform" ? uniformAssign : rangeAssign;
  const session = inNanos(of.settings["group.consumer.session.timeout.ms"]!);
  const group = new ConsumerGroup(stage, assign, () => new Map(Object.entries(of.topics!)), session);
  const clients = new Map<string, Client>();
  for (const { atMs, event, member } of of.events) {
    if (member === undefined) continue;
    let client = clients.get(member);
    if (client === undefined) {
      client = new Client(member, 2 * clients.size + 1, of, stage, group);
      clients.set(member, client);
      stage.at(inNanos(atMs), () => clients.get(member)!.beat(false));
    }
    if (event === "crash") stage.at(inNanos(atMs), () => clients.get(member)!.crash());
    if (event === "member is slow to revoke") client.slow = true;
  }
  let state = "Empty";
  let epochs = "";
  stage.after = () => {
    const { epoch, targetEpoch } = group;
    if (group.state === state && (state !== "Stable" || epochs === `${epoch} ${targetEpoch}`)) return;
    state = group.state;
    epochs = `${epoch} ${targetEpoch}`;
    stage.note("group", { state, groupEpoch: epoch, assignmentEpoch: targetEpoch });
  };
  stage.onAlarm = (alarm) => {
    const { epoch } = group;
    group.expire(alarm);
    if (group.epoch === epoch) return;
    const { id } = [...clients.values()][Math.floor((alarm - 1) / 2)]!;
    stage.note("timer expired", { key: `${alarm % 2 === 1 ? "session" : "rebalance"}-timeout-g-${id}` });
  };
  stage.run(of.events.at(-1)!.atMs);
  return stage;
}

describe("the coordinator of a consumer group keeps the recorded times", () => {
  const { scenarios } = recorded("group-timelines") as { scenarios: readonly Timeline[] };

  it.each(scenarios.filter(({ protocol }) => protocol === "consumer"))("$name", (scenario) => {
    expect(play(scenario).events).toEqual(scenario.events);
  });
});
