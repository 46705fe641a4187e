/** The door to what lies between the two broker models: a file in the other one, and how both fare. */
export { compareModels } from "./compare/models.ts";
export { modelsOf, translate } from "./translation/translation.ts";
