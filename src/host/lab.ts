import {
  CodeActionKind,
  Disposable,
  l10n,
  languages,
  Uri,
  window,
  workspace,
  type ExtensionContext,
  type TextDocument,
  type WebviewPanel,
} from "vscode";
import { followActiveEditor, noteActiveEditor, setContext } from "./context-keys.ts";
import { Diagnostics } from "./diagnostics.ts";
import { Drawings } from "./drawings.ts";
import { EarlierRuns, type EarlierRun } from "./earlier-runs.ts";
import { languageFeatures, topologyDocuments } from "./language-features.ts";
import { Language } from "./language.ts";
import { newTopologyFile } from "./new-file.ts";
import { Outcomes } from "./outcomes.ts";
import { OtherModel, type Watched } from "./other-model.ts";
import { PanelText } from "./panel-text.ts";
import { QuickFixes } from "./quick-fixes.ts";
import { isTopologyFile, nameOf } from "./recognition.ts";
import { ResultsPanel, type Asked } from "./results-panel.ts";
import { ranFile, RunComparisons } from "./run-comparisons.ts";
import { RunLenses } from "./run-lenses.ts";
import { RunMarks } from "./run-marks.ts";
import { RunStatus } from "./run-status.ts";
import { refuse } from "./refusal.ts";
import { reveal } from "./reveal.ts";
import { Simulator } from "./simulator.ts";
import { saveOutcome, savePicture } from "./take-along.ts";
import { chooseTopologyFile } from "./topology-choice.ts";
import { isStale, TopologyFiles } from "./topology-files.ts";
import type { Workers } from "./worker-link.ts";
import type { Outcome } from "../report/outcome.ts";

/** Everything behind the commands: loaded with the first topology file. */
export class Lab {
  private readonly extension: Uri;
  private readonly language: Language;
  private readonly files: TopologyFiles;
  private readonly outcomes: Outcomes;
  private readonly lenses: RunLenses;
  private readonly marks: RunMarks;
  private readonly diagnostics: Diagnostics;
  private readonly simulator: Simulator;
  private readonly status = new RunStatus();
  private readonly panel: ResultsPanel;
  private readonly panelText: PanelText;
  private readonly comparisons: RunComparisons;
  private readonly earlierRuns: EarlierRuns;
  /** The run on display, where it is not the latest one of its file. */
  private earlier: EarlierRun | undefined = undefined;
  private readonly otherModel: OtherModel;

  constructor(context: ExtensionContext, workers: Workers) {
    this.extension = context.extensionUri;
    this.language = new Language(
      context.extensionUri,
      workers.language,
      (reason) => void this.stopped(reason),
    );
    this.files = new TopologyFiles(this.language);
    this.outcomes = new Outcomes(context.globalStorageUri, context.workspaceState);
    this.marks = new RunMarks(context.extensionUri, this.files, this.outcomes);
    this.diagnostics = new Diagnostics(context.extensionUri, this.files, (document, mended) => {
      if (mended) setContext("brokerlab.mended", true);
      this.lenses.refresh();
      void this.marks.refresh(document);
      noteActiveEditor();
    });
    this.simulator = new Simulator(context.extensionUri, workers.engine);
    const drawings = new Drawings(context.extensionUri, workers.layout);
    this.panel = new ResultsPanel(context.extensionUri, drawings, (message) => void this.asked(message));
    this.panelText = new PanelText(this.files, this.panel, (uri) => this.displayed(uri)?.text);
    this.comparisons = new RunComparisons(context.globalStorageUri, this.language, this.panel);
    this.earlierRuns = new EarlierRuns(this.comparisons, this.simulator, this.panel);
    this.otherModel = new OtherModel(
      context.extensionUri,
      workers.models,
      this.language,
      this.simulator,
      this.panel,
    );
    this.lenses = new RunLenses(this.files, this.outcomes, this.comparisons);
    context.subscriptions.push(
      this.panelText,
      this.comparisons,
      this.language,
      this.marks,
      this.diagnostics,
      this.simulator,
      this.status,
      this.panel,
      drawings,
      languages.registerCodeLensProvider(topologyDocuments, this.lenses),
      languages.registerCodeActionsProvider(topologyDocuments, new QuickFixes(this.files), {
        providedCodeActionKinds: [CodeActionKind.QuickFix],
      }),
      languageFeatures(context.extensionUri, this.language, this.files),
      this.followDocuments(),
      followActiveEditor(),
    );
    this.checkOpenFiles();
  }

