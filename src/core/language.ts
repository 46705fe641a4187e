/** The third door: what an editor asks about a text, without the engine. */
export { check, stopsRun } from "./check.ts";
export { compareRuns } from "./compare/comparison.ts";
export { complete } from "./language/complete.ts";
export { fixAll } from "./fix-all.ts";
export { format } from "./language/format.ts";
export { hints } from "./language/hints.ts";
export { hover } from "./language/hover.ts";
export { definitions, mentions, renamable, rename } from "./language/navigation.ts";
export { thingAt } from "./language/named-things.ts";
export { outline } from "./language/outline.ts";
export { resultPlaces } from "./language/result-places.ts";
export { codeLinks, folds, selections } from "./language/structure.ts";
export { topologyGraph } from "./run-graph.ts";
export { meaningOf } from "./model/meaning.ts";
export { parse } from "./parse/parse.ts";
export type { Parsed } from "./parse/parse.ts";
export type { Problem } from "./problems/problem.ts";
