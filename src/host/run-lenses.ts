import { CodeLens, EventEmitter, Range, type CodeLensProvider, type TextDocument } from "vscode";
import type { Outcomes } from "./outcomes.ts";
import { isTopologyFile, topologyKeyAt } from "./recognition.ts";
import type { TopologyFiles } from "./topology-files.ts";
import { verdictOf } from "./verdict.ts";

/** Over the `topology:` line: run it, and how its last run ended. */
export class RunLenses implements CodeLensProvider {
  private readonly files: TopologyFiles;
  private readonly outcomes: Outcomes;
  private readonly changed = new EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.changed.event;

  constructor(files: TopologyFiles, outcomes: Outcomes) {
    this.files = files;
    this.outcomes = outcomes;
  }

  refresh(): void {
    this.changed.fire();
  }

  provideCodeLenses(document: TextDocument): CodeLens[] {
    if (!isTopologyFile(document)) return [];
    const at = document.positionAt(topologyKeyAt(document.getText()));
    const line = new Range(at, at);
    const target = document.uri.toString();
    // The last check will do: the lenses are asked for anew when the text has been checked.
    const seed = this.files.lastCheck(document)?.seed;
    const run = new CodeLens(line, {
      title: seed === undefined ? "▷ Run" : `▷ Run · seed ${seed}`,
      tooltip: "Simulate this topology",
      command: "brokerlab.run",
      arguments: [target],
    });
    const outcome = this.outcomes.latest(target);
    if (outcome === undefined) return [run];
    const stale = outcome.text === document.getText() ? "" : " (before the last edits)";
    const results = new CodeLens(line, {
      title: `${verdictOf(outcome.result.summary)}${stale}`,
      tooltip: "Show the results of the last run",
      command: "brokerlab.showResults",
      arguments: [target],
    });
    return [run, results];
  }
}
