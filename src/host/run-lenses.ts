import {
  CodeLens,
  EventEmitter,
  l10n,
  Range,
  type CancellationToken,
  type CodeLensProvider,
  type TextDocument,
} from "vscode";
import type { PlacedExpectation, Summary } from "../core/index.ts";
import type { Outcome } from "../report/outcome.ts";
import type { Outcomes } from "./outcomes.ts";
import { rangeOf } from "./positions.ts";
import { number, quantity } from "./quantity.ts";
import { isTopologyFile, topologyKeyAt } from "./recognition.ts";
import type { TopologyFiles } from "./topology-files.ts";
import { verdictOf } from "./verdict.ts";

type ExpectationOutcome = Summary["expect"][number];

/** Who knows how many runs of a file are kept. */
interface KeptRuns {
  count(uri: string): Promise<number>;
}

/**
 * Over the `topology:` line: run it, how its last run ended, that run beside the other broker model, and beside those before it. Over each expectation: what
 * that run measured.
 */
export class RunLenses implements CodeLensProvider {
  private readonly files: TopologyFiles;
  private readonly outcomes: Outcomes;
  private readonly kept: KeptRuns;
  private readonly changed = new EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.changed.event;

  constructor(files: TopologyFiles, outcomes: Outcomes, kept: KeptRuns) {
    this.files = files;
    this.outcomes = outcomes;
    this.kept = kept;
  }

  refresh(): void {
    this.changed.fire();
  }

  async provideCodeLenses(document: TextDocument, token: CancellationToken): Promise<CodeLens[]> {
    if (!isTopologyFile(document)) return [];
    const outcome = this.outcomes.latest(document.uri.toString());
    const over = await this.overFile(document, outcome);
    if (outcome === undefined || outcome.result.summary.expect.length === 0) return over;
    return [...over, ...(await this.overExpectations(document, outcome, token))];
  }

  private async overFile(document: TextDocument, outcome: Outcome | undefined): Promise<CodeLens[]> {
    const at = document.positionAt(topologyKeyAt(document.getText()));
    const line = new Range(at, at);
    const target = document.uri.toString();
    // The last check will do: the lenses are asked for anew when the text has been checked.
    const seed = this.files.lastCheck(document)?.seed;
    const run = new CodeLens(line, {
      title: seed === undefined ? l10n.t("▷ Run") : l10n.t("▷ Run · seed {0}", seed),
      tooltip: l10n.t("Simulate this topology"),
      command: "brokerlab.run",
      arguments: [target],
    });
    if (outcome === undefined) return [run];
    const verdict = verdictOf(outcome.result.summary);
    const title = outcome.text === document.getText() ? verdict : beforeEdits(verdict);
    const over = [run, results(line, target, title), otherModel(line, target)];
    const runs = await this.kept.count(target);
    if (runs > 1)
      over.push(
        new CodeLens(line, {
          title: l10n.t("⇄ Compare {0} runs", number(runs)),
          tooltip: l10n.t("Show the last runs of this file, and what any two of them differ in"),
          command: "brokerlab.showHistory",
          arguments: [target],
        }),
      );
    return over;
  }

  private async overExpectations(
    document: TextDocument,
    outcome: Outcome,
    token: CancellationToken,
  ): Promise<CodeLens[]> {
    const places = await this.files
      .ask("resultPlaces", document, { things: [] }, token)
      .catch(() => undefined);
    if (places === undefined) return [];
    const measured = new Map(outcome.result.summary.expect.map((one) => [contentOf(one), one]));
    return places.expectations.flatMap((expectation) => {
      const found = measured.get(contentOf(expectation));
      if (found === undefined) return [];
      const title = titleOf(found, expectation.unit);
      const { start } = rangeOf(document, expectation.span);
      return results(
        new Range(start, start),
        document.uri.toString(),
        places.meaning === outcome.meaning ? title : beforeEdits(title),
      );
    });
  }
}

/** The same for an expectation of the file and the one that a run has held. */
function contentOf({ metric, of, bound, during }: ExpectationOutcome | PlacedExpectation): string {
  return JSON.stringify([metric, of, bound, during]);
}

function titleOf({ holds, actual }: ExpectationOutcome, unit: PlacedExpectation["unit"]): string {
  const value = actual === null ? l10n.t("not measured") : quantity(actual, unit);
  return holds ? l10n.t("✓ holds: {0}", value) : l10n.t("✗ fails: {0}", value);
}

const beforeEdits = (title: string): string => l10n.t("{0} (before the last edits)", title);

function otherModel(range: Range, target: string): CodeLens {
  return new CodeLens(range, {
    title: l10n.t("⇆ Compare models"),
    tooltip: l10n.t("Run the same workload in the other broker model, and show both side by side"),
    command: "brokerlab.compareModels",
    arguments: [target],
  });
}

function results(range: Range, target: string, title: string): CodeLens {
  return new CodeLens(range, {
    title,
    tooltip: l10n.t("Show the results of the last run"),
    command: "brokerlab.showResults",
    arguments: [target],
  });
}
