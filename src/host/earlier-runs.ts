import { l10n, Uri, window } from "vscode";
import type { Outcome } from "../report/outcome.ts";
import type { Watched } from "./other-model.ts";
import { nameOf } from "./recognition.ts";
import type { ResultsPanel } from "./results-panel.ts";
import type { RunComparisons } from "./run-comparisons.ts";
import type { KeptRun } from "./run-history.ts";
import type { Simulator } from "./simulator.ts";

/** A run from before the latest one, run again from the text that was kept of it. */
export interface EarlierRun extends Pick<KeptRun, "id" | "at"> {
  readonly outcome: Outcome;
  /** Whether its figures are those that were kept: another version of the simulator may come to others. */
  readonly same: boolean;
}

/** Brings back what of the last runs is not kept: the same text and seed give the same run. */
export class EarlierRuns {
  private readonly comparisons: RunComparisons;
  private readonly simulator: Simulator;
  private readonly panel: ResultsPanel;
  /** What is asked for later counts: a run that somebody has started, or another one of the list. */
  private asked = 0;
  /** Of what was asked for, what is being run. */
  private running: number | undefined = undefined;

  constructor(comparisons: RunComparisons, simulator: Simulator, panel: ResultsPanel) {
    this.comparisons = comparisons;
    this.simulator = simulator;
    this.panel = panel;
  }

  /** Something else is to be shown: what is being brought back is not wanted any more. */
  forget(): void {
    this.asked++;
    if (this.running !== undefined) this.simulator.cancel();
  }

  /** Undefined where it came to nothing, of which the person knows, or something else has been asked for meanwhile. */
  async bringBack(uri: string, id: number, watch: () => Watched): Promise<EarlierRun | undefined> {
    const asked = ++this.asked;
    const kept = await this.comparisons.find(uri, id);
    if (kept === undefined) {
      await this.comparisons.tell(uri);
      return undefined;
    }
    const { at, text, summary } = kept;
    const read = await this.comparisons.read(uri, kept);
    if (asked !== this.asked || read === undefined) return undefined;
    const [error] = read.errors;
    if (error !== undefined) return this.refuse(uri, id, error.message);
    const { progress, ended } = watch();
    this.running = asked;
    const ending = await this.simulator.run(read.topology, progress);
    if (this.running === asked) this.running = undefined;
    ended();
    if (ending.type !== "done" || asked !== this.asked) {
      if (!this.simulator.busy) this.panel.endProgress();
      return ending.type === "failed" ? this.refuse(uri, id, ending.message) : undefined;
    }
    const { wallMs, result } = ending;
    const same = JSON.stringify(result.summary) === JSON.stringify(summary);
    return { id, at, same, outcome: { uri, text, meaning: read.meaning, wallMs, result } };
  }

  private refuse(uri: string, id: number, reason: string): undefined {
    void window.showErrorMessage(
      l10n.t("Run {0} of {1} cannot be run again: {2}", id, nameOf(Uri.parse(uri)), reason),
    );
  }
}