  /** Runs the file that `target` names (a `Uri` or its text), else the one in the active editor. */
  async run(target?: unknown): Promise<void> {
    const document = await chooseTopologyFile(target);
    if (document === undefined) return;
    const read = await this.read(document);
    if (read === undefined) return;
    const { topology, errors, text, meaning } = read;
    const file = nameOf(document.uri);
    if (errors.length > 0) {
      await this.diagnostics.refresh(document);
      await refuse(document, errors);
      return;
    }
    const uri = document.uri.toString();
    this.earlierRuns.forget();
    this.panel.open();
    const { progress, ended } = this.watch(file);
    const ending = await this.simulator.run(topology, progress);
    ended();
    switch (ending.type) {
      case "done": {
        const outcome: Outcome = { uri, text, meaning, wallMs: ending.wallMs, result: ending.result };
        const kept = Promise.all([this.outcomes.keep(outcome), this.comparisons.keep(outcome)]);
        this.show(outcome);
        this.lenses.refresh();
        await Promise.all([kept, this.marks.refresh(document)]);
        // One run more is kept now.
        this.lenses.refresh();
        await this.comparisons.tell(uri);
        break;
      }
      case "cancelled":
        if (!this.simulator.busy) this.panel.endProgress();
        break;
      case "failed": {
        const message = l10n.t("{0} (seed {1}): {2}", file, topology.run.seed, ending.message);
        this.panel.show({ type: "failed", file, message });
        void window.showErrorMessage(message);
        break;
      }
    }
  }

  cancel(): void {
    this.simulator.cancel();
  }

  async showResults(target?: unknown): Promise<void> {
    const uri = typeof target === "string" ? target : window.activeTextEditor?.document.uri.toString();
    const outcome = await this.outcomes.find(uri);
    if (outcome === undefined) {
      await this.offerRun(target);
      return;
    }
    this.show(outcome);
    this.panel.open();
    await this.comparisons.tell(outcome.uri);
  }

  /** Shows the results with the list of the last runs open. */
  async showHistory(target?: unknown): Promise<void> {
    await this.showResults(target);
    if (this.panel.shown !== undefined) this.panel.openHistory();
  }

  /** Of the active editor's file, else of the one whose results are shown: the texts of two runs side by side. */
  async compareRuns(target?: unknown): Promise<void> {
    const active = window.activeTextEditor?.document;
    const shown = this.panel.shown?.type === "result" ? this.panel.shown.uri : undefined;
    const uri =
      target instanceof Uri
        ? target.toString()
        : active !== undefined && isTopologyFile(active)
          ? active.uri.toString()
          : shown;
    if (uri === undefined) await this.offerRun(undefined);
    else await this.comparisons.compareFiles(uri);
  }

  /** Runs the file where its last run is not of this text, then the same workload in the other broker model. */
  async compareModels(target?: unknown): Promise<void> {
    const document = await chooseTopologyFile(target);
    if (document === undefined) return;
    const uri = document.uri.toString();
    const ran = (): Outcome | undefined => {
      const latest = this.outcomes.latest(uri);
      return latest?.text === document.getText() ? latest : undefined;
    };
    if (ran() === undefined) await this.run(document.uri);
    const outcome = ran();
    if (outcome === undefined) return;
    const { shown } = this.panel;
    if (shown?.type !== "result" || shown.uri !== uri || shown.earlier !== undefined) this.show(outcome);
    this.panel.open();
    const file = l10n.t("{0} in the other model", nameOf(document.uri));
    await this.otherModel
      .compare(outcome, () => this.watch(file))
      .catch((error: unknown) => this.toldWhy(file, error));
  }

  async openOtherModel(target?: unknown): Promise<void> {
    const document = await chooseTopologyFile(target);
    if (document === undefined) return;
    const read = await this.read(document);
    if (read === undefined) return;
    if (read.errors.length > 0) await refuse(document, read.errors);
    else
      await this.otherModel
        .open(document)
        .catch((error: unknown) => this.toldWhy(nameOf(document.uri), error));
  }

  async newFile(): Promise<void> {
    await newTopologyFile(this.extension);
  }

  /** Fills a panel that stood open when the window was reloaded. */
  async restore(panel: WebviewPanel): Promise<void> {
    this.panel.adopt(panel);
    const outcome = await this.outcomes.find(undefined);
    if (outcome === undefined) return;
    this.show(outcome);
    this.lenses.refresh();
    await this.comparisons.tell(outcome.uri);
  }

  /** Saves the results on display, else those of the active editor's file, else the last ones. */
  async saveResults(form?: unknown, target?: unknown): Promise<void> {
    const { shown } = this.panel;
    const uri = shown?.type === "result" ? shown.uri : window.activeTextEditor?.document.uri.toString();
    const outcome = (uri && this.displayed(uri)) || (await this.outcomes.find(uri));
    if (outcome === undefined) await this.offerRun(undefined);
    else await saveOutcome(outcome, this.extension, form, target instanceof Uri ? target : undefined);
  }

  private async asked(message: Asked): Promise<void> {
    switch (message.type) {
      case "runAgain":
        return this.run(message.uri);
      case "compareModels":
        return this.compareModels(message.uri);
      case "openOther":
        return this.openOtherModel(message.uri);
      case "reveal":
        return this.reveal(message.uri, message.start, message.end);
      case "take":
        return this.saveResults(message.form);
      case "openRun":
        return this.openRun(message.uri, message.id);
      case "compare":
        return this.comparisons.compare(message);
      case "compareFiles":
        return this.comparisons.compareFiles(message.uri, message.before, message.after);
      case "picture":
        return savePicture(message.uri, message.of, message.format, message.bytes);
    }
  }

