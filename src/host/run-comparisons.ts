import { commands, l10n, Uri, window, workspace, type Disposable } from "vscode";
import type { Comparison } from "../core/index.ts";
import type { FromPanel } from "../protocol/panel.ts";
import type { Outcome } from "../report/outcome.ts";
import type { Answer, Details, Question } from "../protocol/language.ts";
import type { Language } from "./language.ts";
import { number } from "./quantity.ts";
import { nameOf, ranScheme } from "./recognition.ts";
import type { ResultsPanel } from "./results-panel.ts";
import { lineOf, RunHistory, type KeptRun } from "./run-history.ts";
import { verdictOf } from "./verdict.ts";

type Two = Extract<FromPanel, { type: "compare" | "compareFiles" }>;

/** The last runs of each file, and what any two of them differ in: for the panel, and for the editor's own comparison of texts. */
export class RunComparisons implements Disposable {
  private readonly history: RunHistory;
  private readonly language: Language;
  private readonly panel: ResultsPanel;
  private readonly provider: Disposable;
  private asked = 0;

  constructor(storage: Uri, language: Language, panel: ResultsPanel) {
    this.history = new RunHistory(storage);
    this.language = language;
    this.panel = panel;
    this.provider = workspace.registerTextDocumentContentProvider(ranScheme, {
      provideTextDocumentContent: async (uri) => {
        const { file, id } = JSON.parse(uri.query) as { readonly file: string; readonly id: number };
        return (await this.find(file, id))?.text ?? l10n.t("This run is not kept any more.");
      },
    });
  }

  dispose(): void {
    this.provider.dispose();
  }

  /** A disk that takes nothing costs the runs of the next window alone. */
  async keep(outcome: Outcome): Promise<void> {
    await this.history.keep(outcome).catch(() => undefined);
  }

  /** How many runs of a file are kept. */
  async count(uri: string): Promise<number> {
    return (await this.history.of(uri)).length;
  }

  /** The id of the newest run of a file. */
  async newest(uri: string): Promise<number | undefined> {
    return (await this.history.of(uri))[0]?.id;
  }

  /** Tells the panel the runs of the file that it shows, and what the newest one brought. */
  async tell(uri: string): Promise<void> {
    const runs = await this.history.of(uri);
    const [newest, before] = runs;
    const since = newest && before && (await this.compared(uri, before, newest).catch(() => undefined));
    if (this.panel.shown?.type !== "result" || this.panel.shown.uri !== uri) return;
    this.panel.tellHistory({ type: "history", uri, runs: runs.map(lineOf), since });
  }

  /** Answers the panel what two runs differ in. */
  async compare({ uri, before, after }: Two): Promise<void> {
    const [older, newer] = await Promise.all([this.find(uri, before), this.find(uri, after)]);
    if (older === undefined || newer === undefined) return this.tell(uri);
    const comparison = await this.compared(uri, older, newer);
    if (comparison === undefined) return undefined;
    const [newest] = await this.history.of(uri);
    const earlier = newest?.id === after ? this.history.columnsOf(uri, before) : undefined;
    this.panel.answer({ type: "compared", uri, before, after, comparison, earlier });
  }

  /** Opens the editor's comparison of the file as two runs had it; which runs, is asked where none are named. */
  async compareFiles(uri: string, before?: number, after?: number): Promise<void> {
    const runs = await this.history.of(uri);
    const file = nameOf(Uri.parse(uri));
    if (runs.length < 2) {
      void window.showInformationMessage(
        l10n.t("{0} has been run less than twice: there is nothing to compare.", file),
      );
      return;
    }
    const older =
      (await this.find(uri, before)) ?? (await choose(runs.slice(1), l10n.t("The earlier of the two runs")));
    if (older === undefined) return;
    const newer =
      (await this.find(uri, after)) ??
      (await choose(
        runs.filter(({ id }) => id > older.id),
        l10n.t("The later of the two runs"),
      ));
    if (newer === undefined) return;
    const title = l10n.t("{0}: run {1} ↔ run {2}", file, older.id, newer.id);
    await commands.executeCommand("vscode.diff", ranFile(uri, older.id), ranFile(uri, newer.id), title);
  }

  /** A run of a file, while it is kept. */
  async find(uri: string, id: number | undefined): Promise<KeptRun | undefined> {
    return id === undefined ? undefined : (await this.history.of(uri)).find((run) => run.id === id);
  }

  /** What the file said when it was run. */
  async read(uri: string, run: KeptRun): Promise<Answer<"read"> | undefined> {
    return this.about(uri, run, "read", undefined);
  }

  private async compared(uri: string, before: KeptRun, after: KeptRun): Promise<Comparison | undefined> {
    const part = ({ text, summary, findings }: KeptRun) => ({ text, summary, findings });
    return this.about(uri, after, "compare", { before: part(before), after: part(after) });
  }

  /** Asked as about a file of its own: what is open goes on unharmed. */
  private async about<Asked extends Question>(
    uri: string,
    { id, text }: KeptRun,
    question: Asked,
    details: Details<Asked>,
  ): Promise<Answer<Asked> | undefined> {
    const source = {
      uri: ranFile(uri, id).with({ fragment: String(++this.asked) }),
      version: 1,
      getText: () => text,
    };
    try {
      return await this.language.ask(question, source, details);
    } finally {
      this.language.close(source);
    }
  }
}

/** The address of a file as a run had it; the name stays what it is, and with it the language. */
export function ranFile(file: string, id: number): Uri {
  return Uri.from({ scheme: ranScheme, path: Uri.parse(file).path, query: JSON.stringify({ file, id }) });
}

async function choose(runs: readonly KeptRun[], placeHolder: string): Promise<KeptRun | undefined> {
  const items = runs.map((run) => ({
    label: l10n.t("Run {0}", run.id),
    description: new Date(run.at).toLocaleString(),
    detail: l10n.t("seed {0} · {1}", number(run.summary.seed), verdictOf(run.summary)),
    run,
  }));
  return (await window.showQuickPick(items, { placeHolder }))?.run;
}
