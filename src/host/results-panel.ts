import { l10n, Uri, ViewColumn, window, type Disposable, type WebviewPanel } from "vscode";
import type { FromPanel, ToPanel } from "../protocol/panel.ts";
import type { Drawings } from "./drawings.ts";
import { resultsPage } from "./results-page.ts";

export const resultsView = "brokerlab.results";

type Place = Extract<FromPanel, { type: "place" }>;
export type Asked = Exclude<FromPanel, { type: "ready" | "place" }>;

/**
 * The one panel that shows results. A hidden page is thrown away by the editor; when it is shown again it says that it
 * is ready, and is told what stands now.
 */
export class ResultsPanel implements Disposable {
  private readonly extension: Uri;
  private readonly drawings: Drawings;
  private readonly asked: (message: Asked) => void;
  private panel: WebviewPanel | undefined;
  private ready = false;
  private outcome: ToPanel | undefined;
  private running: ToPanel | undefined;
  private text: ToPanel | undefined;
  private history: ToPanel | undefined;
  private models: ToPanel | undefined;
  private historyWanted = false;

  constructor(extension: Uri, drawings: Drawings, asked: (message: Asked) => void) {
    this.extension = extension;
    this.drawings = drawings;
    this.asked = asked;
  }

  /** Opens the panel beside the editor, or brings it to the front where it is; the editor keeps the cursor. */
  open(): void {
    if (this.panel !== undefined) {
      if (!this.panel.visible) this.panel.reveal(undefined, true);
      return;
    }
    const place = { viewColumn: ViewColumn.Beside, preserveFocus: true };
    this.adopt(window.createWebviewPanel(resultsView, l10n.t("BrokerLab Results"), place));
  }

  /** Takes a panel that VS Code has opened, ours or one from before a reload. */
  adopt(panel: WebviewPanel): void {
    this.panel?.dispose();
    this.panel = panel;
    this.ready = false;
    panel.iconPath = Uri.joinPath(this.extension, "media", "icon.png");
    panel.onDidDispose(() => {
      if (this.panel === panel) this.panel = undefined;
    });
    panel.onDidChangeViewState(() => {
      if (!panel.visible) this.ready = false;
    });
    panel.webview.onDidReceiveMessage((message: FromPanel) => {
      if (this.panel !== panel) return;
      if (message.type === "ready") this.start();
      else if (message.type === "place") void this.place(message);
      else this.asked(message);
    });
    panel.webview.options = {
      enableScripts: true,
      localResourceRoots: [Uri.joinPath(this.extension, "dist")],
    };
    panel.webview.html = resultsPage(panel.webview, this.extension);
  }

  /** What the panel shows until something else is shown: an outcome or a failure. */
  show(outcome: Extract<ToPanel, { type: "result" | "failed" }>): void {
    if (outcome.type === "result" && this.history?.type === "history" && this.history.uri !== outcome.uri)
      this.history = undefined;
    this.outcome = outcome;
    this.running = undefined;
    this.models = undefined;
    this.post(outcome);
  }

  showProgress(running: Extract<ToPanel, { type: "running" }>): void {
    this.running = running;
    this.post(running);
  }

  /** Takes progress away again: the page shows the outcome from before the run. */
  endProgress(): void {
    this.running = undefined;
    if (this.outcome !== undefined) this.post(this.outcome);
    else this.panel?.dispose();
  }

  /** What the file on display says now; kept for a page that is shown again. */
  tellText(text: Extract<ToPanel, { type: "text" }>): void {
    this.text = text;
    this.post(text);
  }

  /** The last runs of the file on display; kept for a page that is shown again. */
  tellHistory(history: Extract<ToPanel, { type: "history" }>): void {
    this.history = history;
    this.post(history);
    if (this.historyWanted) this.openHistory();
  }

  /** How the run on display fares beside the other broker model; kept for a page that is shown again, until the next run. */
  tellModels(models: Extract<ToPanel, { type: "models" }>): void {
    this.models = models;
    this.running = undefined;
    this.post(models);
  }

  /** Opens the list of runs, as soon as there is a page and a list. */
  openHistory(): void {
    this.historyWanted = !this.ready || this.history === undefined;
    if (!this.historyWanted) this.post({ type: "openHistory" });
  }

  /** What the page has asked for. */
  answer(message: Extract<ToPanel, { type: "compared" }>): void {
    this.post(message);
  }

  /** The result on display has become stale, or is true again; it is not sent once more. */
  mark(stale: boolean): void {
    if (this.outcome?.type !== "result") return;
    this.outcome = { ...this.outcome, stale };
    this.post({ type: "stale", stale });
  }

  get shown(): ToPanel | undefined {
    return this.outcome;
  }

  dispose(): void {
    this.panel?.dispose();
  }

  private start(): void {
    this.ready = true;
    if (this.outcome !== undefined) this.post(this.outcome);
    if (this.text !== undefined) this.post(this.text);
    if (this.history !== undefined) this.post(this.history);
    if (this.models !== undefined) this.post(this.models);
    if (this.historyWanted) this.openHistory();
    if (this.running !== undefined) this.post(this.running);
  }

  private async place({ number, drawing }: Place): Promise<void> {
    try {
      this.post({ type: "placed", number, placement: await this.drawings.place(drawing) });
    } catch (error) {
      this.post({
        type: "unplaced",
        number,
        message: error instanceof Error ? error.message : String(error),
      });
    }
  }

  private post(message: ToPanel): void {
    if (this.ready) void this.panel?.webview.postMessage(message);
  }
}
