import type { BrokerModel, Comparison, Graph, ModelFigure, Note, Result } from "../core/index.ts";
import type { Drawing, Placement } from "./drawing.ts";

/** Host to the results panel. */
export type ToPanel =
  | { readonly type: "running"; readonly file: string; readonly share: number }
  | {
      readonly type: "result";
      readonly file: string;
      readonly uri: string;
      readonly wallMs: number;
      readonly result: Result;
      readonly stale: boolean;
      /** Where it is not the latest run of the file, but one of those kept, run again. */
      readonly earlier?: EarlierMark | undefined;
    }
  /** Whether the file of the result on display still says what was run. */
  | { readonly type: "stale"; readonly stale: boolean }
  /** What the text of the file on display says now. */
  | {
      readonly type: "text";
      readonly uri: string;
      /** Undefined while it says what was run. */
      readonly graph: Graph | undefined;
      /** The id of the node that the cursor is about. */
      readonly thing: string | undefined;
    }
  /** The last runs of a file, after each that is shown. */
  | {
      readonly type: "history";
      readonly uri: string;
      /** The newest first. */
      readonly runs: readonly RunLine[];
      /** What the newest run differs in from the one before, where there is one. */
      readonly since: Comparison | undefined;
    }
  /** Asks for the list of runs to be opened. */
  | { readonly type: "openHistory" }
  /** The answer to `compare`. */
  | {
      readonly type: "compared";
      readonly uri: string;
      readonly before: number;
      readonly after: number;
      readonly comparison: Comparison;
      /** The earlier run's lines for the charts, while they are kept and the later run is the newest. */
      readonly earlier: Earlier | undefined;
    }
  /** The run on display, and the same workload in the other broker model. */
  | {
      readonly type: "models";
      readonly uri: string;
      /** Those of the file, and those of its translation. */
      readonly own: readonly BrokerModel[];
      readonly other: readonly BrokerModel[];
      readonly seed: number;
      /** How many runs of each the figures are means of, and how sure their intervals are; undefined for one run. */
      readonly repeat: Pick<NonNullable<Result["summary"]["repeat"]>, "runs" | "confidence"> | undefined;
      readonly figures: readonly ModelFigure[];
      readonly notes: readonly Note[];
    }
  | { readonly type: "failed"; readonly file: string; readonly message: string }
  /** The answer to `place` of the same number. */
  | { readonly type: "placed"; readonly number: number; readonly placement: Placement }
  | { readonly type: "unplaced"; readonly number: number; readonly message: string };

/** An earlier run on display. */
export interface EarlierMark extends Pick<RunLine, "id" | "at"> {
  /** Whether it came to the figures that were kept of it. */
  readonly same: boolean;
}

/** A run that is kept, in a line. */
export interface RunLine {
  /** The same as long as the run is kept. */
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly seed: number;
  /** As `Summary` has them. */
  readonly stopped: string;
  readonly processed: number;
  readonly lost: number;
  readonly holds: number;
  readonly fails: number;
}

export type Earlier = Pick<Result, "series" | "graph" | "summary">;

/** What a run can be taken along as, in writing. */
export type Form = "report" | "json" | "series" | "messages" | "mermaid";

/** The results panel to the host. */
export type FromPanel =
  | { readonly type: "ready" }
  /** Asks for a drawing's layout. */
  | { readonly type: "place"; readonly number: number; readonly drawing: Drawing }
  | { readonly type: "reveal"; readonly uri: string; readonly start: number; readonly end: number }
  | { readonly type: "runAgain"; readonly uri: string }
  /** Asks for the same workload to be run in the other broker model. */
  | { readonly type: "compareModels"; readonly uri: string }
  /** Asks for the file in the other broker model. */
  | { readonly type: "openOther"; readonly uri: string }
  /** Asks for a run of the list to be shown in full; the latest one where none is named. */
  | { readonly type: "openRun"; readonly uri: string; readonly id: number | undefined }
  /** Asks what two runs differ in, by their ids. */
  | { readonly type: "compare"; readonly uri: string; readonly before: number; readonly after: number }
  /** Asks for the editor's own comparison of the files as they were run. */
  | { readonly type: "compareFiles"; readonly uri: string; readonly before: number; readonly after: number }
  /** Asks for the run on display to be saved. */
  | { readonly type: "take"; readonly uri: string; readonly form: Form }
  /** Asks for a picture of it to be saved, which the panel has drawn. */
  | {
      readonly type: "picture";
      readonly uri: string;
      /** `models`: the two broker models beside each other. */
      readonly of: "diagram" | "charts" | "models";
      readonly format: "svg" | "png";
      readonly bytes: Uint8Array;
    };
