import { Cluster } from "./cluster.ts";
import type { Facts } from "./facts.ts";
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
    for (const [i, { name }] of together.entries()) {
      const line = i % atOnce;
      lines[line] = this.after(lines[line]!, name);
    }
    let last: Promise<unknown> = Promise.allSettled(lines);
    for (const { name, alone } of scenarios) if (alone !== undefined) last = this.after(last, name);
  }

  /** What came of it. */
  outcome(name: string): Promise<Facts> {
    return this.plays.get(name)!;
  }

  play(name: string): Promise<Facts> {
    const text = scenarioText(name);
    // Nothing is deleted: each play has names of its own.
    return this.player.play(
      name,
      planOf(`${name}.${this.played++}.`, text, simulated(text), this.cluster.bootstrap),
      () => {},
    );
  }

  async close(): Promise<void> {
    await this.player.stop();
    await this.cluster.stop();
  }

  private after(before: Promise<unknown>, name: string): Promise<unknown> {
    const play = before.then(() => this.play(name));
    this.plays.set(name, play);
    // Whoever asks for it is told.
    return play.catch(() => {});
  }
}
