import { Cluster } from "./cluster.ts";
import type { Topology } from "../../../../src/core/index.ts";
import type { Facts } from "./facts.ts";
import { NodeProducer } from "./node-client/node-producer.ts";
import { scenarioText } from "./outcome.ts";
import { brokerSettings, planOf } from "./plan.ts";
import { Player } from "./player.ts";
import type { Scenario } from "./scenarios.ts";
import { simulated } from "./simulated.ts";

/** Scenarios that are played at the same time: mostly they wait. */
const atOnce = 5;

/** A cluster as a scenario wants it. */
export interface Setting {
  readonly brokers: number;
  readonly racks: readonly string[];
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Scenarios that want the same cluster, by what it is. */
export function bySetting(scenarios: readonly Scenario[]): Map<string, Scenario[]> {
  const groups = new Map<string, Scenario[]>();
  for (const scenario of scenarios) {
    const text = scenarioText(scenario.name);
    const { brokers, racks } = simulated(text).topology.kafka!;
    const setting: Setting = { brokers, racks, settings: brokerSettings(text) };
    const key = JSON.stringify(setting);
    groups.set(key, [...(groups.get(key) ?? []), scenario]);
  }
  return groups;
}

/** What the timeline does to brokers' processes; `at` in ns. */
function brokerFaults({ timeline }: Topology): { at: number; fault: (cluster: Cluster) => unknown }[] {
  return timeline.flatMap(({ at, action }) => {
    if (action.kind !== "crash" && action.kind !== "start" && action.kind !== "stop") return [];
    const { kind, target } = action;
    if (target.kind !== "broker") return [];
    const { number } = target;
    if (kind === "start") return [{ at, fault: (cluster: Cluster) => cluster.startBroker(number) }];
    const signal = kind === "crash" ? "SIGKILL" : "SIGTERM";
    return [{ at, fault: (cluster: Cluster) => cluster.endBroker(number, signal) }];
  });
}

/** A cluster with its clients, and the scenarios that are played on it. */
export class Stage {
  private readonly cluster: Cluster;
  private readonly player: Player;
  private played = 0;
  private readonly plays = new Map<string, Promise<Facts>>();

  private constructor(cluster: Cluster, player: Player) {
    this.cluster = cluster;
    this.player = player;
  }

  static async open(classpath: string, { brokers, racks, settings }: Setting): Promise<Stage> {
    const cluster = await Cluster.start(classpath, brokers, racks, settings);
    try {
      return new Stage(cluster, await Player.start(classpath, cluster.bootstrap));
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  /** Begins with those that may be played side by side; the others wait until they are done. */
  begin(scenarios: readonly Scenario[]): void {
    const lines: Promise<unknown>[] = Array.from({ length: atOnce }, () => Promise.resolve());
    const together = scenarios.filter(({ alone }) => alone === undefined);
    for (const [i, scenario] of together.entries()) {
      const line = i % atOnce;
      lines[line] = this.after(lines[line]!, scenario);
    }
    let last: Promise<unknown> = Promise.allSettled(lines);
    for (const scenario of scenarios) if (scenario.alone !== undefined) last = this.after(last, scenario);
  }

  /** What came of it. */
  outcome(name: string): Promise<Facts> {
    return this.plays.get(name)!;
  }

  /** Once more, when nothing else is played any more. */
  async again(scenario: Scenario): Promise<Facts> {
    await Promise.allSettled(this.plays.values());
    return this.play(scenario);
  }

  private async play({ name, ofNode }: Scenario): Promise<Facts> {
    const text = scenarioText(name);
    const run = simulated(text);
    const faults = brokerFaults(run.topology);
    // Nothing is deleted: each play has names of its own.
    const plan = planOf(`${name}.${this.played++}.`, text, run, this.cluster.bootstrap, ofNode);
    const producers = await Promise.all(
      plan.producers.filter(({ client }) => client === "node").map((one) => NodeProducer.connect(plan, one)),
    );
    const pending: NodeJS.Timeout[] = [];
    try {
      const accepted: ReturnType<NodeProducer["play"]>[] = [];
      const facts = await this.player.play(name, plan, (zero) => {
        for (const producer of producers) accepted.push(producer.play(zero));
        for (const { at, fault } of faults)
          pending.push(setTimeout(() => void fault(this.cluster), zero + at / 1e6 - Date.now()));
      });
      const sends = facts.sends.slice();
      for (const [n, at] of (await Promise.all(accepted)).flat()) sends[n] = [sends[n]![0], at];
      return { ...facts, sends };
    } finally {
      for (const one of pending) clearTimeout(one);
      if (faults.length > 0) await this.cluster.mend();
    }
  }

  async close(): Promise<void> {
    await this.player.stop();
    await this.cluster.stop();
  }

  private after(before: Promise<unknown>, scenario: Scenario): Promise<unknown> {
    const play = before.then(() => this.play(scenario));
    this.plays.set(scenario.name, play);
    // Whoever asks for it is told.
    return play.catch(() => {});
  }
}
