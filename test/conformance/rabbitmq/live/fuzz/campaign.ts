import { RuleCounts, ruleNames } from "../../../../../src/core/queue/coverage.ts";
import { playScenario } from "../../../../../src/core/queue/scenario-player.ts";
import type { Scenario } from "../../../../../src/core/queue/scenario.ts";
import type { Stage } from "../live-player.ts";
import { generateScenario, type Source } from "./generate.ts";
import { judge, playOnce, type Difference, type Verdict } from "./fuzz.ts";
import type { PlayedScenario } from "./mutation.ts";

/** Priorities of quorum queues came with 4.0: no script can make a 3.10 server go by them. */
const later = ["Q7"];
const progressEvery = 250;
/** How often each rule has to decide something in so many scenarios. Of fewer, chance takes up to so many deviations off. */
const required = { times: 100, scenarios: 2000, deviations: 3 };
/** Scenarios in a hundred that may prove nothing. */
const doubtsMax = 1;

/** Many random scenarios of one seed, and what came of them. */
export class Campaign {
  readonly played: PlayedScenario[] = [];
  /** What makes it a failure, a line each. */
  readonly failures: string[] = [];
  private readonly doubts: string[] = [];
  /** Alike when they were played again. */
  private again = 0;
  private readonly unlike: { readonly number: number; readonly scenario: Scenario }[] = [];
  private readonly rules = new RuleCounts();
  private readonly source: Source;
  private readonly tell: (line: string) => void;
  private readonly start = performance.now();

  constructor(source: Source, tell: (line: string) => void) {
    this.source = source;
    this.tell = tell;
  }

  get alike(): number {
    return this.played.length;
  }

  /** Once; what comes out otherwise, or breaks off while others take the server's time, waits for `judgeUnlike`. */
  async play(number: number, stage: Stage): Promise<void> {
    const scenario = generateScenario(this.source, number);
    const verdict = await playOnce(scenario, stage).catch(() => undefined);
    if (verdict === undefined) this.unlike.push({ number, scenario });
    else this.take(number, verdict);
    if (this.done % progressEvery === 0) this.tell(`… ${this.done} after ${this.seconds} s`);
  }

  /** One after the other, while nothing else is played. */
  async judgeUnlike(stage: Stage): Promise<void> {
    for (const { number, scenario } of this.unlike.splice(0))
      await this.guard(number, async () => this.take(number, await judge(scenario, stage)));
  }

  report(): void {
    const { alike, doubts, tell } = this;
    const { seed } = this.source;
    tell(
      `${alike} random scenarios of seed ${seed} are alike, live and simulated (${this.again} when played again); ` +
        `${this.failures.length} differ or broke off; ${doubts.length} prove nothing; ${this.seconds} s`,
    );
    for (const doubt of doubts) tell(`  ${doubt}`);
    if (doubts.length > Math.max(1, (doubtsMax / 100) * this.done))
      this.failures.push(`${doubts.length} of ${this.done} scenarios prove nothing`);
  }

  /** How often each rule decided something, which it has to do often enough. */
  reportRules(): void {
    const share = (required.times * this.done) / required.scenarios;
    const chance = this.done < required.scenarios ? required.deviations * Math.sqrt(share) : 0;
    const needed = Math.max(1, Math.ceil(share - chance));
    const counted = ruleNames.filter((rule) => !later.includes(rule));
    this.tell(
      `rules decided, each ${needed} times or more: ${counted.map((rule) => `${rule} ${this.rules.of(rule)}`).join(", ")}`,
    );
    for (const rule of counted)
      if (this.rules.of(rule) < needed)
        this.failures.push(`rule ${rule} decided ${this.rules.of(rule)} times, expected ${needed} or more`);
  }

  private get done(): number {
    return this.alike + this.doubts.length + this.failures.length + this.unlike.length;
  }

  private get seconds(): string {
    return ((performance.now() - this.start) / 1000).toFixed(0);
  }

  /** Where one of the two cannot go on. */
  private async guard(number: number, play: () => Promise<void>): Promise<void> {
    try {
      await play();
    } catch (error) {
      const why = error instanceof Error ? error.stack : String(error);
      this.failures.push(`scenario ${number} of seed ${this.source.seed} broke off: ${why}`);
    }
  }

  private take(number: number, verdict: Verdict): void {
    switch (verdict.kind) {
      case "same":
        this.played.push(verdict);
        if (verdict.again) this.again++;
        playScenario(verdict.scenario, "3.10", this.rules);
        break;
      case "doubtful":
        this.doubts.push(`${number}: ${verdict.why}`);
        break;
      case "different":
        this.failures.push(this.shown(number, verdict.difference));
    }
  }

  private shown(number: number, { scenario, live, where }: Difference): string {
    const { seed, flavour } = this.source;
    const kind = flavour === undefined ? "" : ` --flavour "${flavour}"`;
    return [
      `scenario ${number} of seed ${seed}: ${where} (the server's here, the simulator's there)`,
      `  again: npm run conformance:rabbitmq -- --seed ${seed}${kind} --only ${number}`,
      `  scenario: ${JSON.stringify(scenario)}`,
      `  server: ${JSON.stringify(live)}`,
      `  simulator: ${JSON.stringify(playScenario(scenario))}`,
    ].join("\n");
  }
}
