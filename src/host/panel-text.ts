import { Disposable, window, workspace, type TextDocument } from "vscode";
import { openDocument, type TopologyFiles } from "./topology-files.ts";
import type { ResultsPanel } from "./results-panel.ts";

/** Milliseconds: who types or moves on is waited for. */
const pauseMs = 120;

/** Tells the panel what the text of its file says now, and what the cursor in it is about. */
export class PanelText implements Disposable {
  private readonly files: TopologyFiles;
  private readonly panel: ResultsPanel;
  /** The text that was run, by file. */
  private readonly ran: (uri: string) => string | undefined;
  private readonly watch: Disposable;
  private timer: NodeJS.Timeout | undefined;

  constructor(files: TopologyFiles, panel: ResultsPanel, ran: (uri: string) => string | undefined) {
    this.files = files;
    this.panel = panel;
    this.ran = ran;
    this.watch = Disposable.from(
      window.onDidChangeTextEditorSelection(({ textEditor }) => this.schedule(textEditor.document)),
      workspace.onDidChangeTextDocument(({ document }) => this.schedule(document)),
    );
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.watch.dispose();
  }

  /** Tells it now: the panel has got another run, or was opened. */
  async refresh(): Promise<void> {
    const { shown } = this.panel;
    const document = shown?.type === "result" ? openDocument(shown.uri) : undefined;
    if (document === undefined) return;
    try {
      await this.tell(document);
    } catch {
      // A language worker that stopped has been told of; the panel keeps what it shows.
    }
  }

  private schedule(document: TextDocument): void {
    const { shown } = this.panel;
    if (shown?.type !== "result" || shown.uri !== document.uri.toString()) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.refresh(), pauseMs);
  }

  private async tell(document: TextDocument): Promise<void> {
    const uri = document.uri.toString();
    const { version } = document;
    const editor = window.visibleTextEditors.find((one) => one.document === document);
    const offset = editor && document.offsetAt(editor.selection.active);
    const [graph, thing] = await Promise.all([
      document.getText() === this.ran(uri) ? undefined : this.files.ask("graph", document, undefined),
      offset === undefined ? undefined : this.files.ask("thing", document, { offset }),
    ]);
    if (document.version === version) this.panel.tellText({ type: "text", uri, graph, thing });
  }
}
