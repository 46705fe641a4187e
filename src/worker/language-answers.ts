import type { Answer, Details, Question } from "../protocol/language.ts";
import type { TopologyText } from "./topology-text.ts";

/** How each question is answered: nothing but the core's functions over one text. */
export const languageAnswers: {
  readonly [Asked in Question]: (file: TopologyText, details: Details<Asked>) => Answer<Asked>;
} = {
  check: ({ problems, parsed }) => ({ problems, seed: parsed.topology.run.seed }),
  read: ({ problems, parsed }) => ({ problems, topology: parsed.topology }),
};
