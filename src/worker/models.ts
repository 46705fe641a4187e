import { compareModels, modelsOf, translate } from "../core/models.ts";
import type { FromModels, ToModels } from "../protocol/models.ts";

/** The file in the other model, or how both fare. */
export function answer(question: ToModels): FromModels {
  try {
    if (question.type === "compare")
      return { type: "compared", figures: compareModels(question.own, question.other) };
    const { to, ...file } = question;
    return { type: "translated", models: modelsOf(file.topology), translation: translate(file, to) };
  } catch (error) {
    return { type: "failed", message: error instanceof Error ? error.message : String(error) };
  }
}
