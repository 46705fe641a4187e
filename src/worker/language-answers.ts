import {
  codeLinks,
  compareRuns,
  complete,
  definitions,
  fixAll,
  folds,
  format,
  hints,
  hover,
  meaningOf,
  mentions,
  outline,
  renamable,
  rename,
  resultPlaces,
  selections,
  thingAt,
  topologyGraph,
  stopsRun,
} from "../core/language.ts";
import type { Answer, Details, Question } from "../protocol/language.ts";
import type { TopologyText } from "./topology-text.ts";

/** How each question is answered: nothing but the core's functions over one text. */
export const languageAnswers: {
  readonly [Asked in Question]: (file: TopologyText, details: Details<Asked>) => Answer<Asked>;
} = {
  check: ({ problems, parsed }) => ({ problems, seed: parsed.topology.run.seed }),
  read: ({ problems, parsed }) => ({
    errors: problems.filter(stopsRun),
    topology: parsed.topology,
    meaning: meaningOf(parsed.topology),
  }),
  complete: ({ text }, { offset }) => complete(text, offset),
  hints: ({ parsed }) => hints(parsed.topology),
  hover: ({ text, parsed }, { offset }) => hover(parsed, text, offset),
  definitions: ({ parsed }, { offset }) => definitions(parsed, offset),
  mentions: ({ parsed }, { offset }) => mentions(parsed, offset),
  renamable: ({ parsed }, { offset }) => renamable(parsed, offset),
  rename: ({ parsed, text }, { offset, name }) => rename(parsed, text, offset, name),
  folds: ({ text }) => folds(text),
  selections: ({ text }, { offsets }) => offsets.map((offset) => selections(text, offset)),
  codeLinks: ({ text }) => codeLinks(text),
  fixAll: ({ text }, { off }) => fixAll(text, off),
  format: ({ text }) => format(text),
  graph: ({ parsed }) => topologyGraph(parsed.topology),
  thing: ({ parsed }, { offset }) => {
    const found = thingAt(parsed, offset);
    return found && `${found.kind}:${found.text}`;
  },
  resultPlaces: ({ parsed }, { things }) => resultPlaces(parsed, things),
  compare: (_, { before, after }) => compareRuns(before, after),
  written: ({ parsed: { topology, tree } }) => tree && { topology, tree },
  outline: ({ parsed }) => outline(parsed.tree),
};
