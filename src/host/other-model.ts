import { l10n, Uri, window, type TextDocument } from "vscode";
import type { BrokerModel, Translation } from "../core/index.ts";
import type { FromModels, ToModels } from "../protocol/models.ts";
import type { Outcome } from "../report/outcome.ts";
import type { Language } from "./language.ts";
import { modelsAnswer } from "./models-answer.ts";
import { openUnsaved } from "./new-file.ts";
import { nameOf, otherScheme } from "./recognition.ts";
import type { ResultsPanel } from "./results-panel.ts";
import type { Ending, Progress, Simulator } from "./simulator.ts";
import type { StartWorker } from "./worker-link.ts";

type Translated = Extract<FromModels, { type: "translated" }>;

/** How a run in the other model is told of while it goes on. */
export interface Watched {
  readonly progress: (progress: Progress) => void;
  readonly ended: () => void;
}

/** The same workload in the other broker model: as a file of its own, and its run beside the one that the panel shows. */
export class OtherModel {
  private readonly extension: Uri;
  private readonly startWorker: StartWorker<ToModels, FromModels>;
  private readonly language: Language;
  private readonly simulator: Simulator;
  private readonly panel: ResultsPanel;
  private asked = 0;

  constructor(
    extension: Uri,
    startWorker: StartWorker<ToModels, FromModels>,
    language: Language,
    simulator: Simulator,
    panel: ResultsPanel,
  ) {
    this.extension = extension;
    this.startWorker = startWorker;
    this.language = language;
    this.simulator = simulator;
    this.panel = panel;
  }

  /** Runs what the outcome's file is in the other model, and shows both side by side. */
  async compare(outcome: Outcome, watch: () => Watched): Promise<void> {
    const { uri, text, result } = outcome;
    const file = nameOf(Uri.parse(uri));
    const answer = await this.translate(uri, text, undefined);
    const translation = answer && this.translationOf(answer, file);
    if (answer === undefined || translation === undefined) return;
    const read = await this.about(uri, translation.text, "read");
    if (read === undefined) return;
    if (read.errors.length > 0) {
      void window.showErrorMessage(
        l10n.t("{0} cannot be run in the other model: {1}", file, read.errors[0]!.message),
      );
      return;
    }
    const { progress, ended } = watch();
    const ending = await this.simulator.run(read.topology, progress);
    ended();
    if (ending.type !== "done") {
      this.giveUp(file, ending);
      return;
    }
    const part = ({ summary, graph }: Outcome["result"]) => ({ summary, graph });
    const { figures } = await modelsAnswer(this.extension, this.startWorker, {
      type: "compare",
      own: part(result),
      other: part(ending.result),
    });
    if (this.panel.shown?.type !== "result" || this.panel.shown.uri !== uri) return;
    const { notes, to } = translation;
    const { seed, repeat } = result.summary;
    this.panel.tellModels({
      type: "models",
      uri,
      own: answer.models,
      other: to,
      seed,
      repeat: repeat && { runs: repeat.runs, confidence: repeat.confidence },
      figures,
      notes,
    });
  }

  /** Opens a file in the other model, unsaved; of one with both models the person says which. */
  async open(document: TextDocument): Promise<void> {
    const uri = document.uri.toString();
    const text = document.getText();
    const file = nameOf(document.uri);
    const whole = await this.translate(uri, text, undefined);
    if (whole === undefined) return;
    let answer: Translated | undefined = whole;
    if (whole.models.length > 1) {
      const chosen = await chooseModel();
      if (chosen === undefined) return;
      answer = await this.translate(uri, text, chosen.to);
    }
    const translation = answer && this.translationOf(answer, file);
    if (translation !== undefined) await openText(document, translation);
  }

  private translationOf({ translation }: Translated, file: string): Translation | undefined {
    if (translation === undefined)
      void window.showInformationMessage(
        l10n.t("{0} has no topics and no queues: there is nothing to bring into the other model.", file),
      );
    return translation;
  }

  private giveUp(file: string, ending: Exclude<Ending, { type: "done" }>): void {
    if (!this.simulator.busy) this.panel.endProgress();
    if (ending.type === "failed")
      void window.showErrorMessage(l10n.t("{0} in the other model: {1}", file, ending.message));
  }

  /** Undefined where the file says nothing at all. */
  private async translate(
    uri: string,
    text: string,
    to: BrokerModel | undefined,
  ): Promise<Translated | undefined> {
    const written = await this.about(uri, text, "written");
    return written && modelsAnswer(this.extension, this.startWorker, { type: "translate", ...written, to });
  }

  /** Asked as about a file of its own: what is open goes on unharmed. */
  private async about<Asked extends "written" | "read">(uri: string, text: string, question: Asked) {
    const { path } = Uri.parse(uri);
    const source = {
      uri: Uri.from({ scheme: otherScheme, path, fragment: String(++this.asked) }),
      version: 1,
      getText: () => text,
    };
    try {
      return await this.language.ask(question, source, undefined);
    } finally {
      this.language.close(source);
    }
  }
}

async function chooseModel(): Promise<{ readonly to: BrokerModel | undefined } | undefined> {
  const items: { readonly label: string; readonly detail: string; readonly to: BrokerModel | undefined }[] = [
    {
      label: l10n.t("Each half in the other model"),
      detail: l10n.t("Topics become queues, and queues become topics"),
      to: undefined,
    },
    { label: l10n.t("All as queues (RabbitMQ)"), detail: l10n.t("Topics become queues"), to: "queues" },
    { label: l10n.t("All as a log (Kafka)"), detail: l10n.t("Queues become topics"), to: "log" },
  ];
  return window.showQuickPick(items, { placeHolder: l10n.t("The file has both models. What is it to be?") });
}

/** Under a name that says what it is, and that nobody has. */
async function openText({ uri }: TextDocument, { text, to }: Translation): Promise<void> {
  const stem = nameOf(uri).replace(/(\.topology)?\.ya?ml$/iu, "");
  await openUnsaved(`${stem}-${to.length > 1 ? "other" : to[0]!}.topology.yaml`, text);
}
