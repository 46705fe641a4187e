import type { Graph, Result } from "../core/index.ts";
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
  | { readonly type: "failed"; readonly file: string; readonly message: string }
  /** The answer to `place` of the same number. */
  | { readonly type: "placed"; readonly number: number; readonly placement: Placement }
  | { readonly type: "unplaced"; readonly number: number; readonly message: string };

/** What a run can be taken along as, in writing. */
export type Form = "report" | "json" | "series" | "messages" | "mermaid";

/** The results panel to the host. */
export type FromPanel =
  | { readonly type: "ready" }
  /** Asks for a drawing's layout. */
  | { readonly type: "place"; readonly number: number; readonly drawing: Drawing }
  | { readonly type: "reveal"; readonly uri: string; readonly start: number; readonly end: number }
  | { readonly type: "runAgain"; readonly uri: string }
  /** Asks for the run on display to be saved. */
  | { readonly type: "take"; readonly uri: string; readonly form: Form }
  /** Asks for a picture of it to be saved, which the panel has drawn. */
  | {
      readonly type: "picture";
      readonly uri: string;
      readonly of: "diagram" | "charts";
      readonly format: "svg" | "png";
      readonly bytes: Uint8Array;
    };
