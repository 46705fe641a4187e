import type { Uri } from "vscode";
import type { FromLayout, ToLayout } from "../protocol/drawing.ts";
import type { FromLanguage, ToLanguage } from "../protocol/language.ts";
import type { FromModels, ToModels } from "../protocol/models.ts";
import type { FromWorker, ToWorker } from "../protocol/run.ts";

/** A worker that runs. */
export interface WorkerLink<To> {
  post(message: To): void;
  end(): void;
}

export interface WorkerListener<From> {
  message(message: From): void;
  /** The worker is gone; why, as a clause. */
  crash(reason: string): void;
}

export type StartWorker<To, From> = (
  extension: Uri,
  listener: WorkerListener<From>,
) => Promise<WorkerLink<To>>;

/** How this kind of extension host starts its workers. */
export interface Workers {
  readonly engine: StartWorker<ToWorker, FromWorker>;
  readonly language: StartWorker<ToLanguage, FromLanguage>;
  readonly layout: StartWorker<ToLayout, FromLayout>;
  readonly models: StartWorker<ToModels, FromModels>;
}
