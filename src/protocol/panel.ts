import type { Result } from "../core/index.ts";

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
  | { readonly type: "failed"; readonly file: string; readonly message: string };

/** The results panel to the host. */
export type FromPanel =
  | { readonly type: "ready" }
  | { readonly type: "reveal"; readonly uri: string; readonly start: number; readonly end: number }
  | { readonly type: "runAgain"; readonly uri: string };