  /** Shows a run of the list in full: an earlier one is run again from its text. */
  private async openRun(uri: string, id: number | undefined): Promise<void> {
    if (id === undefined || id === (await this.comparisons.newest(uri))) {
      const outcome = await this.outcomes.find(uri);
      if (outcome?.uri === uri) this.show(outcome);
      return;
    }
    const file = l10n.t("run {0} of {1}", id, nameOf(Uri.parse(uri)));
    const earlier = await this.earlierRuns
      .bringBack(uri, id, () => this.watch(file))
      .catch((error: unknown) => this.toldWhy(file, error));
    if (earlier !== undefined) this.show(earlier.outcome, earlier);
  }

  /** What the panel shows of a file, or would show. */
  private displayed(uri: string): Outcome | undefined {
    return this.earlier?.outcome.uri === uri ? this.earlier.outcome : this.outcomes.latest(uri);
  }

  /** Places in an earlier run are those of the text as it was then, where the file says something else now. */
  private async reveal(uri: string, start: number, end: number): Promise<void> {
    const { earlier } = this;
    const older = earlier?.outcome.uri === uri && isStale(earlier.outcome);
    await reveal(older ? ranFile(uri, earlier.id) : Uri.parse(uri), start, end);
  }

  /** Shows how far a run is, until it has ended. */
  private watch(file: string): Watched {
    const show = (share: number): void => {
      this.status.show(file, share);
      this.panel.showProgress({ type: "running", file, share });
    };
    show(0);
    setContext("brokerlab.running", true);
    return {
      progress: ({ share }) => show(share),
      ended: () => {
        if (this.simulator.busy) return;
        this.status.hide();
        setContext("brokerlab.running", false);
      },
    };
  }

  private toldWhy(file: string, error: unknown): undefined {
    const reason = error instanceof Error ? error.message : String(error);
    void window.showErrorMessage(l10n.t("{0} was not run. {1}", file, reason));
  }

  private async offerRun(target: unknown): Promise<void> {
    const run = l10n.t("Run Simulation");
    const chosen = await window.showInformationMessage(
      l10n.t("No topology has been run in this window yet."),
      run,
    );
    if (chosen === run) await this.run(target);
  }

  /** Where the setting asks for it, a file that was saved without errors is run. */
  private async runSaved(document: TextDocument): Promise<void> {
    if (!isTopologyFile(document)) return;
    if (!workspace.getConfiguration("brokerlab", document).get("runOnSave", false)) return;
    const checked = await this.files.check(document).catch(() => undefined);
    // Who saves a broken file sees its problems; a message at each save would be in the way.
    if (checked?.problems.every(({ severity }) => severity !== "error")) await this.run(document.uri);
  }

  private checkOpenFiles(): void {
    for (const document of workspace.textDocuments)
      if (isTopologyFile(document)) void this.diagnostics.refresh(document);
  }

  private async read(document: TextDocument) {
    try {
      return await this.files.read(document);
    } catch (error) {
      this.toldWhy(nameOf(document.uri), error);
      return undefined;
    }
  }

  private async stopped(reason: string): Promise<void> {
    const again = l10n.t("Start It Again");
    if ((await window.showErrorMessage(reason, again)) !== again) return;
    this.language.startAgain();
    this.checkOpenFiles();
  }

  private show(outcome: Outcome, earlier?: EarlierRun): void {
    const { uri, wallMs, result } = outcome;
    const file = nameOf(Uri.parse(uri));
    this.earlier = earlier;
    this.earlierRuns.forget();
    const mark = earlier && { id: earlier.id, at: earlier.at, same: earlier.same };
    const stale = isStale(outcome);
    this.panel.show({ type: "result", file, uri, wallMs, result, stale, earlier: mark });
    void this.panelText.refresh();
  }

  /** Tells the panel when an edit makes its result stale, and when undoing makes it true again. */
  private followStaleness(document: TextDocument): void {
    const { shown } = this.panel;
    const uri = document.uri.toString();
    if (shown?.type !== "result" || shown.uri !== uri) return;
    const outcome = this.displayed(uri);
    if (outcome !== undefined && isStale(outcome) !== shown.stale) this.panel.mark(!shown.stale);
  }

  private followDocuments(): Disposable {
    return Disposable.from(
      workspace.onDidOpenTextDocument((document) => {
        if (isTopologyFile(document)) this.diagnostics.schedule(document, 0);
      }),
      workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length === 0) return;
        const known = isTopologyFile(document) || this.files.lastCheck(document) !== undefined;
        if (known) this.diagnostics.schedule(document);
        if (known && document === window.activeTextEditor?.document) setContext("brokerlab.typed", true);
        this.followStaleness(document);
      }),
      workspace.onDidSaveTextDocument((document) => void this.runSaved(document)),
      workspace.onDidCloseTextDocument((document) => {
        this.diagnostics.close(document);
        this.language.close(document);
      }),
      workspace.onDidChangeConfiguration((change) => {
        if (!change.affectsConfiguration("brokerlab.checks")) return;
        this.checkOpenFiles();
      }),
    );
  }
}
