import type { Result, Topology } from "../core/index.ts";

/** Host to worker. A run carries a number, so that late answers of a cancelled run are told apart. */
export type ToWorker =
  | {
      readonly type: "run";
      readonly run: number;
      readonly topology: Topology;
      readonly seed: number | undefined;
    }
  | { readonly type: "cancel"; readonly run: number };

/** Worker to host. `Result` holds typed arrays, whose buffers are transferred. */
export type FromWorker =
  | {
      readonly type: "progress";
      readonly run: number;
      readonly share: number;
      readonly simulatedMs: number;
      readonly events: number;
    }
  | { readonly type: "done"; readonly run: number; readonly result: Result; readonly wallMs: number }
  | {
      readonly type: "cancelled";
      readonly run: number;
      readonly events: number;
      readonly pollsMissed: number;
    }
  | { readonly type: "failed"; readonly run: number; readonly message: string };
