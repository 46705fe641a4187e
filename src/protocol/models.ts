import type { BrokerModel, ModelFigure, ModelRun, Topology, Translation, Tree } from "../core/index.ts";

/** Host to the worker of the models: one question. */
export type ToModels =
  | {
      readonly type: "translate";
      readonly topology: Topology;
      readonly tree: Tree;
      /** Undefined for each half of the file in the other model. */
      readonly to: BrokerModel | undefined;
    }
  | { readonly type: "compare"; readonly own: ModelRun; readonly other: ModelRun };

/** Its answer. */
export type FromModels =
  | {
      readonly type: "translated";
      /** Those that the file uses. */
      readonly models: readonly BrokerModel[];
      /** Undefined where there is nothing to bring over. */
      readonly translation: Translation | undefined;
    }
  | { readonly type: "compared"; readonly figures: readonly ModelFigure[] }
  | { readonly type: "failed"; readonly message: string };
