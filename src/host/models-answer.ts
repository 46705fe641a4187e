import { l10n, type Uri } from "vscode";
import type { FromModels, ToModels } from "../protocol/models.ts";
import type { StartWorker, WorkerLink } from "./worker-link.ts";

type Answer<Asked extends ToModels> = Extract<
  FromModels,
  { type: Asked["type"] extends "translate" ? "translated" : "compared" }
>;

/** Asks one question of a worker that lives as long as the answer takes: it is rarely asked. Rejects when it fails. */
export async function modelsAnswer<Asked extends ToModels>(
  extension: Uri,
  startWorker: StartWorker<ToModels, FromModels>,
  question: Asked,
): Promise<Answer<Asked>> {
  let link: WorkerLink<ToModels> | undefined;
  try {
    return await new Promise<Answer<Asked>>((resolve, reject) => {
      startWorker(extension, {
        message: (message) => {
          if (message.type === "failed") reject(new Error(message.message));
          else resolve(message as Answer<Asked>);
        },
        crash: (reason) => reject(new Error(l10n.t("The worker of the models stopped: {0}.", reason))),
      }).then((started) => {
        link = started;
        started.post(question);
      }, reject);
    });
  } finally {
    link?.end();
  }
}
