import {
  Diagnostic,
  DiagnosticRelatedInformation,
  DiagnosticSeverity,
  languages,
  Location,
  Uri,
  workspace,
  type Disposable,
  type TextDocument,
} from "vscode";
import type { Problem, Severity } from "../core/index.ts";
import { rangeOf } from "./positions.ts";
import { isTopologyFile } from "./recognition.ts";
import type { CheckedVersion, TopologyFiles } from "./topology-files.ts";

/** Checks wait until typing has paused for so long. */
const pauseMs = 150;

export const diagnosticSource = "brokerlab";

type Shown = Severity | "off";

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
};

/** Shows the problems of the open topology files while they are typed. */
export class Diagnostics implements Disposable {
  private readonly extension: Uri;
  private readonly files: TopologyFiles;
  private readonly refreshed: (document: TextDocument, mended: boolean) => void;
  private readonly collection = languages.createDiagnosticCollection(diagnosticSource);
  private readonly waiting = new Map<TextDocument, NodeJS.Timeout>();

  constructor(extension: Uri, files: TopologyFiles, refreshed: Diagnostics["refreshed"]) {
    this.extension = extension;
    this.files = files;
    this.refreshed = refreshed;
  }

  /** Checks the document as it will be once typing has paused; an edit before then starts the wait again. */
  schedule(document: TextDocument, waitMs = pauseMs): void {
    clearTimeout(this.waiting.get(document));
    this.waiting.set(
      document,
      setTimeout(() => {
        this.waiting.delete(document);
        void this.refresh(document);
      }, waitMs),
    );
  }

  /** Ends when the document's problems are shown, or when it has changed meanwhile and they are not worth showing. */
  async refresh(document: TextDocument): Promise<void> {
    const before = this.collection.get(document.uri) ?? [];
    let now = before;
    if (isTopologyFile(document)) {
      const checked = await this.checked(document);
      if (document.isClosed || checked?.version !== document.version) return;
      const shown = this.diagnostics(document, checked.problems);
      now = shown;
      this.collection.set(document.uri, shown);
    } else {
      this.collection.delete(document.uri);
    }
    this.refreshed(document, someMended(before, now));
  }

  close(document: TextDocument): void {
    clearTimeout(this.waiting.get(document));
    this.waiting.delete(document);
    this.collection.delete(document.uri);
  }

  dispose(): void {
    for (const timer of this.waiting.values()) clearTimeout(timer);
    this.collection.dispose();
  }

  /** A worker that stopped has been told of; what was shown stays. */
  private async checked(document: TextDocument): Promise<CheckedVersion | undefined> {
    try {
      return await this.files.check(document);
    } catch {
      return undefined;
    }
  }

  private diagnostics(document: TextDocument, problems: readonly Problem[]): Diagnostic[] {
    const chosen = workspace.getConfiguration("brokerlab", document).get<Record<string, Shown>>("checks", {});
    const shown: Diagnostic[] = [];
    for (const problem of problems) {
      const severity = chosen[problem.code] ?? problem.severity;
      if (severity !== "off")
        shown.push(this.diagnostic(document, problem, severities[severity] ?? severities.error));
    }
    return shown;
  }

  private diagnostic(document: TextDocument, problem: Problem, severity: DiagnosticSeverity): Diagnostic {
    const diagnostic = new Diagnostic(rangeOf(document, problem.span), problem.message, severity);
    diagnostic.source = diagnosticSource;
    diagnostic.code = {
      value: problem.code,
      target: Uri.joinPath(this.extension, "docs", "checks", `${problem.code}.md`),
    };
    if (problem.related !== undefined)
      diagnostic.relatedInformation = problem.related.map(
        ({ message, span }) =>
          new DiagnosticRelatedInformation(new Location(document.uri, rangeOf(document, span)), message),
      );
    return diagnostic;
  }
}

/** Of some code there are fewer now. What one mend lets the other checks see does not count against it. */
function someMended(before: readonly Diagnostic[], now: readonly Diagnostic[]): boolean {
  const left = new Map<string | undefined, number>();
  for (const diagnostic of now) left.set(codeOf(diagnostic), (left.get(codeOf(diagnostic)) ?? 0) + 1);
  return before.some((diagnostic) => {
    const code = codeOf(diagnostic);
    const rest = left.get(code) ?? 0;
    left.set(code, rest - 1);
    return rest <= 0;
  });
}

/** The code of a check behind a diagnostic of ours; undefined for those of others. */
export function codeOf({ source, code }: Diagnostic): string | undefined {
  return source === diagnosticSource && typeof code === "object" ? String(code.value) : undefined;
}
