import {
  MarkdownString,
  OverviewRulerLane,
  ThemeColor,
  Uri,
  window,
  type DecorationOptions,
  type Disposable,
  type TextDocument,
} from "vscode";
import { hotSpots, type HotSpot } from "./hot-spots.ts";
import type { Outcomes } from "./outcomes.ts";
import { rangeOf } from "./positions.ts";
import type { TopologyFiles } from "./topology-files.ts";

/** Marks in the gutter where the last run hurt, for as long as the file says what was run. */
export class RunMarks implements Disposable {
  private readonly files: TopologyFiles;
  private readonly outcomes: Outcomes;
  private readonly mark;
  private readonly follow: Disposable;

  constructor(extension: Uri, files: TopologyFiles, outcomes: Outcomes) {
    this.files = files;
    this.outcomes = outcomes;
    this.mark = window.createTextEditorDecorationType({
      gutterIconPath: Uri.joinPath(extension, "media", "hot-spot.svg"),
      gutterIconSize: "contain",
      overviewRulerColor: new ThemeColor("charts.orange"),
      overviewRulerLane: OverviewRulerLane.Left,
    });
    this.follow = window.onDidChangeVisibleTextEditors((editors) => {
      for (const document of new Set(editors.map((editor) => editor.document))) void this.refresh(document);
    });
  }

  /** An answer about an older text is dropped: the check of the newer one asks again. */
  async refresh(document: TextDocument): Promise<void> {
    const outcome = this.outcomes.latest(document.uri.toString());
    if (outcome === undefined) return;
    const spots = hotSpots(outcome.result.summary);
    if (spots.length === 0) return this.show(document, []);
    const places = await this.files.ask("resultPlaces", document, { things: spots }).catch(() => undefined);
    if (places === undefined) return;
    if (places.meaning !== outcome.meaning) return this.show(document, []);
    this.show(document, marks(document, spots, places.things));
  }

  dispose(): void {
    this.follow.dispose();
    this.mark.dispose();
  }

  private show(document: TextDocument, shown: DecorationOptions[]): void {
    for (const editor of window.visibleTextEditors)
      if (editor.document === document) editor.setDecorations(this.mark, shown);
  }
}

/** One mark on a name, with all that was measured there. */
function marks(
  document: TextDocument,
  spots: readonly HotSpot[],
  places: readonly ({ readonly start: number; readonly end: number } | undefined)[],
): DecorationOptions[] {
  const byPlace = new Map<
    number,
    { readonly span: { start: number; end: number }; readonly says: string[] }
  >();
  spots.forEach(({ says }, at) => {
    const span = places[at];
    if (span === undefined) return;
    const known = byPlace.get(span.start);
    if (known === undefined) byPlace.set(span.start, { span, says: [says] });
    else known.says.push(says);
  });
  return [...byPlace.values()].map(({ span, says }) => ({
    range: rangeOf(document, span),
    hoverMessage: says.map((one) => new MarkdownString().appendText(one)),
  }));
}
