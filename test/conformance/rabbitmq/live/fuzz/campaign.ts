import { RuleCounts, ruleNames } from "../../../../../src/core/queue/coverage.ts";
import { playScenario } from "../../../../../src/core/queue/scenario-player.ts";
import type { Stage } from "../live-player.ts";
import type { PlayedScenario } from "./mutation.ts";
import { playRandom, type Difference, type Verdict } from "./fuzz.ts";

/** Not in a random script of one 3.10 server: Q7 belongs to 4.x, S1 to restarts. */
const elsewhere = ["Q7", "S1"];
const progressEvery = 250;

/** Many random scenarios of one seed, and what came of them. */
export class Campaign {
  readonly differences: Difference[] = [];
  readonly played: PlayedScenario[] = [];
  /** Where one of the two could not go on. */
  private readonly broken: number[] = [];
  private readonly doubts: string[] = [];
  private readonly rules = new RuleCounts();
  private readonly seed: number;
  private readonly tell: (line: string) => void;
  private readonly start = performance.now();

  constructor(seed: number, tell: (line: string) => void) {
    this.seed = seed;
    this.tell = tell;
  }

  get alike(): number {
    return this.played.length;
  }

  get failed(): number {
    return this.differences.length + this.broken.length;
  }

  async play(number: number, stage: Stage): Promise<void> {
    try {
      this.take(number, await playRandom(this.seed, number, stage));
    } catch (error) {
      this.broken.push(number);
      this.tell(
        `✗ scenario ${number} of seed ${this.seed}: ${error instanceof Error ? error.stack : String(error)}`,
      );
    }
    const done = this.alike + this.doubts.length + this.failed;
    if (done % progressEvery === 0) this.tell(`… ${done} after ${this.seconds} s`);
  }

  private take(number: number, verdict: Verdict): void {
    switch (verdict.kind) {
      case "same":
        this.played.push(verdict);
        playScenario(verdict.scenario, "3.10", this.rules);
        break;
      case "unpromised":
        this.doubts.push(`${number}: ${verdict.why}`);
        break;
      case "different":
        this.differences.push(verdict.difference);
        this.show(number, verdict.difference);
    }
  }

  report(): void {
    const { alike, doubts, differences, tell } = this;
    tell(
      `${alike} random scenarios of seed ${this.seed} are alike, live and simulated; ${differences.length} differ; ${this.broken.length} broke off; ` +
        `${doubts.length} prove nothing; ${this.seconds} s`,
    );
    for (const doubt of doubts) tell(`  ${doubt}`);
    const counted = ruleNames.filter((rule) => !elsewhere.includes(rule));
    tell(`rules decided: ${counted.map((rule) => `${rule} ${this.rules.of(rule)}`).join(", ")}`);
  }

  private get seconds(): string {
    return ((performance.now() - this.start) / 1000).toFixed(0);
  }

  private show(number: number, { scenario, live, where }: Difference): void {
    this.tell(
      [
        `✗ scenario ${number} of seed ${this.seed}: ${where} (the server's here, the simulator's there)`,
        `  again: npm run conformance:rabbitmq -- --seed ${this.seed} --only ${number}`,
        `  scenario: ${JSON.stringify(scenario)}`,
        `  server: ${JSON.stringify(live)}`,
        `  simulator: ${JSON.stringify(playScenario(scenario))}`,
      ].join("\n"),
    );
  }
}
